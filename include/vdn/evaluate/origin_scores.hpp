#pragma once
// Scores origin by origin: what paired comparisons and block bootstraps are made of.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Means over the windows of one origin, all series alike, scaled units; windows without an observed target are left
/// out, origins without any are not listed. Ascending in the origin.
struct OriginScores {
  std::vector<std::size_t> origin;
  std::vector<double> mse, crps, nll;  ///< of the steps' own distributions, as in Metrics
  /// -log density of the whole future, per observed step, nats: of what paths are drawn from (FutureDensity), without
  /// paths of the mixture that is scored.
  std::vector<double> joint_nll;
  std::vector<double> inside_80, inside_90;  ///< share of points inside the central intervals
  std::vector<double> energy;                ///< energy score of the paths over the horizon; empty without paths
  std::vector<double> sum_inside_80, sum_inside_90;  ///< share of sums over the horizon inside; empty without paths
  // Of all series at once, path n of each taken together; empty without paths and for a single series:
  std::vector<double> series_sum_crps;  ///< CRPS of the sum over the series, mean over the steps all are observed at
  std::vector<double> joint_energy;     ///< energy score of the vector of all series and steps
};

/// The mean over origins.
double mean_of(std::span<const double> scores);

/// Forecasts `windows` (any order of series within an origin, origins ascending) from `inputs` and scores them against
/// `targets`, both [D][T]: the two differ when inputs are disturbed on purpose. `paths` sample paths of every window
/// are scored too when it is 2 or more.
OriginScores score_origins(Forecaster& forecaster, ConstMatrix<float> inputs, ConstMatrix<float> targets,
                           std::span<const Window> windows, std::size_t paths, Scheduler& scheduler);

}  // namespace vdn
