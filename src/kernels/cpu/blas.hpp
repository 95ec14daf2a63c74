#pragma once
// Products of row-major matrices of floats, over CBLAS. Safe to call from several threads at once.

#include <cstddef>

namespace vdn::kernels::blas {

enum class Side { as_is, transposed };

/// c[rows,cols] = beta * c + op(a)[rows,inner] op(b)[inner,cols]; the strides are the distances between stored rows.
void multiply(Side a_side, Side b_side, std::size_t rows, std::size_t cols, std::size_t inner, const float* a,
              std::size_t a_stride, const float* b, std::size_t b_stride, float beta, float* c, std::size_t c_stride);

}  // namespace vdn::kernels::blas
