// The products of the backward pass.

#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include <algorithm>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear_backward.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/cache_control.h>

#include "kernels/cpu/panels-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

/// dx[r, i] = start + sum_o dy[r, o] w[o, i], with panel_of(i, block) the panel of inputs i ... for a block of outputs.
template <class PanelOf>
HWY_INLINE void InputPanels(const ConstMatrix<float>& dy, bool accumulate, const Matrix<float>& dx,
                            const PanelOf& panel_of) {
  const auto start_of = [=](std::size_t, const Sums& sums) { return accumulate ? sums.SoFar() : Nothing(); };
  MultiplyPanels(dy, dx, start_of, panel_of);
}

void InputRows(const ConstMatrix<float>& dy, const ConstMatrix<float>& w, bool accumulate, const Matrix<float>& dx) {
  struct Use;
  const std::size_t width = PanelWidth(), inputs = w.cols;
  float* panel = ThreadRoom<Use, panel_block * max_panel_width>();
  InputPanels(dy, accumulate, dx, [=](std::size_t i, Range block) {
    CopyPanel(w.data + block.begin * inputs + i, inputs, block.size(), std::min(width, inputs - i), panel);
    return panel;
  });
}

/// Rows `outputs` of every panel of w.
void PackTransposed(const ConstMatrix<float>& w, Range outputs, float* panels) {
  const std::size_t width = PanelWidth(), inputs = w.cols;
  for (std::size_t i = 0; i < inputs; i += width) {
    CopyPanel(w.data + outputs.begin * inputs + i, inputs, outputs.size(), std::min(width, inputs - i),
              panels + i * w.rows + outputs.begin * width);
  }
}

/// InputRows with the panels at hand.
void PackedInputRows(const ConstMatrix<float>& dy, const float* panels, bool accumulate, const Matrix<float>& dx) {
  const std::size_t width = PanelWidth(), outputs = dy.cols;
  InputPanels(dy, accumulate, dx,
              [=](std::size_t i, Range block) { return panels + i * outputs + block.begin * width; });
}

// dw[o, i] = sum_r dy[r, o] x[r, i]: panels of columns of x, multiplied by columns of dy. Both are copied, a block of
// rows at a time: the columns of dy that share the panels, and a piece of x, panels_at_once panels in one walk over its
// rows, which lie pages apart. The whole batch's x is larger than the second cache, so while one piece is multiplied
// the next is fetched.
constexpr std::size_t outputs_at_once = 96, panels_at_once = 4;

/// `length` rows of x, `stride` apart: `count` columns from `at` on.
struct Piece {
  const float* at;
  std::size_t stride, length, count;
};

/// Columns begin ... of the block of rows from `first` on, or of the next block where these end; empty at the end of x.
Piece PieceOf(const ConstMatrix<float>& x, std::size_t first, std::size_t begin) {
  if (begin >= x.cols) {
    first += panel_block;
    begin = 0;
  }
  if (first >= x.rows) return {x.data, x.cols, 0, 0};
  return {x.data + first * x.cols + begin, x.cols, std::min(panel_block, x.rows - first),
          std::min(panels_at_once * PanelWidth(), x.cols - begin)};
}

/// panels, each of piece.length rows, one behind the other.
void CopyPiece(const Piece& piece, float* panels) {
  const std::size_t width = PanelWidth();
  for (std::size_t r = 0; r < piece.length; ++r) {
    for (std::size_t i = 0; i < piece.count; i += width) {
      CopyPanel(piece.at + r * piece.stride + i, piece.stride, 1, std::min(width, piece.count - i),
                panels + i * piece.length + r * width);
    }
  }
}

/// Asks for rows of a piece, as many as there are from `row` on and at most `count`.
HWY_INLINE void FetchRows(const Piece& piece, std::size_t row, std::size_t count) {
  constexpr std::size_t line = 16;  // numbers of a cache line
  for (const std::size_t end = std::min(piece.length, row + count); row < end; ++row) {
    for (std::size_t i = 0; i < piece.count; i += line) hwy::Prefetch(piece.at + row * piece.stride + i);
  }
}

