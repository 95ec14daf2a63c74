#include <vdn/nn/head.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/linear.hpp>

namespace vdn::nn {

SampleWiseHead::SampleWiseHead(ParameterLayout& layout, const HeadShape& shape)
    : shape_(shape),
      norm_(layout, "head.norm", shape.neurons),
      hidden_(layout, "head.hidden", shape.neurons, shape.width) {
  const std::size_t outputs = shape.components * shape.horizon;
  const auto last = [&](const std::string& name, std::size_t inputs) {
    if (!shape.start_at_zero) return Linear(layout, name, inputs, outputs);
    return Linear(layout, name, inputs, outputs, Initial::constant(0.0), Initial::constant(0.0));
  };
  base_ = last("head.base", shape.neurons);
  delta_ = last("head.delta", shape.width);
  gate_ = Linear(layout, "head.gate", shape.width, outputs);
  score_ = Linear(layout, "head.score", shape.width, shape.components);
  if (shape.scale == ScaleMode::per_input) {
    rho_ = Linear(layout, "head.rho", shape.width, outputs, Initial::linear(shape.width),
                  Initial::constant(shape.rho_start));
  } else {
    rho_vector_ = layout.add("head.rho", 1, outputs, Initial::constant(shape.rho_start));
  }
}

template <class Real>
SampleWiseHead::Workspace<Real> SampleWiseHead::bind(ArenaCursor& cursor, std::size_t rows, bool training) const {
  const std::size_t N = shape_.neurons, Q = shape_.width, outputs = shape_.components * shape_.horizon;
  Workspace<Real> w;
  w.scaled = cursor.matrix<Real>(rows, N);
  w.normed = cursor.matrix<Real>(rows, N);
  w.mean = cursor.array<Real>(rows);
  w.inverse_deviation = cursor.array<Real>(rows);
  for (Matrix<Real>* m : {&w.mask, &w.activation, &w.hidden}) *m = cursor.matrix<Real>(rows, Q);
  for (Matrix<Real>* m : {&w.base, &w.gate, &w.delta, &w.out, &w.rho}) *m = cursor.matrix<Real>(rows, outputs);
  w.score = cursor.matrix<Real>(rows, shape_.components);
  if (!training) return w;
  for (Matrix<Real>* m : {&w.dout, &w.drho, &w.dgate, &w.ddelta}) *m = cursor.matrix<Real>(rows, outputs);
  w.dscore = cursor.matrix<Real>(rows, shape_.components);
  w.dactivation = cursor.matrix<Real>(rows, Q);
  w.dnormed = cursor.matrix<Real>(rows, N);
  w.dactivity = cursor.matrix<Real>(rows, N);
  return w;
}

template <class Real>
void SampleWiseHead::fill_mask(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key, bool training) const {
  const auto mask = w.mask.row(row);
  if (training && shape_.dropout > 0) {
    kernels::fill_dropout_mask<Real>(key, shape_.dropout, mask);
  } else {
    std::fill(mask.begin(), mask.end(), Real(1));
  }
}

template <class Real>
void SampleWiseHead::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto scaled = w.scaled.slice(rows);
  const auto hidden = w.hidden.slice(rows);
  const Real scale = Real(1.0 / std::sqrt(static_cast<double>(shape_.neurons)));
  std::transform(w.activity.slice(rows).flat().begin(), w.activity.slice(rows).flat().end(), scaled.flat().begin(),
                 [scale](Real a) { return scale * a; });
  norm_.forward<Real>(p, scaled, w.normed.slice(rows), w.mean.subspan(rows.begin, rows.size()),
                      w.inverse_deviation.subspan(rows.begin, rows.size()));
  hidden_.forward<Real>(p, w.normed.slice(rows), w.activation.slice(rows));
  kernels::gelu_forward<Real>(w.activation.slice(rows).flat(), hidden.flat());
  kernels::dropout<Real>(hidden.flat(), w.mask.slice(rows).flat(), hidden.flat());
  base_.forward<Real>(p, scaled, w.base.slice(rows));
  gate_.forward<Real>(p, hidden, w.gate.slice(rows));
  delta_.forward<Real>(p, hidden, w.delta.slice(rows));
  kernels::sigmoid_gate_forward<Real>(w.base.slice(rows).flat(), w.gate.slice(rows).flat(), w.delta.slice(rows).flat(),
                                      w.out.slice(rows).flat());
  score_.forward<Real>(p, hidden, w.score.slice(rows));
  if (shape_.scale == ScaleMode::per_input) {
    rho_.forward<Real>(p, hidden, w.rho.slice(rows));
  } else {
    const auto rho = p.vector(rho_vector_);
    for (std::size_t r = rows.begin; r < rows.end; ++r) std::copy(rho.begin(), rho.end(), w.rho.row(r).begin());
  }
}

