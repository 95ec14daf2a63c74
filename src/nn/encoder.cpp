#include <vdn/nn/encoder.hpp>

#include <algorithm>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/moving_average.hpp>

namespace vdn::nn {
namespace {

/// Joins a block's pairs: triple = [cur, prev, cur - prev], stable = (cur + prev)/2, change = cur - prev.
template <class Real>
void join_pairs(ConstMatrix<Real> h, Matrix<Real> triple, Matrix<Real> stable, Matrix<Real> change) {
  const std::size_t width = h.cols;
  for (std::size_t b = 0; b < stable.rows; ++b) {
    const Real* current = h.row(2 * b).data();
    const Real* previous = h.row(2 * b + 1).data();
    Real* joined = triple.row(b).data();
    for (std::size_t c = 0; c < width; ++c) {
      const Real difference = current[c] - previous[c];
      joined[c] = current[c];
      joined[width + c] = previous[c];
      joined[2 * width + c] = difference;
      stable(b, c) = Real(0.5) * (current[c] + previous[c]);
      change(b, c) = difference;
    }
  }
}

/// The adjoint of join_pairs.
template <class Real>
void split_pairs(ConstMatrix<Real> dtriple, ConstMatrix<Real> dstable, ConstMatrix<Real> dchange, Matrix<Real> dh) {
  const std::size_t width = dh.cols;
  for (std::size_t b = 0; b < dstable.rows; ++b) {
    const Real* joined = dtriple.row(b).data();
    for (std::size_t c = 0; c < width; ++c) {
      const Real half = Real(0.5) * dstable(b, c);
      const Real difference = joined[2 * width + c] + dchange(b, c);
      dh(2 * b, c) = joined[c] + half + difference;
      dh(2 * b + 1, c) = joined[width + c] + half - difference;
    }
  }
}

/// The pairs (prev, prev) of a block: triple = [prev, prev, 0], stable = prev, change = 0.
template <class Real>
void repeat_earlier(ConstMatrix<Real> h, Matrix<Real> triple, Matrix<Real> stable, Matrix<Real> change) {
  const std::size_t width = h.cols;
  for (std::size_t b = 0; b < stable.rows; ++b) {
    const auto previous = h.row(2 * b + 1);
    const auto joined = triple.row(b);
    std::copy(previous.begin(), previous.end(), joined.begin());
    std::copy(previous.begin(), previous.end(), joined.subspan(width).begin());
    std::fill(joined.begin() + static_cast<std::ptrdiff_t>(2 * width), joined.end(), Real(0));
    std::copy(previous.begin(), previous.end(), stable.row(b).begin());
    std::fill(change.row(b).begin(), change.row(b).end(), Real(0));
  }
}

/// Adds the adjoint of repeat_earlier. The differences are 0 whatever prev is, so nothing comes back through them.
template <class Real>
void add_earlier(ConstMatrix<Real> dtriple, ConstMatrix<Real> dstable, Matrix<Real> dh) {
  const std::size_t width = dh.cols;
  for (std::size_t b = 0; b < dstable.rows; ++b) {
    const Real* joined = dtriple.row(b).data();
    for (std::size_t c = 0; c < width; ++c) dh(2 * b + 1, c) += joined[c] + joined[width + c] + dstable(b, c);
  }
}

/// Where the earlier windows of a block of batch rows stand.
template <class Real>
Range behind(const Encoder::Workspace<Real>& w, Range rows) {
  return {w.rows + rows.begin, w.rows + rows.end};
}

}  // namespace

Encoder::Encoder(ParameterLayout& layout, const EncoderShape& shape)
    : shape_(shape),
      seasonal_(layout, "encoder.seasonal", shape.lookback, shape.width),
      trend_(layout, "encoder.trend", shape.lookback, shape.width),
      persist_(layout, "encoder.persist", shape.width, shape.width) {
  if (shape.pair) {
    innovation_ = Linear(layout, "encoder.innovation", shape.width, shape.width);
    gate_ = Linear(layout, "encoder.gate", 3 * shape.width, shape.width);
  }
  norm_ = LayerNorm(layout, "encoder.norm", shape.width);
}

template <class Real>
Encoder::Workspace<Real> Encoder::bind(ArenaCursor& cursor, std::size_t rows, bool training, bool earlier) const {
  const std::size_t L = shape_.lookback, C = shape_.width, windows_rows = rows * windows();
  const std::size_t contexts = earlier ? 2 * rows : rows;  // E*B
  Workspace<Real> w;
  w.rows = rows;
  w.earlier = earlier;
  w.x = cursor.matrix<Real>(windows_rows, L);
  w.seasonal = cursor.matrix<Real>(windows_rows, L);
  w.trend = cursor.matrix<Real>(windows_rows, L);
  w.h = cursor.matrix<Real>(windows_rows, C);
  w.h_trend = cursor.matrix<Real>(windows_rows, C);
  for (Matrix<Real>* m : {&w.activation, &w.hidden, &w.context}) *m = cursor.matrix<Real>(contexts, C);
  w.mean = cursor.array<Real>(contexts);
  w.inverse_deviation = cursor.array<Real>(contexts);
  if (shape_.pair) {
    w.triple = cursor.matrix<Real>(contexts, 3 * C);
    for (Matrix<Real>* m : {&w.stable, &w.change, &w.gate, &w.innovation}) *m = cursor.matrix<Real>(contexts, C);
  }
  if (!training) return w;
  w.dcontext = cursor.matrix<Real>(contexts, C);
  w.dactivation = cursor.matrix<Real>(contexts, C);
  w.dh = cursor.matrix<Real>(windows_rows, C);
  if (shape_.pair) {
    w.dtriple = cursor.matrix<Real>(contexts, 3 * C);
    for (Matrix<Real>* m : {&w.dgate, &w.dinnovation, &w.dstable, &w.dchange}) *m = cursor.matrix<Real>(contexts, C);
  }
  return w;
}

template <class Real>
void Encoder::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const Range window_rows{rows.begin * windows(), rows.end * windows()};
  const auto h = w.h.slice(window_rows);
  const auto h_trend = w.h_trend.slice(window_rows);
  kernels::decompose_forward<Real>(w.x.slice(window_rows), shape_.moving_average, w.seasonal.slice(window_rows),
                                   w.trend.slice(window_rows));
  seasonal_.forward<Real>(p, w.seasonal.slice(window_rows), h);
  trend_.forward<Real>(p, w.trend.slice(window_rows), h_trend);
  kernels::add_scaled<Real>(Real(1), h_trend.flat(), h.flat());
  if (shape_.pair) join_pairs<Real>(h, w.triple.slice(rows), w.stable.slice(rows), w.change.slice(rows));
  read<Real>(p, w, rows);
  if (!w.earlier) return;
  const Range earlier = behind(w, rows);
  repeat_earlier<Real>(h, w.triple.slice(earlier), w.stable.slice(earlier), w.change.slice(earlier));
  read<Real>(p, w, earlier);
}

