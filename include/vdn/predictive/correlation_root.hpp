#pragma once
// Roots of correlation matrices that were put together from estimates.

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Overwrites c [n,n], symmetric with ones on the diagonal, by a root R with R R^T the nearest correlation matrix that
/// exists: negative eigenvalues set to 0, rows scaled to length 1. Throws what kernels::symmetric_eigen throws.
void take_correlation_root(Matrix<double> c);

}  // namespace vdn
