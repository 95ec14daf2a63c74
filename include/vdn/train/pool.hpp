#pragma once
// How much of the predictive distribution naive forecasts get beside the network (model/naive_pool.hpp).

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Sums over windows and observed steps that say the CRPS of any pool of network, last value and last season. With d_ij
/// the integral of (F_i - F_j)^2, CRPS(sum_i w_i F_i) = sum_i w_i CRPS(F_i) - sum_{i<j} w_i w_j d_ij.
struct PoolScores {
  enum Member { network, last, season };
  std::array<double, 3> crps{};
  double network_last = 0, network_season = 0, last_season = 0;  ///< d
  std::size_t points = 0;
  double say = 1.0;  ///< how much the part counts beside others
  void add(const PoolScores& other);
  /// The mean CRPS with these weights of last value and last season.
  double with(double last_weight, double season_weight) const;
};

/// The naive forecasts of the forecaster's series with their spreads over the training windows (SpreadKind::absolute)
/// and no weight.
NaivePool measure_naive(const Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& training,
                        Scheduler& scheduler);

/// The sums over `windows` (at most 1,024, evenly spaced) of the forecaster as it forecasts now, without a pool and a
/// calibration, from its first 8 draws at most, and of `naive`. The same bits for any number of threads.
PoolScores pool_scores(Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive,
                       const Windows& windows, Scheduler& scheduler);

/// How much a rehearsal says: its network has seen half the rows and is worse than the one it speaks for.
inline constexpr double say_of_rehearsal = 0.5;

/// Gives `naive` the weights, in steps of .05, with the smallest geometric mean over the parts, by their say, of the
/// pool's CRPS over the network's, however many windows a part holds; then draws them towards the network as
/// trusted_share does, n the windows of all parts that do not overlap. Of equals the smallest weights.
void choose_weights(std::span<const PoolScores> parts, double independent_windows, NaivePool& naive);

}  // namespace vdn
