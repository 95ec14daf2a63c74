#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include <algorithm>
#include <new>
#include <span>
#include <type_traits>

#include <hwy/aligned_allocator.h>

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

// The forward product, y[r, o] = b[o] + sum_i x[r, i] w[o, i]. Every output is one chain of fused additions over the
// inputs, from the bias on, however many rows are computed side by side: a row's bits do not depend on the rows beside
// it, which forecasts promise. A library's product does not promise that (OpenBLAS takes rows by groups that round
// differently on AVX2). The two products of the backward pass need no such promise and are the library's.
//
// The outputs are cut into panels of two vectors, packed so that the inputs run through memory: panel[i * width + j] =
// w[o + j, i].

constexpr std::size_t input_block = 256;  // of a panel at a time: it stays in the first cache while the rows go by
constexpr std::size_t side_by_side = HWY_TARGET <= HWY_AVX3 ? 12 : 6;  // rows of two sums that the registers hold

/// panel[i * width + j] = w[j * stride + i] for four j and four i.
HWY_INLINE void TurnSquare(const float* w, std::size_t stride, std::size_t width, float* panel) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t i = 0; i < 4; ++i) panel[i * width + j] = w[j * stride + i];
  }
#else
  const hn::Full128<float> d;
  const auto w0 = hn::LoadU(d, w), w1 = hn::LoadU(d, w + stride);
  const auto w2 = hn::LoadU(d, w + 2 * stride), w3 = hn::LoadU(d, w + 3 * stride);
  const auto low01 = hn::InterleaveLower(d, w0, w1), low23 = hn::InterleaveLower(d, w2, w3);
  const auto high01 = hn::InterleaveUpper(d, w0, w1), high23 = hn::InterleaveUpper(d, w2, w3);
  hn::StoreU(hn::ConcatLowerLower(d, low23, low01), d, panel);
  hn::StoreU(hn::ConcatUpperUpper(d, low23, low01), d, panel + width);
  hn::StoreU(hn::ConcatLowerLower(d, high23, high01), d, panel + 2 * width);
  hn::StoreU(hn::ConcatUpperUpper(d, high23, high01), d, panel + 3 * width);
#endif
}

/// `count` rows of w, `inputs` entries of each, `stride` apart; the panel's columns up to `width` are 0.
void PackPanel(const float* w, std::size_t stride, std::size_t inputs, std::size_t count, std::size_t width,
               float* panel) {
  if (count < width) std::fill(panel, panel + inputs * width, 0.0f);
  const std::size_t squares = count / 4 * 4, whole = inputs / 4 * 4;
  for (std::size_t i = 0; i < whole; i += 4) {
    for (std::size_t j = 0; j < squares; j += 4) TurnSquare(w + j * stride + i, stride, width, panel + i * width + j);
  }
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t i = j < squares ? whole : 0; i < inputs; ++i) panel[i * width + j] = w[j * stride + i];
  }
}

/// What the sums of a panel's outputs start from: the bias, the same for every row, or what earlier inputs left in y.
struct Start {
  const float* at;
  std::size_t stride;
};

/// R rows of y, of which `count` outputs exist: a panel's `inputs` products, added to their start.
template <std::size_t R>
HWY_INLINE void PanelRows(const float* x, std::size_t x_stride, std::size_t inputs, const float* panel, Start start,
                          float* y, std::size_t y_stride, std::size_t count) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t in_left = std::min(count, lanes), in_right = count - in_left;
  FloatVec left[R], right[R];
  for (std::size_t r = 0; r < R; ++r) {
    left[r] = LoadPart(start.at + r * start.stride, in_left);
    right[r] = LoadPart(start.at + r * start.stride + in_left, in_right);
  }
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto first = hn::LoadU(d, panel + 2 * i * lanes), second = hn::LoadU(d, panel + (2 * i + 1) * lanes);
    for (std::size_t r = 0; r < R; ++r) {
      const auto value = hn::Set(d, x[r * x_stride + i]);
      left[r] = hn::MulAdd(value, first, left[r]);
      right[r] = hn::MulAdd(value, second, right[r]);
    }
  }
  for (std::size_t r = 0; r < R; ++r) {
    StorePart(left[r], in_left, y + r * y_stride);
    StorePart(right[r], in_right, y + r * y_stride + in_left);
  }
}

