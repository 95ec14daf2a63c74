#pragma once
// The closed-form line: one ridge regression of the horizon on the look-back, the last value subtracted, for all series
// pooled. It is the floor every forecaster is measured against and the path the default network starts from.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>

namespace vdn {

/// yhat_h = last + sum_l weight_hl (x_l - last) + bias_h with last = x_{L-1}; scaled units. The last column of weight
/// multiplies zero and is zero.
struct LinearPath {
  std::size_t lookback = 0;    ///< L
  std::size_t horizon = 0;     ///< H
  std::vector<double> weight;  ///< [H][L]
  std::vector<double> bias;    ///< [H]

  ConstMatrix<double> weights() const { return {weight.data(), horizon, lookback}; }
  /// context [L] without gaps, out [H].
  void forecast(std::span<const double> context, std::span<double> out) const;
  void forecast(std::span<const float> context, std::span<float> out) const;
  /// Many at once: context [B][L] (overwritten by the differences x_l - last), out [B][H]. One thread.
  void forecast(Matrix<double> context, Matrix<double> out) const;

  /// Copies for a network.
  std::vector<float> weight_float() const { return {weight.begin(), weight.end()}; }  // NOLINT: narrowing meant
  std::vector<float> bias_float() const { return {bias.begin(), bias.end()}; }
};

/// Ridge regression of y - last on x - last over all windows of all series:
///   (A - n zbar zbar^T + penalty a I) w_h = c_h - n zbar ybar_h,   bias_h = ybar_h - w_h . zbar,
/// z_l = x_l - last, A = sum z z^T, c_h = sum z (y_h - last), a = trace(A) / L: the penalty is relative to the mean
/// diagonal of the normal matrix, and the intercept is not penalised.
///
/// `scaled` is [D][T], NaN where missing; windows that are padded or have a missing value in context or target are left
/// out. Where fewer than 2L windows remain of all, nothing is left out: a missing value takes the last one observed
/// since `begin` (at the beginning the first one), contexts are padded on the left, and every run begins as far to the
/// left as leaves `least_context` rows of context. Windows
/// overlap, so the sums are not taken window by window: with G_ij = sum_k x_{t_k+i} x_{t_k+j} over a run of windows
/// t_k = t_0 + k stride, G_{i+stride, j+stride} is G_ij less its first product plus the product after its last. That is
/// O(n (L+H)) work for n windows instead of O(n L (L+H)), in double. The same bits for any number of threads.
///
/// Throws Error: (config) for a negative penalty, or when the matrix is not positive definite; (data) when there is no
/// window, or no observed value in any; (software) when the windows do not lie inside `scaled`.
LinearPath fit_linear_path(ConstMatrix<float> scaled, const Windows& training, std::size_t lookback,
                           std::size_t horizon, double penalty, Scheduler& scheduler, std::size_t least_context = 8);

}  // namespace vdn
