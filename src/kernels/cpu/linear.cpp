#include <vdn/kernels/linear.hpp>

#include <algorithm>

#include "kernels/cpu/blas.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

/// sums[c] for c in columns, x with `rows` rows of `stride` columns. Four rows are added before they join the sum: a
/// quarter of the traffic and a smaller rounding error.
void ColumnSum(const float* x, std::size_t rows, std::size_t stride, std::size_t begin, std::size_t end, float* sums) {
  const Floats d;
  std::fill(sums + begin, sums + end, 0.0f);
  std::size_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float *a = x + row * stride, *b = a + stride, *e = b + stride, *f = e + stride;
    ForEachVector(begin, end, [=](auto part) HWY_ATTR {
      const auto first = hn::Add(part.Load(d, a), part.Load(d, b));
      const auto second = hn::Add(part.Load(d, e), part.Load(d, f));
      part.Store(hn::Add(part.Load(d, sums), hn::Add(first, second)), d, sums);
    });
  }
  for (; row < rows; ++row) {
    const float* a = x + row * stride;
    ForEachVector(begin, end,
                  [=](auto part) HWY_ATTR { part.Store(hn::Add(part.Load(d, sums), part.Load(d, a)), d, sums); });
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

using blas::Side;

template <>
void linear_forward<float>(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  if (!bias.empty()) {
    for (std::size_t r = 0; r < y.rows; ++r) std::copy(bias.begin(), bias.end(), y.row(r).begin());
  }
  blas::multiply(Side::as_is, Side::transposed, x.rows, w.rows, w.cols, x.data, x.cols, w.data, w.cols,
                 bias.empty() ? 0.0f : 1.0f, y.data, y.cols);
}

template <>
void linear_backward_input<float>(ConstMatrix<float> dy, ConstMatrix<float> w, Matrix<float> dx, bool accumulate) {
  blas::multiply(Side::as_is, Side::as_is, dy.rows, w.cols, w.rows, dy.data, dy.cols, w.data, w.cols,
                 accumulate ? 1.0f : 0.0f, dx.data, dx.cols);
}

template <>
void linear_backward_weight<float>(ConstMatrix<float> x, ConstMatrix<float> dy, Range outputs, Matrix<float> dw) {
  blas::multiply(Side::transposed, Side::as_is, outputs.size(), x.cols, x.rows, dy.data + outputs.begin, dy.cols,
                 x.data, x.cols, 0.0f, dw.data + outputs.begin * dw.cols, dw.cols);
}

HWY_EXPORT(ColumnSum);
template <>
void column_sum<float>(ConstMatrix<float> x, Range columns, std::span<float> sums) {
  HWY_DYNAMIC_DISPATCH(ColumnSum)(x.data, x.rows, x.cols, columns.begin, columns.end, sums.data());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
