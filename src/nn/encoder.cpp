#include <vdn/nn/encoder.hpp>

#include <algorithm>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/moving_average.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include "nn/weight_tiles.hpp"

namespace vdn::nn {
namespace {

/// Joins a block's pairs: both = [cur, prev], stable = (cur + prev)/2, change = cur - prev.
template <class Real>
void join_pairs(ConstMatrix<Real> h, Matrix<Real> both, Matrix<Real> stable, Matrix<Real> change) {
  const std::size_t width = h.cols;
  std::copy(h.flat().begin(), h.flat().end(), both.flat().begin());
  for (std::size_t b = 0; b < stable.rows; ++b) {
    const Real *current = h.row(2 * b).data(), *previous = h.row(2 * b + 1).data();
    Real *middle = stable.row(b).data(), *difference = change.row(b).data();
    for (std::size_t c = 0; c < width; ++c) {
      middle[c] = Real(0.5) * (current[c] + previous[c]);
      difference[c] = current[c] - previous[c];
    }
  }
}

/// The adjoint of join_pairs.
template <class Real>
void split_pairs(ConstMatrix<Real> dboth, ConstMatrix<Real> dstable, ConstMatrix<Real> dchange, Matrix<Real> dh) {
  const std::size_t width = dh.cols;
  for (std::size_t b = 0; b < dstable.rows; ++b) {
    const Real *direct = dboth.row(b).data(), *middle = dstable.row(b).data(), *difference = dchange.row(b).data();
    Real *current = dh.row(2 * b).data(), *previous = dh.row(2 * b + 1).data();
    for (std::size_t c = 0; c < width; ++c) {
      const Real half = Real(0.5) * middle[c];
      current[c] = direct[c] + half + difference[c];
      previous[c] = direct[width + c] + half - difference[c];
    }
  }
}

/// The pairs (prev, prev) of a block: both = [prev, prev], stable = prev, change = 0.
template <class Real>
void repeat_earlier(ConstMatrix<Real> h, Matrix<Real> both, Matrix<Real> stable, Matrix<Real> change) {
  const std::size_t width = h.cols;
  for (std::size_t b = 0; b < stable.rows; ++b) {
    const auto previous = h.row(2 * b + 1);
    const auto joined = both.row(b);
    std::copy(previous.begin(), previous.end(), joined.begin());
    std::copy(previous.begin(), previous.end(), joined.subspan(width).begin());
    std::copy(previous.begin(), previous.end(), stable.row(b).begin());
    std::fill(change.row(b).begin(), change.row(b).end(), Real(0));
  }
}

/// Adds the adjoint of repeat_earlier. The difference is 0 whatever prev is, so nothing comes back through it.
template <class Real>
void add_earlier(ConstMatrix<Real> dboth, ConstMatrix<Real> dstable, Matrix<Real> dh) {
  const std::size_t width = dh.cols;
  for (std::size_t b = 0; b < dstable.rows; ++b) {
    const Real* joined = dboth.row(b).data();
    for (std::size_t c = 0; c < width; ++c) dh(2 * b + 1, c) += joined[c] + joined[width + c] + dstable(b, c);
  }
}

/// [G_1 + G_3, G_2 - G_3] of [G_1, G_2, G_3], all of C columns; rows are outputs.
template <class Real>
void fold_gate(ConstMatrix<Real> gate, Matrix<Real> folded) {
  const std::size_t width = folded.cols / 2;
  for (std::size_t o = 0; o < gate.rows; ++o) {
    const Real* from = gate.row(o).data();
    Real* to = folded.row(o).data();
    for (std::size_t c = 0; c < width; ++c) {
      to[c] = from[c] + from[2 * width + c];
      to[width + c] = from[width + c] - from[2 * width + c];
    }
  }
}

/// The adjoint of fold_gate.
template <class Real>
void unfold_gate(ConstMatrix<Real> dfolded, Matrix<Real> dgate) {
  const std::size_t width = dfolded.cols / 2;
  for (std::size_t o = 0; o < dgate.rows; ++o) {
    const Real* from = dfolded.row(o).data();
    Real* to = dgate.row(o).data();
    std::copy(from, from + 2 * width, to);
    for (std::size_t c = 0; c < width; ++c) to[2 * width + c] = from[c] - from[width + c];
  }
}

/// A map that is folded into others before it is used.
Linear folded_map(ParameterLayout& layout, const std::string& name, std::size_t inputs, std::size_t outputs) {
  return {layout, name, inputs, outputs, Initial::linear(inputs), Initial::linear(inputs), true};
}

/// Where the earlier windows of a block of batch rows stand.
template <class Real>
Range behind(const Encoder::Workspace<Real>& w, Range rows) {
  return {w.rows + rows.begin, w.rows + rows.end};
}

}  // namespace

Encoder::Encoder(ParameterLayout& layout, const EncoderShape& shape)
    : shape_(shape),
      seasonal_(folded_map(layout, "encoder.seasonal", shape.lookback, shape.width)),
      trend_(folded_map(layout, "encoder.trend", shape.lookback, shape.width)),
      persist_(layout, "encoder.persist", shape.width, shape.width) {
  if (shape.pair) {
    innovation_ = Linear(layout, "encoder.innovation", shape.width, shape.width);
    gate_ = folded_map(layout, "encoder.gate", 3 * shape.width, shape.width);
  }
  norm_ = LayerNorm(layout, "encoder.norm", shape.width);
  series_ = Embedding(layout, "encoder.series", shape.series, shape.width);
}

template <class Real>
Encoder::Workspace<Real> Encoder::bind(ArenaCursor& cursor, std::size_t rows, bool training, bool earlier) const {
  const std::size_t L = shape_.lookback, C = shape_.width, windows_rows = rows * windows();
  const std::size_t contexts = earlier ? 2 * rows : rows;  // E*B
  Workspace<Real> w;
  w.rows = rows;
  w.earlier = earlier;
  w.folded = cursor.matrix<Real>(C, L);
  w.folded_bias = cursor.array<Real>(C);
  w.folded_panels = cursor.array<Real>(packed_size(C, L));
  w.x = cursor.matrix<Real>(windows_rows, L);
  w.series = cursor.array<std::uint32_t>(windows_rows);
  w.h = cursor.matrix<Real>(windows_rows, C);
  for (Matrix<Real>* m : {&w.activation, &w.hidden, &w.context}) *m = cursor.matrix<Real>(contexts, C);
  w.mean = cursor.array<Real>(contexts);
  w.inverse_deviation = cursor.array<Real>(contexts);
  if (shape_.pair) {
    w.folded_gate = cursor.matrix<Real>(C, 2 * C);
    w.gate_panels = cursor.array<Real>(packed_size(C, 2 * C));
    w.both = cursor.matrix<Real>(contexts, 2 * C);
    for (Matrix<Real>* m : {&w.stable, &w.change, &w.gate, &w.innovation}) *m = cursor.matrix<Real>(contexts, C);
  }
  if (!training) return w;
  w.dcontext = cursor.matrix<Real>(contexts, C);
  w.dactivation = cursor.matrix<Real>(contexts, C);
  w.dh = cursor.matrix<Real>(windows_rows, C);
  w.dfolded = cursor.matrix<Real>(C, L);
  if (shape_.pair) {
    w.gate_transposed = cursor.array<Real>(packed_size(2 * C, C));
    w.dfolded_gate = cursor.matrix<Real>(C, 2 * C);
    w.dboth = cursor.matrix<Real>(contexts, 2 * C);
    for (Matrix<Real>* m : {&w.dgate, &w.dinnovation, &w.dstable, &w.dchange}) *m = cursor.matrix<Real>(contexts, C);
  }
  return w;
}

template <class Real>
void Encoder::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w, Range outputs) const {
  kernels::decompose_backward<Real>(p.matrix(seasonal_.weight).slice(outputs), p.matrix(trend_.weight).slice(outputs),
                                    shape_.moving_average, w.folded.slice(outputs));
  const auto seasonal = p.vector(seasonal_.bias), trend = p.vector(trend_.bias);
  for (std::size_t c = outputs.begin; c < outputs.end; ++c) w.folded_bias[c] = seasonal[c] + trend[c];
  kernels::pack_weight<Real>(w.folded, outputs, w.folded_panels);
  if (!shape_.pair) return;
  fold_gate<Real>(p.matrix(gate_.weight).slice(outputs), w.folded_gate.slice(outputs));
  kernels::pack_weight<Real>(w.folded_gate, outputs, w.gate_panels);
  if (!w.gate_transposed.empty()) kernels::pack_transposed_weight<Real>(w.folded_gate, outputs, w.gate_transposed);
}

