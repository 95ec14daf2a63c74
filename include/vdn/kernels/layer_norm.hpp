#pragma once
// Layer normalisation over the columns of each row (Ba, Kiros, Hinton 2016).

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// Added to the variance under the root (PyTorch's default).
inline constexpr double layer_norm_epsilon = 1e-5;

/// y = (x - mean) * inverse_deviation * gain + bias, per row of x[R,C]; the population variance over the row.
/// mean[R], inverse_deviation[R] = 1/sqrt(variance + 1e-5) are written for the backward pass.
template <class Real>
void layer_norm_forward(ConstMatrix<Real> x, std::span<const Real> gain, std::span<const Real> bias, Matrix<Real> y,
                        std::span<Real> mean, std::span<Real> inverse_deviation);

/// dx[R,C] from dy[R,C]; x, mean, inverse_deviation as in the forward pass.
template <class Real>
void layer_norm_backward_input(ConstMatrix<Real> x, std::span<const Real> mean, std::span<const Real> inverse_deviation,
                               std::span<const Real> gain, ConstMatrix<Real> dy, Matrix<Real> dx);

/// Columns `columns` of dgain[C] = sum_r dy * xhat and dbias[C] = sum_r dy.
template <class Real>
void layer_norm_backward_weight(ConstMatrix<Real> x, std::span<const Real> mean,
                                std::span<const Real> inverse_deviation, ConstMatrix<Real> dy, Range columns,
                                std::span<Real> dgain, std::span<Real> dbias);

}  // namespace vdn::kernels
