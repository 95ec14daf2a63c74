#include <vdn/kernels/linear.hpp>

#include <algorithm>
#include <vector>

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

namespace {

// A row's bits must not depend on the rows beside it: a window's forecast is the same in every batch. OpenBLAS takes
// rows by groups, on AVX2 of 12 and what is left by 4, 2 and 1, and rounds differently in each. So it is given whole
// groups only, the last one filled up, and not so many at once that it would cut them elsewhere.
constexpr std::size_t row_group = 12, most_rows = 40 * row_group;

void forward_groups(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  if (!bias.empty()) {
    for (std::size_t r = 0; r < y.rows; ++r) std::copy(bias.begin(), bias.end(), y.row(r).begin());
  }
  for (std::size_t first = 0; first < x.rows; first += most_rows) {
    blas::multiply(Side::as_is, Side::transposed, std::min(most_rows, x.rows - first), w.rows, w.cols,
                   x.data + first * x.cols, x.cols, w.data, w.cols, bias.empty() ? 0.0f : 1.0f, y.data + first * y.cols,
                   y.cols);
  }
}

}  // namespace

template <>
void linear_forward<float>(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  const std::size_t whole = x.rows / row_group * row_group, left = x.rows - whole;
  forward_groups(x.slice({0, whole}), w, bias, y.slice({0, whole}));
  if (left == 0) return;
  thread_local std::vector<float> group;  // of inputs, then of outputs
  group.assign(row_group * (x.cols + y.cols), 0.0f);
  const Matrix<float> in(group.data(), row_group, x.cols), out(in.data + in.size(), row_group, y.cols);
  const auto rest = x.slice({whole, x.rows}).flat();
  std::copy(rest.begin(), rest.end(), in.data);
  forward_groups(in, w, bias, out);
  std::copy_n(out.data, left * y.cols, y.row(whole).data());
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