template <class Real>
void Encoder::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const Range window_rows{rows.begin * windows(), rows.end * windows()};
  const auto h = w.h.slice(window_rows);
  const std::size_t C = shape_.width;
  kernels::packed_linear_forward<Real>(w.x.slice(window_rows), {w.folded_panels.data(), C, shape_.lookback},
                                       w.folded_bias, h);
  series_.add_to<Real>(p, w.series.subspan(window_rows.begin, window_rows.size()), h);
  if (shape_.pair) join_pairs<Real>(h, w.both.slice(rows), w.stable.slice(rows), w.change.slice(rows));
  read<Real>(p, w, rows);
  if (!w.earlier) return;
  const Range earlier = behind(w, rows);
  repeat_earlier<Real>(h, w.both.slice(earlier), w.stable.slice(earlier), w.change.slice(earlier));
  read<Real>(p, w, earlier);
}

/// From the joined pairs, or from h, to the context.
template <class Real>
void Encoder::read(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto activation = w.activation.slice(rows);
  if (shape_.pair) {
    const std::size_t C = shape_.width;
    kernels::packed_linear_forward<Real>(w.both.slice(rows), {w.gate_panels.data(), C, 2 * C}, p.vector(gate_.bias),
                                         w.gate.slice(rows));
    innovation_.forward<Real>(p, w.change.slice(rows), w.innovation.slice(rows));
    persist_.forward<Real>(p, w.stable.slice(rows), activation);
    kernels::sigmoid_gate_forward<Real>(activation.flat(), w.gate.slice(rows).flat(), w.innovation.slice(rows).flat(),
                                        activation.flat());
  } else {
    persist_.forward<Real>(p, w.h.slice(rows), activation);
  }
  kernels::gelu_forward<Real>(activation.flat(), w.hidden.slice(rows).flat());
  norm_.forward<Real>(p, w.hidden.slice(rows), w.context.slice(rows), w.mean.subspan(rows.begin, rows.size()),
                      w.inverse_deviation.subspan(rows.begin, rows.size()));
}

