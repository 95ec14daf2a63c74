#include <vdn/neuron/posterior.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/linear.hpp>

namespace vdn::neuron {
Posterior::Posterior(ParameterLayout& layout, const std::string& name, const PosteriorShape& shape)
    : shape_(shape), mu_(layout, name + ".mu", shape.context, shape.neurons * shape.dims) {
  const Initial start = Initial::constant(std::log(shape.sigma_start));
  if (shape.sigma == SigmaMode::per_unit_input) {
    sigma_ = nn::Linear(layout, name + ".sigma", shape.context, columns(), Initial::linear(shape.context), start);
  } else {
    log_sigma_ = layout.add(name + ".log_sigma", 1, shape.sigma == SigmaMode::scalar ? 1 : columns(), start);
  }
}

Posterior::LogEnds Posterior::log_ends() const {
  return {std::log(shape_.sigma_lowest), std::log(shape_.sigma_highest)};
}

template <class Real>
Posterior::Workspace<Real> Posterior::bind(ArenaCursor& cursor, std::size_t rows, bool training) const {
  const std::size_t log_rows = shape_.sigma == SigmaMode::per_unit_input ? rows : 1;
  Workspace<Real> w;
  w.mu = cursor.matrix<Real>(rows, columns());
  w.sigma = cursor.matrix<Real>(rows, columns());
  w.log_sigma = cursor.matrix<Real>(log_rows, columns());
  if (!training) return w;
  w.dmu = cursor.matrix<Real>(rows, columns());
  w.dsigma = cursor.matrix<Real>(rows, columns());
  w.dlog_sigma = cursor.matrix<Real>(log_rows, columns());
  return w;
}

template <class Real>
Posterior::Workspace<Real> Posterior::Workspace<Real>::slice(Range rows) const {
  if (mu.data == nullptr) return *this;  // an arena that is only measured
  const bool by_row = log_sigma.rows == mu.rows;
  Workspace<Real> part = *this;
  part.context = context.slice(rows);
  for (Matrix<Real>* m : {&part.mu, &part.sigma, &part.dmu, &part.dsigma, &part.dcontext}) {
    if (m->data) *m = m->slice(rows);
  }
  if (!by_row) return part;
  for (Matrix<Real>* m : {&part.log_sigma, &part.dlog_sigma}) {
    if (m->data) *m = m->slice(rows);
  }
  return part;
}

template <class Real>
void Posterior::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const Real lowest = Real(log_ends().lowest), highest = Real(log_ends().highest);
  const auto context = w.context.slice(rows);
  const auto sigma = w.sigma.slice(rows);
  mu_.forward<Real>(p, context, w.mu.slice(rows));
  if (shape_.sigma == SigmaMode::per_unit_input) {
    const auto log_sigma = w.log_sigma.slice(rows);
    sigma_.forward<Real>(p, context, log_sigma);
    kernels::exp_clamped_forward<Real>(log_sigma.flat(), lowest, highest, sigma.flat());
    return;
  }
  // The same sigma in every row: the block's first row is computed, the others copy it.
  const auto first = sigma.row(0);
  const auto log_sigma = p.vector(log_sigma_);
  if (shape_.sigma == SigmaMode::scalar) {
    Real value{};
    kernels::exp_clamped_forward<Real>(log_sigma, lowest, highest, {&value, 1});
    std::fill(first.begin(), first.end(), value);
  } else {
    kernels::exp_clamped_forward<Real>(log_sigma, lowest, highest, first);
  }
  for (std::size_t b = 1; b < sigma.rows; ++b) std::copy(first.begin(), first.end(), sigma.row(b).begin());
}

template <class Real>
void Posterior::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows, bool accumulate) const {
  const auto dcontext = w.dcontext.slice(rows);
  mu_.backward_input<Real>(p, w.dmu.slice(rows), dcontext, accumulate);
  if (shape_.sigma != SigmaMode::per_unit_input) return;
  const Real lowest = Real(log_ends().lowest), highest = Real(log_ends().highest);
  const auto dlog_sigma = w.dlog_sigma.slice(rows);
  kernels::exp_clamped_backward<Real>(w.log_sigma.slice(rows).flat(), lowest, highest, w.sigma.slice(rows).flat(),
                                      w.dsigma.slice(rows).flat(), dlog_sigma.flat());
  sigma_.backward_input<Real>(p, dlog_sigma, dcontext, true);
}

template <class Real>
void Posterior::reduce_log_sigma(const ConstParameters<Real>& p, const Workspace<Real>& w,
                                 std::span<Real> gradient) const {
  const Real lowest = Real(log_ends().lowest), highest = Real(log_ends().highest);
  const auto sums = w.dlog_sigma.flat();
  kernels::column_sum<Real>(w.dsigma, {0, columns()}, sums);
  const auto log_sigma = p.vector(log_sigma_);
  const auto sigma = w.sigma.row(0);
  if (shape_.sigma == SigmaMode::per_unit) {
    kernels::exp_clamped_backward<Real>(log_sigma, lowest, highest, sigma, sums, gradient);
  } else {
    const Real total = std::accumulate(sums.begin(), sums.end(), Real(0));
    kernels::exp_clamped_backward<Real>(log_sigma, lowest, highest, sigma.first(1), std::span<const Real>(&total, 1),
                                        gradient);
  }
}

template <class Real>
void Posterior::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                                 const Parameters<Real>& gradient) const {
  mu_.add_weight_tasks<Real>(tasks, w.context, w.dmu, gradient);
  if (shape_.sigma == SigmaMode::per_unit_input) {
    sigma_.add_weight_tasks<Real>(tasks, w.context, w.dlog_sigma, gradient);
  } else {
    const auto out = gradient.vector(log_sigma_);
    tasks.add([=, this] { reduce_log_sigma<Real>(p, w, out); });
  }
}

#define VDN_INSTANTIATE(Real)                                                                                       \
  template struct Posterior::Workspace<Real>;                                                                       \
  template Posterior::Workspace<Real> Posterior::bind<Real>(ArenaCursor&, std::size_t, bool) const;                 \
  template void Posterior::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;        \
  template void Posterior::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range, bool) const; \
  template void Posterior::add_weight_tasks<Real>(TaskList&, const ConstParameters<Real>&, const Workspace<Real>&,  \
                                                  const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
