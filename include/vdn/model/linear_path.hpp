#pragma once
// The closed-form line: ridge regression of the horizon on the look-back, for all series pooled, with corrections of
// low rank for each series. It is the floor every forecaster is measured against and the path the default network
// starts from. Letters: L look-back, H horizon, D series, r rank.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/line_solver.hpp>
#include <vdn/model/seasonal_profile.hpp>

namespace vdn {

/// With last = x_{L-1} and the features f_l = x_l - last for l < L - 1, f_{L-1} = last:
///   yhat_h = last + sum_l weight_hl f_l + bias_h, and with a rank, of series d:
///   yhat_h = last + sum_l weight_hl f_l + sum_k out_dhk (in_dk . f) + series_bias_dh.
/// Scaled units. The last column of weight is zero where the level is carried: forecasts then move with the series.
/// With a profile, x and yhat are what is left of the series without it: who forecasts takes it out and puts it back.
struct LinearPath {
  std::size_t lookback = 0;              ///< L
  std::size_t horizon = 0;               ///< H
  std::vector<double> weight;            ///< [H][L]
  std::vector<double> bias;              ///< [H], of all series pooled; zero where forecasts do not drift
  std::size_t rank = 0;                  ///< r; 0: one map for all series
  std::vector<double> series_in = {};    ///< [D*r][L]
  std::vector<double> series_out = {};   ///< [D*H][r]
  std::vector<double> series_bias = {};  ///< [D*H], in place of bias where there is a rank
  SeasonalProfile profile = {};          ///< empty: none

  ConstMatrix<double> weights() const { return {weight.data(), horizon, lookback}; }
  ConstMatrix<double> in_of(std::size_t d) const { return {series_in.data() + d * rank * lookback, rank, lookback}; }
  ConstMatrix<double> out_of(std::size_t d) const { return {series_out.data() + d * horizon * rank, horizon, rank}; }
  std::span<const double> bias_of(std::size_t d) const {
    return rank == 0 ? std::span<const double>(bias) : std::span(series_bias).subspan(d * horizon, horizon);
  }
  /// context [L] of series d, without gaps; out [H].
  void forecast(std::size_t d, std::span<const double> context, std::span<double> out) const;
  void forecast(std::size_t d, std::span<const float> context, std::span<float> out) const;
  /// Many at once: window b is of series windows[b].series; context [B][L] (overwritten by the features), out [B][H].
  /// One thread.
  void forecast(std::span<const Window> windows, Matrix<double> context, Matrix<double> out) const;
};

/// The line of the training windows. First the pooled map (solve_line with prior 0 over all series). Then, with a rank
/// r, for each series its own map from its own complete windows with the pooled one as its prior; of the difference dW
/// the best correction of rank r in the series' training error: out holds the r leading eigenvectors U of dW C dW^T, in
/// is U^T dW, C the (with a drift centred) sum of f f^T (reduced-rank regression, Izenman 1975). A series that never
/// moves, or has no complete window, keeps the pooled map and bias. A robust one: the pooled map of reweighted_line.
///
/// `scaled` is [D][T], NaN where missing; windows that are padded or miss a value are left out (pooled_moments says
/// what happens where that leaves too few). With options.cycle the line is periodic: `phases` (data/row_phases.hpp)
/// says where in the cycle the rows of the table stand, its profile is that of the rows `known`, and of a series at
/// most max(2048, 4 L) windows are looked at. The same bits for any number of threads.
///
/// Throws Error: (config) for a negative penalty, or when the matrix is not positive definite; (data) when there is no
/// window, or no observed value in any, or for a periodic line fewer complete ones than 2 L or fewer than three cycles;
/// (software) when the windows do not lie inside `scaled`.
LinearPath fit_linear_path(ConstMatrix<float> scaled, const Windows& training, std::size_t lookback,
                           std::size_t horizon, const LineOptions& options, Scheduler& scheduler,
                           std::span<const std::uint32_t> phases = {}, Range known = {});

}  // namespace vdn
