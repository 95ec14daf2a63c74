#pragma once
// Eigenvalues of symmetric matrices, over LAPACK. Double precision only: it is called once a fit, not once a step.

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// a [n,n] symmetric (the lower triangle is read): values[k] ascending, row k of `a` becomes the eigenvector of length
/// 1 of values[k]. Throws Error (software) when the iteration does not converge.
void symmetric_eigen(Matrix<double> a, std::span<double> values);

}  // namespace vdn::kernels
