#include <vdn/neuron/hierarchical.hpp>

#include <cmath>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/latent.hpp>

namespace vdn::neuron {
namespace {

// The prior's deviation keeps to the range of the posterior's.
template <class Real>
const Real log_lowest = Real(std::log(sigma_lowest));
template <class Real>
const Real log_highest = Real(std::log(sigma_highest));

/// A tenth of a linear layer's start: with g near N(0, I), m and ln s begin with deviations of about .06.
Initial small(std::size_t inputs) {
  Initial start = Initial::linear(inputs);
  start.value *= 0.1;
  return start;
}

PosteriorShape macro_shape(const PosteriorShape& neurons, std::size_t macro_dims) {
  return {neurons.context, macro_dims, 1, SigmaMode::per_unit_input, neurons.sigma_start};
}

}  // namespace

HierarchicalPrior::HierarchicalPrior(ParameterLayout& layout, const std::string& name, const PosteriorShape& shape,
                                     std::size_t macro_dims)
    : macro_(layout, name + ".macro", macro_shape(shape, macro_dims)),
      mean_(layout, name + ".prior_mean", macro_dims, shape.neurons * shape.dims, small(macro_dims),
            Initial::constant(0.0)),
      deviation_(layout, name + ".prior_deviation", macro_dims, shape.neurons * shape.dims, small(macro_dims),
                 Initial::constant(0.0)) {}

template <class Real>
HierarchicalPrior::Workspace<Real> HierarchicalPrior::bind(ArenaCursor& cursor, std::size_t rows, bool training) const {
  const std::size_t G = macro_.columns(), latents = mean_.outputs();
  Workspace<Real> w;
  w.macro = macro_.bind<Real>(cursor, rows, training);
  w.eps = cursor.matrix<Real>(rows, G);
  w.g = cursor.matrix<Real>(rows, G);
  w.kl = cursor.matrix<Real>(rows, 1);
  w.log_deviation = cursor.matrix<Real>(rows, latents);
  if (!training) return w;
  w.dg = cursor.matrix<Real>(rows, G);
  w.dlog_deviation = cursor.matrix<Real>(rows, latents);
  return w;
}

template <class Real>
void HierarchicalPrior::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, const GivenPrior<Real>& prior,
                                Range rows) const {
  const auto mu = w.macro.mu.slice(rows), sigma = w.macro.sigma.slice(rows), g = w.g.slice(rows);
  const auto log_deviation = w.log_deviation.slice(rows);
  macro_.forward<Real>(p, w.macro, rows);
  kernels::gaussian_kl_forward<Real>(mu, sigma, macro_.columns(), w.kl.slice(rows));
  kernels::reparameterise_forward<Real>(mu, sigma, w.eps.slice(rows), g);
  mean_.forward<Real>(p, g, prior.mean.slice(rows));
  deviation_.forward<Real>(p, g, log_deviation);
  kernels::exp_clamped_forward<Real>(log_deviation.flat(), log_lowest<Real>, log_highest<Real>,
                                     prior.deviation.slice(rows).flat());
}

template <class Real>
void HierarchicalPrior::backward(const ConstParameters<Real>& p, const Workspace<Real>& w,
                                 const GivenPrior<Real>& prior, Real weight, Range rows) const {
  const auto dmu = w.macro.dmu.slice(rows), dsigma = w.macro.dsigma.slice(rows), dg = w.dg.slice(rows);
  const auto dlog_deviation = w.dlog_deviation.slice(rows);
  kernels::exp_clamped_backward<Real>(w.log_deviation.slice(rows).flat(), log_lowest<Real>, log_highest<Real>,
                                      prior.deviation.slice(rows).flat(), prior.ddeviation.slice(rows).flat(),
                                      dlog_deviation.flat());
  mean_.backward_input<Real>(p, prior.dmean.slice(rows), dg);
  deviation_.backward_input<Real>(p, dlog_deviation, dg, true);
  kernels::reparameterise_backward<Real>(w.eps.slice(rows), dg, dmu, dsigma);
  kernels::gaussian_kl_backward<Real>(w.macro.mu.slice(rows), w.macro.sigma.slice(rows), macro_.columns(), {&weight, 1},
                                      dmu, dsigma);
  macro_.backward<Real>(p, w.macro, rows, true);
}

template <class Real>
void HierarchicalPrior::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                                         const GivenPrior<Real>& prior, const Parameters<Real>& gradient) const {
  macro_.add_weight_tasks<Real>(tasks, p, w.macro, gradient);
  mean_.add_weight_tasks<Real>(tasks, w.g, prior.dmean, gradient);
  deviation_.add_weight_tasks<Real>(tasks, w.g, w.dlog_deviation, gradient);
}

#define VDN_INSTANTIATE(Real)                                                                                       \
  template HierarchicalPrior::Workspace<Real> HierarchicalPrior::bind<Real>(ArenaCursor&, std::size_t, bool) const; \
  template void HierarchicalPrior::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&,              \
                                                 const GivenPrior<Real>&, Range) const;                             \
  template void HierarchicalPrior::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&,             \
                                                  const GivenPrior<Real>&, Real, Range) const;                      \
  template void HierarchicalPrior::add_weight_tasks<Real>(TaskList&, const ConstParameters<Real>&,                  \
                                                          const Workspace<Real>&, const GivenPrior<Real>&,          \
                                                          const Parameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