/// dw[o, i] += columns^T panels for the inputs i of a piece, or = at the first block of rows.
void MultiplyPiece(const float* columns, std::size_t outputs, const float* panels, const Piece& piece,
                   const Piece& next, bool first, float* dw, std::size_t dw_stride) {
  const std::size_t width = PanelWidth();
  const std::size_t products = (piece.count + width - 1) / width * ((outputs + side_by_side - 1) / side_by_side);
  const std::size_t share = (next.length + products - 1) / products;
  std::size_t fetched = 0;
  for (std::size_t i = 0; i < piece.count; i += width) {
    for (std::size_t o = 0; o < outputs; o += side_by_side) {
      FetchRows(next, fetched, share);
      fetched += share;
      const Sums sums{dw + o * dw_stride + i, dw_stride, std::min(width, piece.count - i)};
      PanelProduct(Columns{columns + o, outputs}, std::min(side_by_side, outputs - o), piece.length,
                   panels + i * piece.length, first ? Nothing() : sums.SoFar(), sums);
    }
  }
}

void WeightRows(const ConstMatrix<float>& x, const ConstMatrix<float>& dy, Range outputs, const Matrix<float>& dw) {
  struct OfX;
  struct OfDy;
  const std::size_t inputs = x.cols, step = panels_at_once * PanelWidth();
  float* panels = ThreadRoom<OfX, panels_at_once * panel_block * max_panel_width>();
  float* columns = ThreadRoom<OfDy, outputs_at_once * panel_block>();
  for (std::size_t o = outputs.begin; o < outputs.end; o += outputs_at_once) {
    const std::size_t count = std::min(outputs_at_once, outputs.end - o);
    if (x.rows == 0) std::fill_n(dw.data + o * inputs, count * inputs, 0.0f);
    for (std::size_t first = 0; first < x.rows; first += panel_block) {
      for (std::size_t r = first; r < std::min(x.rows, first + panel_block); ++r) {
        std::copy_n(dy.data + r * dy.cols + o, count, columns + (r - first) * count);
      }
      for (std::size_t begin = 0; begin < inputs; begin += step) {
        const Piece piece = PieceOf(x, first, begin);
        CopyPiece(piece, panels);
        MultiplyPiece(columns, count, panels, piece, PieceOf(x, first, begin + step), first == 0,
                      dw.data + o * inputs + begin, inputs);
      }
    }
  }
}

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

HWY_EXPORT(InputRows);
template <>
void linear_backward_input<float>(ConstMatrix<float> dy, ConstMatrix<float> w, Matrix<float> dx, bool accumulate) {
  HWY_DYNAMIC_DISPATCH(InputRows)(dy, w, accumulate, dx);
}

HWY_EXPORT(PackTransposed);
template <>
void pack_transposed_weight<float>(ConstMatrix<float> w, Range outputs, std::span<float> panels) {
  HWY_DYNAMIC_DISPATCH(PackTransposed)(w, outputs, panels.data());
}

HWY_EXPORT(PackedInputRows);
template <>
void packed_linear_backward_input<float>(ConstMatrix<float> dy, PackedWeight<float> w, Matrix<float> dx,
                                         bool accumulate) {
  HWY_DYNAMIC_DISPATCH(PackedInputRows)(dy, w.panels, accumulate, dx);
}

HWY_EXPORT(WeightRows);
template <>
void linear_backward_weight<float>(ConstMatrix<float> x, ConstMatrix<float> dy, Range outputs, Matrix<float> dw) {
  HWY_DYNAMIC_DISPATCH(WeightRows)(x, dy, outputs, dw);
}

HWY_EXPORT(ColumnSum);
template <>
void column_sum<float>(ConstMatrix<float> x, Range columns, std::span<float> sums) {
  HWY_DYNAMIC_DISPATCH(ColumnSum)(x.data, x.rows, x.cols, columns.begin, columns.end, sums.data());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
