#include <vdn/kernels/linear.hpp>

#include <algorithm>
#include <new>
#include <type_traits>

#include <hwy/aligned_allocator.h>
#include <hwy/cache_control.h>

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

// One kernel for the three products of a linear map, C[m, n] (+)= sum_k A[m, k] B[k, n]. Every output is one chain of
// fused additions over k, from its start on, however many rows m are computed side by side: a row's bits do not depend
// on the rows beside it, which forecasts promise. A library's product does not promise that (OpenBLAS takes rows by
// groups that round differently on AVX2).
//
// B is cut into panels of two vectors' columns, packed so that k runs through memory: panel[k * width + j] = B[k, n +
// j]. A stays where it is, element (m, k) at m * row_step + k * inner_step.
struct Factor {
  const float* data;
  std::size_t row_step, inner_step;
};

constexpr std::size_t inner_block = 256;
constexpr std::size_t side_by_side = HWY_TARGET <= HWY_AVX3 ? 12 : 6;  // rows of two sums that the registers hold

/// The panel of columns [n, n + count) of B [K, N], `stride` apart by k; columns up to `width` are 0.
void PackColumns(const float* b, std::size_t stride, std::size_t inner, std::size_t count, std::size_t width,
                 float* panel) {
  constexpr std::size_t ahead = 16;  // rows may lie pages apart, which the hardware does not foresee
  const Floats d;
  for (std::size_t k = 0; k < inner; ++k) {
    const float* from = b + k * stride;
    float* to = panel + k * width;
    if (k + ahead < inner) hwy::Prefetch(from + ahead * stride);
    if (count < width) std::fill(to, to + width, 0.0f);
    ForEachVector(0, count, [=](auto part) HWY_ATTR { part.Store(part.Load(d, from), d, to); });
  }
}

/// to[k * width + j] = b[j * stride + k] for four j and four k.
HWY_INLINE void TurnSquare(const float* b, std::size_t stride, std::size_t width, float* to) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t k = 0; k < 4; ++k) to[k * width + j] = b[j * stride + k];
  }
#else
  const hn::Full128<float> d;
  const auto b0 = hn::LoadU(d, b), b1 = hn::LoadU(d, b + stride);
  const auto b2 = hn::LoadU(d, b + 2 * stride), b3 = hn::LoadU(d, b + 3 * stride);
  const auto low01 = hn::InterleaveLower(d, b0, b1), low23 = hn::InterleaveLower(d, b2, b3);
  const auto high01 = hn::InterleaveUpper(d, b0, b1), high23 = hn::InterleaveUpper(d, b2, b3);
  hn::StoreU(hn::ConcatLowerLower(d, low23, low01), d, to);
  hn::StoreU(hn::ConcatUpperUpper(d, low23, low01), d, to + width);
  hn::StoreU(hn::ConcatLowerLower(d, high23, high01), d, to + 2 * width);
  hn::StoreU(hn::ConcatUpperUpper(d, high23, high01), d, to + 3 * width);
#endif
}

/// The same of B given as its transpose [N, K], `stride` apart by n.
void PackRows(const float* b, std::size_t stride, std::size_t inner, std::size_t count, std::size_t width,
              float* panel) {
  if (count < width) std::fill(panel, panel + inner * width, 0.0f);
  const std::size_t squares = count / 4 * 4, whole = inner / 4 * 4;
  for (std::size_t k = 0; k < whole; k += 4) {
    for (std::size_t j = 0; j < squares; j += 4) TurnSquare(b + j * stride + k, stride, width, panel + k * width + j);
  }
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t k = j < squares ? whole : 0; k < inner; ++k) panel[k * width + j] = b[j * stride + k];
  }
}

/// Where the sums of a row begin: at the bias (the same for all rows; zeros), or at what stands in C.
enum class Start { bias, present };

/// R rows against a panel; c: the first output of the first row, `count` columns of it exist.
template <std::size_t R>
HWY_INLINE void PanelRows(Factor a, std::size_t inner, const float* panel, Start start, FloatVec left, FloatVec right,
                          float* c, std::size_t stride, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t in_left = std::min(count, lanes), in_right = count - in_left;
  FloatVec low[R], high[R];
  for (std::size_t r = 0; r < R; ++r) {
    low[r] = start == Start::bias ? left : LoadPart(c + r * stride, in_left);
    high[r] = start == Start::bias ? right : LoadPart(c + r * stride + in_left, in_right);
  }
  for (std::size_t k = 0; k < inner; ++k) {
    const auto first = hn::Load(d, panel + 2 * k * lanes), second = hn::Load(d, panel + (2 * k + 1) * lanes);
    const float* value = a.data + k * a.inner_step;
    for (std::size_t r = 0; r < R; ++r) {
      const auto v = hn::Set(d, value[r * a.row_step]);
      low[r] = hn::MulAdd(v, first, low[r]);
      high[r] = hn::MulAdd(v, second, high[r]);
    }
  }
  for (std::size_t r = 0; r < R; ++r) {
    StorePart(low[r], in_left, c + r * stride);
    StorePart(high[r], in_right, c + r * stride + in_left);
  }
}

