#pragma once
// Decomposition of a window into trend and seasonal rest (DLinear, Zeng et al. 2023).

#include <cstddef>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// trend[R,L] = mean of x over `width` neighbours, (width-1)/2 to the left and width/2 to the right, the ends repeated
/// (replicate padding); seasonal = x - trend. seasonal may be x. 1 <= width <= L.
template <class Real>
void decompose_forward(ConstMatrix<Real> x, std::size_t width, Matrix<Real> seasonal, Matrix<Real> trend);

/// The adjoint: dx = dseasonal + A^T (dtrend - dseasonal), A the averaging matrix. dx must be neither input.
template <class Real>
void decompose_backward(ConstMatrix<Real> dseasonal, ConstMatrix<Real> dtrend, std::size_t width, Matrix<Real> dx);

}  // namespace vdn::kernels
