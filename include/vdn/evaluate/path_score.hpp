#pragma once
// Scores of whole futures: what sample paths are for.

#include <cstddef>
#include <span>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Means over windows and series, scaled units. Only steps with an observed target count; sums are taken over them.
struct PathScores {
  std::size_t paths = 0;    ///< N of each window
  std::size_t windows = 0;  ///< with at least one observed target
  double energy = 0.0;      ///< mean_n ||y - x_n|| - mean_nm ||x_n - x_m|| / 2 over the horizon (kernels::energy_score)
  double energy_independent = 0.0;  ///< the same for paths of the same marginals whose steps are drawn by themselves
  double sum_coverage_80 = 0.0;     ///< share of windows whose sum over the horizon lies in the paths' central 80%
  double sum_coverage_90 = 0.0;
  double sum_crps = 0.0;  ///< CRPS of the sum over the horizon, from the paths: mean |s - s_n| - mean |s_n - s_m| / 2
  /// -log density of the whole future per observed step under what the paths are drawn from (FutureDensity), nats.
  double joint_nll = 0.0;
};

/// Draws `paths` paths of every window and scores them. The central interval of a sum is read off its rank among the
/// paths' sums: with r paths below, the place (r + u)/(N + 1), u in (0, 1) a function of the window, is uniform when
/// the forecast is right. Throws Error (usage) for fewer than 2 paths, Error (data) when no target is observed.
PathScores score_paths(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                       std::size_t paths, Scheduler& scheduler);

}  // namespace vdn
