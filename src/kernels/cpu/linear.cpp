#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include <algorithm>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/panels-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

// The forward product, y[r, o] = b[o] + sum_i x[r, i] w[o, i]: a row's bits do not depend on the rows beside it, which
// forecasts promise. (A library's product does not: OpenBLAS takes rows by groups that round differently on AVX2.)
//
// The outputs are cut into panels of two vectors, packed so that the inputs run through memory: panel[i * width + j] =
// w[o + j, i].

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

/// y from the bias on (an empty one is 0), with panel_of(o, block) the panel of outputs o ... for a block of inputs.
template <class PanelOf>
HWY_INLINE void ForwardPanels(const ConstMatrix<float>& x, std::span<const float> bias, const Matrix<float>& y,
                              const PanelOf& panel_of) {
  const auto start_of = [=](std::size_t o, const Sums&) {
    return bias.empty() ? Nothing() : Start{bias.data() + o, 0};
  };
  MultiplyPanels(x, y, start_of, panel_of);
}

void ForwardRows(const ConstMatrix<float>& x, const ConstMatrix<float>& w, std::span<const float> bias,
                 const Matrix<float>& y) {
  struct Use;
  const std::size_t width = PanelWidth(), inputs = w.cols;
  float* panel = ThreadRoom<Use, panel_block * max_panel_width>();
  ForwardPanels(x, bias, y, [=](std::size_t o, Range block) {
    const std::size_t count = std::min(width, w.rows - o);
    PackPanel(w.data + o * inputs + block.begin, inputs, block.size(), count, width, panel);
    return panel;
  });
}

/// Whole panels of rows `outputs` of w, one behind the other.
void PackRows(const ConstMatrix<float>& w, Range outputs, float* panels) {
  const std::size_t width = PanelWidth(), inputs = w.cols;
  for (std::size_t o = outputs.begin; o < outputs.end; o += width) {
    PackPanel(w.data + o * inputs, inputs, inputs, std::min(width, outputs.end - o), width, panels + o * inputs);
  }
}

/// ForwardRows with the panels at hand.
void PackedRows(const ConstMatrix<float>& x, const float* panels, std::span<const float> bias, const Matrix<float>& y) {
  const std::size_t width = PanelWidth(), inputs = x.cols;
  ForwardPanels(x, bias, y, [=](std::size_t o, Range block) { return panels + o * inputs + block.begin * width; });
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

}  // namespace vdn::kernels
#endif  // HWY_ONCE