/// All rows m against one panel.
void PanelProduct(Factor a, std::size_t rows, std::size_t inner, const float* panel, Start start, const float* bias,
                  float* c, std::size_t stride, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  HWY_ALIGN float begin[2 * hn::MaxLanes(d)] = {};
  if (bias) std::copy(bias, bias + count, begin);
  const auto left = hn::Load(d, begin), right = hn::Load(d, begin + lanes);
  const auto run = [&](auto number, std::size_t r) HWY_ATTR {
    const Factor part{a.data + r * a.row_step, a.row_step, a.inner_step};
    PanelRows<number>(part, inner, panel, start, left, right, c + r * stride, stride, count);
  };
  std::size_t r = 0;
  for (; r + side_by_side <= rows; r += side_by_side) run(std::integral_constant<std::size_t, side_by_side>(), r);
  for (; r + 4 <= rows; r += 4) run(std::integral_constant<std::size_t, 4>(), r);
  for (; r < rows; ++r) run(std::integral_constant<std::size_t, 1>(), r);
}

/// A thread's room for one panel.
float* PanelRoom() {
  constexpr std::size_t size = inner_block * 2 * hn::MaxLanes(Floats());
  thread_local const auto panel = hwy::AllocateAligned<float>(size);
  if (!panel) throw std::bad_alloc();
  return panel.get();
}

/// C [M, columns] from A and panels of B. `pack(n, count, inner, width, panel)` packs columns n ... of the part `inner`
/// of k. A panel stays in the first cache while the rows go by; the sums wait in C for the next part.
template <class Pack>
void Product(Factor a, std::size_t rows, std::size_t columns, std::size_t inner, Start start, const float* bias,
             float* c, std::size_t stride, const Pack& pack) {
  const std::size_t width = 2 * hn::Lanes(Floats());
  float* panel = PanelRoom();
  for (std::size_t n = 0; n < columns; n += width) {
    const std::size_t count = std::min(width, columns - n);
    for (std::size_t k = 0; k == 0 || k < inner; k += inner_block) {
      const Range part{k, std::min(inner, k + inner_block)};
      pack(n, count, part, width, panel);
      PanelProduct({a.data + k * a.inner_step, a.row_step, a.inner_step}, rows, part.size(), panel,
                   k == 0 ? start : Start::present, bias ? bias + n : nullptr, c + n, stride, count);
    }
  }
}

void ForwardRows(const ConstMatrix<float>& x, const ConstMatrix<float>& w, const float* bias, const Matrix<float>& y) {
  Product({x.data, x.cols, 1}, x.rows, w.rows, w.cols, Start::bias, bias, y.data, y.cols,
          [=](std::size_t o, std::size_t count, Range inner, std::size_t width, float* panel) {
            PackRows(w.data + o * w.cols + inner.begin, w.cols, inner.size(), count, width, panel);
          });
}

/// Packs columns of a matrix whose rows are the inner sum.
auto ColumnPacker(const ConstMatrix<float>& b) {
  return [=](std::size_t n, std::size_t count, Range inner, std::size_t width, float* panel) {
    PackColumns(b.data + inner.begin * b.cols + n, b.cols, inner.size(), count, width, panel);
  };
}

void BackwardInput(const ConstMatrix<float>& dy, const ConstMatrix<float>& w, const Matrix<float>& dx,
                   bool accumulate) {
  Product({dy.data, dy.cols, 1}, dy.rows, w.cols, w.rows, accumulate ? Start::present : Start::bias, nullptr, dx.data,
          dx.cols, ColumnPacker(w));
}

void BackwardWeight(const ConstMatrix<float>& x, const ConstMatrix<float>& dy, Range outputs, const Matrix<float>& dw) {
  Product({dy.data + outputs.begin, 1, dy.cols}, outputs.size(), x.cols, x.rows, Start::bias, nullptr,
          dw.data + outputs.begin * dw.cols, dw.cols, ColumnPacker(x));
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(ForwardRows);
HWY_EXPORT(BackwardInput);
HWY_EXPORT(BackwardWeight);

template <>
void linear_forward<float>(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  HWY_DYNAMIC_DISPATCH(ForwardRows)(x, w, bias.empty() ? nullptr : bias.data(), y);
}

template <>
void linear_backward_input<float>(ConstMatrix<float> dy, ConstMatrix<float> w, Matrix<float> dx, bool accumulate) {
  HWY_DYNAMIC_DISPATCH(BackwardInput)(dy, w, dx, accumulate);
}

template <>
void linear_backward_weight<float>(ConstMatrix<float> x, ConstMatrix<float> dy, Range outputs, Matrix<float> dw) {
  HWY_DYNAMIC_DISPATCH(BackwardWeight)(x, dy, outputs, dw);
}

HWY_EXPORT(ColumnSum);
template <>
void column_sum<float>(ConstMatrix<float> x, Range columns, std::span<float> sums) {
  HWY_DYNAMIC_DISPATCH(ColumnSum)(x.data, x.rows, x.cols, columns.begin, columns.end, sums.data());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