/// The same for all rows: inputs i of x, outputs o ... of y.
void PanelProduct(const ConstMatrix<float>& x, Range i, const float* panel, Start start, const Matrix<float>& y,
                  std::size_t o, std::size_t count) {
  const auto run = [&](auto number, std::size_t r) HWY_ATTR {
    PanelRows<number>(x.data + r * x.cols + i.begin, x.cols, i.size(), panel,
                      {start.at + r * start.stride, start.stride}, y.data + r * y.cols + o, y.cols, count);
  };
  std::size_t r = 0;
  for (; r + side_by_side <= x.rows; r += side_by_side) run(std::integral_constant<std::size_t, side_by_side>(), r);
  for (; r + 4 <= x.rows; r += 4) run(std::integral_constant<std::size_t, 4>(), r);
  for (; r < x.rows; ++r) run(std::integral_constant<std::size_t, 1>(), r);
}

/// A thread's room for one panel.
float* PanelRoom() {
  thread_local const auto panel = hwy::AllocateAligned<float>(input_block * 2 * hn::MaxLanes(Floats()));
  if (!panel) throw std::bad_alloc();
  return panel.get();
}

/// Where the sums of outputs o ... start before inputs first ...; an empty bias is zero.
Start StartOf(std::span<const float> bias, std::size_t first, const Matrix<float>& y, std::size_t o) {
  static constexpr float zeros[2 * hn::MaxLanes(Floats())] = {};
  if (first > 0) return {y.data + o, y.cols};
  return {bias.empty() ? zeros : bias.data() + o, 0};
}

/// Panel by panel, a block of inputs at a time, the sums waiting in y between blocks.
void ForwardRows(const ConstMatrix<float>& x, const ConstMatrix<float>& w, std::span<const float> bias,
                 const Matrix<float>& y) {
  const std::size_t width = 2 * hn::Lanes(Floats()), inputs = w.cols;
  float* panel = PanelRoom();
  for (std::size_t o = 0; o < w.rows; o += width) {
    const std::size_t count = std::min(width, w.rows - o);
    for (std::size_t first = 0; first == 0 || first < inputs; first += input_block) {  // without inputs the bias
      const Range block{first, std::min(inputs, first + input_block)};
      PackPanel(w.data + o * inputs + first, inputs, block.size(), count, width, panel);
      PanelProduct(x, block, panel, StartOf(bias, first, y, o), y, o, count);
    }
  }
}

/// Whole panels of rows `outputs` of w, one behind the other.
void PackRows(const ConstMatrix<float>& w, Range outputs, float* panels) {
  const std::size_t width = 2 * hn::Lanes(Floats()), inputs = w.cols;
  for (std::size_t o = outputs.begin; o < outputs.end; o += width) {
    PackPanel(w.data + o * inputs, inputs, inputs, std::min(width, outputs.end - o), width, panels + o * inputs);
  }
}

/// ForwardRows with the panels at hand.
void PackedRows(const ConstMatrix<float>& x, const float* panels, std::span<const float> bias, const Matrix<float>& y) {
  const std::size_t width = 2 * hn::Lanes(Floats()), inputs = x.cols;
  for (std::size_t o = 0; o < y.cols; o += width) {
    for (std::size_t first = 0; first == 0 || first < inputs; first += input_block) {  // without inputs the bias
      const Range block{first, std::min(inputs, first + input_block)};
      PanelProduct(x, block, panels + o * inputs + first * width, StartOf(bias, first, y, o), y, o,
                   std::min(width, y.cols - o));
    }
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(PackRows);
template <>
void pack_weight<float>(ConstMatrix<float> w, Range outputs, std::span<float> panels) {
  HWY_DYNAMIC_DISPATCH(PackRows)(w, outputs, panels.data());
}

HWY_EXPORT(PackedRows);
template <>
void packed_linear_forward<float>(ConstMatrix<float> x, PackedWeight<float> w, std::span<const float> bias,
                                  Matrix<float> y) {
  HWY_DYNAMIC_DISPATCH(PackedRows)(x, w.panels, bias, y);
}

HWY_EXPORT(ForwardRows);
template <>
void linear_forward<float>(ConstMatrix<float> x, ConstMatrix<float> w, std::span<const float> bias, Matrix<float> y) {
  HWY_DYNAMIC_DISPATCH(ForwardRows)(x, w, bias, y);
}

using blas::Side;

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
