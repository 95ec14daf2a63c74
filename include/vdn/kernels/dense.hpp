#pragma once
// Dense linear algebra in double precision over BLAS and LAPACK: called a few times a fit, not once a step. One thread.

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// out [m,n] = a [m,k] b [k,n], or a b^T with b [n,k].
void dense_product(ConstMatrix<double> a, ConstMatrix<double> b, Matrix<double> out);
void dense_product_transposed(ConstMatrix<double> a, ConstMatrix<double> b, Matrix<double> out);

/// Solves x a = b in place, row by row of b [m,n], by Cholesky; a [n,n] symmetric (the upper triangle is read) is
/// overwritten. False, and b as it was, when a is not positive definite.
bool solve_positive_definite(Matrix<double> a, Matrix<double> b);

}  // namespace vdn::kernels
