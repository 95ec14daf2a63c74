#pragma once
// How much of the predictive distribution naive forecasts get beside the network (model/naive_pool.hpp).

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What `score.pool = auto` stands for: naive forecasts beside the network of tables with fewer than 5,000 rows, which
/// say little of how far off it may be (docs/method.md); of all rows, so that the fit that is scored and the one before
/// a forecast, on more of them, are alike. None where windows are drawn by the seed (Split::source): no later rows
/// judge there.
PoolMode automatic_pool(std::size_t rows, Split split);

/// Sums over the windows and observed steps of a series that say the CRPS of any pool of network, last value and last
/// season. With d_ij the integral of (F_i - F_j)^2,
/// CRPS(sum_i w_i F_i) = sum_i w_i CRPS(F_i) - sum_{i<j} w_i w_j d_ij.
struct PoolScores {
  enum Member { network, last, season };
  std::array<double, 3> crps{};
  double network_last = 0, network_season = 0, last_season = 0;  ///< d
  void add(const PoolScores& other);
  /// The sum of the CRPS with these weights of last value and last season.
  double with(double last_weight, double season_weight) const;
};

/// One stretch of time that judges: every series' sums.
struct PoolPart {
  std::vector<PoolScores> series;
  double say = 1.0;  ///< how much the part counts beside others
};

/// How much a rehearsal says: its network has seen half the rows and is worse than the one it speaks for.
inline constexpr double say_of_rehearsal = 0.5;

/// The naive forecasts of the forecaster's series with their spreads over the training windows (SpreadKind::absolute)
/// and no weight.
NaivePool measure_naive(const Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& training,
                        Scheduler& scheduler);

/// The sums over `windows` (at most 1,024, evenly spaced) of the forecaster as it forecasts now, without a pool and a
/// calibration, from its first 8 draws at most, and of `naive`. The same bits for any number of threads.
PoolPart pool_scores(Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive, const Windows& windows,
                     Scheduler& scheduler);

/// Gives `naive` the weights, in steps of .05, with the smallest geometric mean of the pool's CRPS over the network's:
/// over the parts by their say, however many windows they hold, and within a part over its series, so that one gone
/// wild says no more than any other; of equals the smallest. Of these it keeps n/(n + 4), n the windows of all parts
/// that do not overlap, and of an opinion held before any was seen, .1 for each of the two, the rest. A part that was
/// not measured, or whose weight comes out below .02, gets none and is cleared.
void choose_weights(std::span<const PoolPart> parts, double independent_windows, NaivePool& naive);

}  // namespace vdn