/// From the joined pairs, or from h, to the context.
template <class Real>
void Encoder::read(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto activation = w.activation.slice(rows);
  if (shape_.pair) {
    gate_.forward<Real>(p, w.triple.slice(rows), w.gate.slice(rows));
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
  split_pairs<Real>(w.dtriple.slice(rows), w.dstable.slice(rows), w.dchange.slice(rows), dh);
  if (!w.earlier) return;
  const Range earlier = behind(w, rows);
  read_backward<Real>(p, w, earlier);
  add_earlier<Real>(w.dtriple.slice(earlier), w.dstable.slice(earlier), dh);
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
  gate_.backward_input<Real>(p, w.dgate.slice(rows), w.dtriple.slice(rows));
  innovation_.backward_input<Real>(p, w.dinnovation.slice(rows), w.dchange.slice(rows));
  persist_.backward_input<Real>(p, dactivation, w.dstable.slice(rows));
}

template <class Real>
void Encoder::add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const {
  seasonal_.add_weight_tasks<Real>(tasks, w.seasonal, w.dh, gradient);
  trend_.add_weight_tasks<Real>(tasks, w.trend, w.dh, gradient);
  if (shape_.pair) {
    persist_.add_weight_tasks<Real>(tasks, w.stable, w.dactivation, gradient);
    innovation_.add_weight_tasks<Real>(tasks, w.change, w.dinnovation, gradient);
    gate_.add_weight_tasks<Real>(tasks, w.triple, w.dgate, gradient);
  } else {
    persist_.add_weight_tasks<Real>(tasks, w.h, w.dactivation, gradient);
  }
  norm_.add_weight_tasks<Real>(tasks, w.hidden, w.mean, w.inverse_deviation, w.dcontext, gradient);
}

#define VDN_INSTANTIATE(Real)                                                                               \
  template Encoder::Workspace<Real> Encoder::bind<Real>(ArenaCursor&, std::size_t, bool, bool) const;       \
  template void Encoder::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;  \
  template void Encoder::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const; \
  template void Encoder::add_weight_tasks<Real>(TaskList&, const Workspace<Real>&, const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::nn
