#pragma once
// How many latent draws a window's forecast takes, and what more of them buy (docs/results/README.md, C7).

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// How near a forecast from finitely many draws must come to the one from ever more of them.
struct DrawsWanted {
  std::vector<double> levels{.1, .5, .9};  ///< of the quantiles reported, each in (0, 1)
  double tolerance = 0.05;                 ///< standard error of mean and quantiles, in predictive deviations
  std::size_t least = 16, most = 1024;     ///< powers of two
};

/// The squared standard error of one draw, in predictive variances: largest over the mean and the quantiles, each
/// averaged over the horizon. S draws have this over S. Of the mean: the variance of the draws' means; of quantile q at
/// level p: that of the draws' F_s(q), over the density at q squared (the delta method). Draws are weighed as in the
/// mixture. From the mixture of row `row`, with batch.draws draws of it, at least 2.
double draw_variance(const kernels::MixtureBatch<float>& batch, std::size_t row, std::span<const double> levels);

/// Draws that bring each window's error under the tolerance: draw_variance of the scoring draws over its square,
/// rounded up to a power of two within [least, most]. 1 for a forecaster without draws. Throws Error (usage) for a
/// tolerance that is not positive.
std::vector<std::size_t> draws_needed(Forecaster& forecaster, ConstMatrix<float> scaled,
                                      std::span<const Window> windows, const DrawsWanted& wanted, Scheduler& scheduler);

/// What so many draws reach.
struct DrawsPoint {
  double draws = 0.0;  ///< of a window, on average
  double crps = 0.0;   ///< scaled units
  double seconds_per_1000_windows = 0.0;
};

/// Scores the windows with every number of `counts` for all of them.
std::vector<DrawsPoint> draws_curve(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                                    std::span<const std::size_t> counts, Scheduler& scheduler);
/// Scores the windows, window i with counts[i] draws.
DrawsPoint score_draws(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                       std::span<const std::size_t> counts, Scheduler& scheduler);

}  // namespace vdn
