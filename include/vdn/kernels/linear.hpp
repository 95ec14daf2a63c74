#pragma once
// Matrix products of a linear map y = x W^T + b. Letters: R rows, I inputs, O outputs.

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

// Every kernel exists twice under one name: Real = double is the plain form (src/kernels/reference), the one to read;
// Real = float is the fast form (src/kernels/cpu). tests/kernels holds the table that compares them.

/// y[R,O] = x[R,I] w[O,I]^T + bias[O]. An empty bias adds nothing. Every output is summed in the order of the inputs,
/// so the bits of a row depend on that row alone, not on its place or on the rows beside it.
template <class Real>
void linear_forward(ConstMatrix<Real> x, ConstMatrix<Real> w, std::span<const Real> bias, Matrix<Real> y);

/// dx[R,I] = dy[R,O] w[O,I], or dx += when accumulate.
template <class Real>
void linear_backward_input(ConstMatrix<Real> dy, ConstMatrix<Real> w, Matrix<Real> dx, bool accumulate);

/// Rows `outputs` of dw[O,I] = dy[R,O]^T x[R,I]. Disjoint output ranges may run on different threads.
template <class Real>
void linear_backward_weight(ConstMatrix<Real> x, ConstMatrix<Real> dy, Range outputs, Matrix<Real> dw);

/// sums[c] = sum over rows of x[:,c] for c in `columns` (the gradient of a bias). sums has x.cols entries.
template <class Real>
void column_sum(ConstMatrix<Real> x, Range columns, std::span<Real> sums);

}  // namespace vdn::kernels
