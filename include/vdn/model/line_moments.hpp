#pragma once
// What a ridge regression of the horizon on the look-back needs to know of its windows: sums, streamed over the series.
// Letters: L the longest look-back, H horizon, W = L + H; l <= L a look-back, F = l features, T targets.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/window_sample.hpp>

namespace vdn {

/// Sums over windows x_0 ... x_{W-1}, context and target in one row. Each run of windows is taken relative to a centre
/// m of its own, which keeps the digits of series far from zero; `level_*` hold what the centres add.
struct LineMoments {
  LineMoments(std::size_t lookback_, std::size_t horizon_);
  std::size_t width() const { return lookback + horizon; }
  void add(const LineMoments& other);

  std::size_t lookback, horizon;
  std::size_t count = 0;                 ///< n windows
  std::vector<double> product;           ///< [L][W] sum (x_i - m)(x_j - m), for j >= i
  std::vector<double> sum;               ///< [W] sum x_i - m
  std::vector<double> target_square;     ///< [H] sum (y_h - m)^2
  std::vector<double> level_difference;  ///< [W] sum m (x_i - last)
  double level_sum = 0;                  ///< sum m
  double level_square = 0;               ///< sum last^2 - (last - m)^2
};

/// Adds the windows of `runs` of one series that are neither padded nor miss a value (NaN). Windows overlap, so the
/// sums are not taken window by window: with G_ij = sum_k x_{t_k+i} x_{t_k+j} over a run t_k = t_0 + k stride,
/// G_{i+stride, j+stride} is G_ij less its first product plus the product after its last. That is O(n W) work for n
/// windows instead of O(n L W), in double.
void add_complete_windows(std::span<const float> series, std::span<const WindowRun> runs, LineMoments& moments);

/// Adds all of them: a missing value takes the last one observed since `begin` (at the beginning the first one),
/// contexts are padded on the left, and every run begins as far to the left as leaves `least_context` rows of context.
void add_filled_windows(std::span<const float> series, std::span<const WindowRun> runs, std::size_t least_context,
                        LineMoments& moments);

/// Adds windows that are read one by one, each times its weight; `weights` is empty (1) or [windows.count()], and all
/// those of a line have the mean 1, so that their number is their sum. O(L W) each, about their own zero (m = 0);
/// moments.horizon is the number of their targets.
void add_sampled_windows(const SampledWindows& windows, std::span<const double> weights, LineMoments& moments);

/// The sums over all series: a fixed number of accumulators, each with a fixed share of the series, added in order.
/// add(d, moments) adds series d. The same bits for any number of threads, as of those that follow.
LineMoments moments_of_parts(std::size_t series, std::size_t lookback, std::size_t horizon, Scheduler& scheduler,
                             const std::function<void(std::size_t, LineMoments&)>& add);

/// The complete windows of all series, targets at all steps.
LineMoments complete_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                             std::size_t horizon, Scheduler& scheduler);
/// The windows of a sample, targets at `steps`.
LineMoments sampled_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                            const WindowSample& sample, std::span<const std::size_t> steps, Scheduler& scheduler);
/// The complete windows with all steps; when they are fewer than 2 L, all windows, filled.
LineMoments pooled_moments(ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback, std::size_t horizon,
                           std::size_t least_context, Scheduler& scheduler);

/// Sums of features f and targets t of a look-back l: f_i = x_i - last for i < l - 1, f_{l-1} = last, t_k = y_h - last
/// with last = x_{l-1} and h the k-th of the steps asked for.
struct LineSums {
  /// Throws nothing; lookback <= moments.lookback, steps < moments.horizon.
  LineSums(const LineMoments& moments, std::size_t lookback, std::span<const std::size_t> steps);

  std::size_t features, targets;      ///< F, T
  double count;                       ///< n
  std::vector<double> product;        ///< [F][F] sum f f^T
  std::vector<double> cross;          ///< [T][F] sum t f
  std::vector<double> feature_sum;    ///< [F]
  std::vector<double> target_sum;     ///< [T]
  std::vector<double> target_square;  ///< [T] sum t^2

  /// Sum over windows and targets of (t - weight f - bias)^2; weight [T][F], bias [T].
  double squared_error(ConstMatrix<double> weight, std::span<const double> bias) const;
};

/// All steps of a horizon, or `most` of them, evenly spaced.
std::vector<std::size_t> horizon_steps(std::size_t horizon, std::size_t most);

}  // namespace vdn
