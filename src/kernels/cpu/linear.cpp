#include <vdn/kernels/linear.hpp>

#include <algorithm>
#include <new>
#include <type_traits>

#include "kernels/cpu/blas.hpp"

#include <hwy/aligned_allocator.h>

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

// The product of forecasts, y = x W^T + b. A row's bits must not depend on the rows beside it: a window's forecast is
// the same in every batch. A library's product does not promise that (OpenBLAS takes rows by groups that round
// differently on AVX2), so here every output is one chain of fused additions over the inputs, from the bias on, however
// many rows are computed side by side.

/// Outputs [o, o + 2 lanes) of W [O, I] with the inputs outermost: panel[i * 2 lanes + j] = W[o + j, i], 0 beyond O.
void PackPanel(const ConstMatrix<float>& w, std::size_t o, std::size_t width, float* panel) {
  const std::size_t count = std::min(width, w.rows - o), inputs = w.cols;
  if (count < width) std::fill(panel, panel + inputs * width, 0.0f);
  const float* from = w.data + o * inputs;
  for (std::size_t i = 0; i < inputs; ++i) {
    for (std::size_t j = 0; j < count; ++j) panel[i * width + j] = from[j * inputs + i];
  }
}

/// R rows of x against a panel, each its own pair of sums; `left`, `right`: the bias.
template <std::size_t R>
HWY_INLINE void PanelRows(const float* x, std::size_t inputs, const float* panel, FloatVec left, FloatVec right,
                          float* y, std::size_t stride, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  FloatVec low[R], high[R];
  for (std::size_t r = 0; r < R; ++r) {
    low[r] = left;
    high[r] = right;
  }
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto first = hn::Load(d, panel + 2 * i * lanes), second = hn::Load(d, panel + (2 * i + 1) * lanes);
    for (std::size_t r = 0; r < R; ++r) {
      const auto value = hn::Set(d, x[r * inputs + i]);
      low[r] = hn::MulAdd(value, first, low[r]);
      high[r] = hn::MulAdd(value, second, high[r]);
    }
  }
  const auto store = [=](FloatVec v, std::size_t at, std::size_t lanes_left, float* to) HWY_ATTR {
    if (lanes_left >= lanes) {
      WholePart{at}.Store(v, d, to);
    } else if (lanes_left > 0) {
      LastPart{at, lanes_left}.Store(v, d, to);
    }
  };
  for (std::size_t r = 0; r < R; ++r) {
    store(low[r], 0, count, y + r * stride);
    store(high[r], lanes, count - std::min(count, lanes), y + r * stride);
  }
}

void ForwardRows(const ConstMatrix<float>& x, const ConstMatrix<float>& w, const float* bias, const Matrix<float>& y) {
  constexpr std::size_t side_by_side = 6;  // with two sums a row: what 16 registers hold
  const Floats d;
  const std::size_t lanes = hn::Lanes(d), width = 2 * lanes, inputs = w.cols;
  thread_local hwy::AlignedFreeUniquePtr<float[]> panel;
  thread_local std::size_t room = 0;
  if (room < inputs * width) {
    room = inputs * width;
    panel = hwy::AllocateAligned<float>(room);
    if (!panel) throw std::bad_alloc();
  }
  for (std::size_t o = 0; o < w.rows; o += width) {
    const std::size_t count = std::min(width, w.rows - o);
    PackPanel(w, o, width, panel.get());
    HWY_ALIGN float start[2 * hn::MaxLanes(d)] = {};
    if (bias) std::copy(bias + o, bias + o + count, start);
    const auto left = hn::Load(d, start), right = hn::Load(d, start + lanes);
    const auto rows = [&](auto number, std::size_t r) HWY_ATTR {
      PanelRows<number>(x.data + r * inputs, inputs, panel.get(), left, right, y.data + r * y.cols + o, y.cols, count);
    };
    std::size_t r = 0;
    for (; r + side_by_side <= x.rows; r += side_by_side) rows(std::integral_constant<std::size_t, side_by_side>(), r);
    for (; r + 2 <= x.rows; r += 2) rows(std::integral_constant<std::size_t, 2>(), r);
    if (r < x.rows) rows(std::integral_constant<std::size_t, 1>(), r);
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

using blas::Side;

HWY_EXPORT(ForwardRows);
template <>
void linear_forward<float>(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  HWY_DYNAMIC_DISPATCH(ForwardRows)(x, w, bias.empty() ? nullptr : bias.data(), y);
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