template <class Real>
void Encoder::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  read_backward<Real>(p, w, rows);
  if (!shape_.pair) return;
  const auto dh = w.dh.slice({2 * rows.begin, 2 * rows.end});
  split_pairs<Real>(w.dboth.slice(rows), w.dstable.slice(rows), w.dchange.slice(rows), dh);
  if (!w.earlier) return;
  const Range earlier = behind(w, rows);
  read_backward<Real>(p, w, earlier);
  add_earlier<Real>(w.dboth.slice(earlier), w.dstable.slice(earlier), dh);
}

/// The adjoint of read.
template <class Real>
void Encoder::read_backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto dactivation = w.dactivation.slice(rows);
  norm_.backward_input<Real>(p, w.hidden.slice(rows), w.mean.subspan(rows.begin, rows.size()),
                             w.inverse_deviation.subspan(rows.begin, rows.size()), w.dcontext.slice(rows), dactivation);
  kernels::gelu_backward<Real>(w.activation.slice(rows).flat(), dactivation.flat(), dactivation.flat());
  if (!shape_.pair) {
    persist_.backward_input<Real>(p, dactivation, w.dh.slice(rows));
    return;
  }
  kernels::sigmoid_gate_backward<Real>(w.gate.slice(rows).flat(), w.innovation.slice(rows).flat(), dactivation.flat(),
                                       w.dgate.slice(rows).flat(), w.dinnovation.slice(rows).flat());
  kernels::packed_linear_backward_input<Real>(
      w.dgate.slice(rows), {w.gate_transposed.data(), shape_.width, 2 * shape_.width}, w.dboth.slice(rows), false);
  innovation_.backward_input<Real>(p, w.dinnovation.slice(rows), w.dchange.slice(rows));
  persist_.backward_input<Real>(p, dactivation, w.dstable.slice(rows));
}

/// The adjoint of the folding: dW_s = seasonal part of the rows of dfolded, dW_t their trend.
template <class Real>
void Encoder::add_folded_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const {
  const auto dseasonal = gradient.matrix(seasonal_.weight), dtrend = gradient.matrix(trend_.weight);
  const std::size_t width = shape_.moving_average;
  for_tiles(shape_.width, weight_tile, [&](Range outputs) {
    tasks.add([=] {
      kernels::linear_backward_weight<Real>(w.x, w.dh, outputs, w.dfolded);
      kernels::decompose_forward<Real>(w.dfolded.slice(outputs), width, dseasonal.slice(outputs),
                                       dtrend.slice(outputs));
    });
  });
  add_column_sums<Real>(tasks, w.dh, gradient.vector(seasonal_.bias));
  add_column_sums<Real>(tasks, w.dh, gradient.vector(trend_.bias));
}

template <class Real>
void Encoder::add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const {
  add_folded_tasks<Real>(tasks, w, gradient);
  series_.add_weight_tasks<Real>(tasks, w.series, w.dh, gradient);
  if (shape_.pair) {
    persist_.add_weight_tasks<Real>(tasks, w.stable, w.dactivation, gradient);
    innovation_.add_weight_tasks<Real>(tasks, w.change, w.dinnovation, gradient);
    const Slot weight = gate_.weight;
    add_column_sums<Real>(tasks, w.dgate, gradient.vector(gate_.bias));
    for_tiles(weight.rows, weight_tile, [&](Range outputs) {
      tasks.add([=] {
        kernels::linear_backward_weight<Real>(w.both, w.dgate, outputs, w.dfolded_gate);
        unfold_gate<Real>(w.dfolded_gate.slice(outputs), gradient.matrix(weight).slice(outputs));
      });
    });
  } else {
    persist_.add_weight_tasks<Real>(tasks, w.h, w.dactivation, gradient);
  }
  norm_.add_weight_tasks<Real>(tasks, w.hidden, w.mean, w.inverse_deviation, w.dcontext, gradient);
}

#define VDN_INSTANTIATE(Real)                                                                               \
  template Encoder::Workspace<Real> Encoder::bind<Real>(ArenaCursor&, std::size_t, bool, bool) const;       \
  template void Encoder::prepare<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;  \
  template void Encoder::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;  \
  template void Encoder::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const; \
  template void Encoder::add_weight_tasks<Real>(TaskList&, const Workspace<Real>&, const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::nn