template <class Real>
void SampleWiseHead::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto dout = w.dout.slice(rows);
  const auto dactivation = w.dactivation.slice(rows);
  const auto dactivity = w.dactivity.slice(rows);
  kernels::sigmoid_gate_backward<Real>(w.gate.slice(rows).flat(), w.delta.slice(rows).flat(), dout.flat(),
                                       w.dgate.slice(rows).flat(), w.ddelta.slice(rows).flat());
  gate_.backward_input<Real>(p, w.dgate.slice(rows), dactivation);
  delta_.backward_input<Real>(p, w.ddelta.slice(rows), dactivation, true);
  score_.backward_input<Real>(p, w.dscore.slice(rows), dactivation, true);
  if (shape_.scale == ScaleMode::per_input) rho_.backward_input<Real>(p, w.drho.slice(rows), dactivation, true);
  kernels::dropout<Real>(dactivation.flat(), w.mask.slice(rows).flat(), dactivation.flat());
  kernels::gelu_backward<Real>(w.activation.slice(rows).flat(), dactivation.flat(), dactivation.flat());
  hidden_.backward_input<Real>(p, dactivation, w.dnormed.slice(rows));
  norm_.backward_input<Real>(p, w.scaled.slice(rows), w.mean.subspan(rows.begin, rows.size()),
                             w.inverse_deviation.subspan(rows.begin, rows.size()), w.dnormed.slice(rows), dactivity);
  base_.backward_input<Real>(p, dout, dactivity, true);
  const Real scale = Real(1.0 / std::sqrt(static_cast<double>(shape_.neurons)));
  for (Real& value : dactivity.flat()) value *= scale;
}

template <class Real>
void SampleWiseHead::add_weight_tasks(TaskList& tasks, const Workspace<Real>& w,
                                      const Parameters<Real>& gradient) const {
  norm_.add_weight_tasks<Real>(tasks, w.scaled, w.mean, w.inverse_deviation, w.dnormed, gradient);
  hidden_.add_weight_tasks<Real>(tasks, w.normed, w.dactivation, gradient);
  base_.add_weight_tasks<Real>(tasks, w.scaled, w.dout, gradient);
  delta_.add_weight_tasks<Real>(tasks, w.hidden, w.ddelta, gradient);
  gate_.add_weight_tasks<Real>(tasks, w.hidden, w.dgate, gradient);
  score_.add_weight_tasks<Real>(tasks, w.hidden, w.dscore, gradient);
  if (shape_.scale == ScaleMode::per_input) {
    rho_.add_weight_tasks<Real>(tasks, w.hidden, w.drho, gradient);
  } else {
    const auto drho = gradient.vector(rho_vector_);
    tasks.add([=] { kernels::column_sum<Real>(w.drho, {0, drho.size()}, drho); });
  }
}

#define VDN_INSTANTIATE(Real)                                                                                       \
  template SampleWiseHead::Workspace<Real> SampleWiseHead::bind<Real>(ArenaCursor&, std::size_t, bool) const;       \
  template void SampleWiseHead::fill_mask<Real>(const Workspace<Real>&, std::size_t, kernels::DrawKey, bool) const; \
  template void SampleWiseHead::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;   \
  template void SampleWiseHead::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;  \
  template void SampleWiseHead::add_weight_tasks<Real>(TaskList&, const Workspace<Real>&, const Parameters<Real>&)  \
      const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::nn
