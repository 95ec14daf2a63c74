#include <vdn/neuron/layer.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/kernels/latent.hpp>

namespace vdn::neuron {

NeuronLayer::NeuronLayer(ParameterLayout& layout, const std::string& name, const LayerShape& shape)
    : shape_(shape), posterior_(layout, name, shape.posterior) {
  if (shape.deterministic) shape_.prior = Prior::standard;  // no price, no prior
  if (shape_.prior == Prior::ar1) ar1_ = Ar1Prior(layout, name, shape.ar1, neurons(), dims());
  if (shape_.prior == Prior::hierarchical) {
    hierarchical_ = HierarchicalPrior(layout, name, shape.posterior, shape.macro_dims);
  }
  if (shape.local_decoder) {
    decoder_ = LocalDecoder(layout, name, shape.posterior.context, neurons(), dims());
  }
}

double NeuronLayer::pool_factor() const {
  const double k = static_cast<double>(dims());
  switch (shape_.pooling) {
    case Pooling::mean:
      return 1.0 / k;
    case Pooling::sum:
      return 1.0;
    case Pooling::sum_sqrtk:
      return 1.0 / std::sqrt(k);
  }
  return 1.0;
}

template <class Real>
NeuronLayer::Workspace<Real> NeuronLayer::bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws,
                                               bool training) const {
  const std::size_t latents = neurons() * dims();
  Workspace<Real> w;
  w.draws = draws;
  w.measure = activity_measure(shape_.pooled_activity);
  w.whole = posterior_.bind<Real>(cursor, needs_earlier(training) ? 2 * rows : rows, training);
  w.eps = cursor.matrix<Real>(rows * draws, latents);
  w.z = cursor.matrix<Real>(rows * draws, latents);
  w.activity = dims() == 1 ? w.z : cursor.matrix<Real>(rows * draws, neurons());
  w.kl = cursor.matrix<Real>(rows, neurons());
  if (shape_.prior == Prior::ar1) w.ar1 = ar1_.bind<Real>(cursor, rows, draws, training);
  if (shape_.prior == Prior::hierarchical) w.hierarchical = hierarchical_.bind<Real>(cursor, rows, training);
  if (shape_.prior == Prior::hierarchical || (shape_.prior == Prior::ar1 && shape_.ar1.form == ArForm::kl)) {
    for (Matrix<Real>* m : {&w.prior.mean, &w.prior.deviation}) *m = cursor.matrix<Real>(rows, latents);
    if (training) {
      for (Matrix<Real>* m : {&w.prior.dmean, &w.prior.ddeviation}) *m = cursor.matrix<Real>(rows, latents);
    }
  }
  if (shape_.local_decoder) w.decoder = decoder_.bind<Real>(cursor, rows, draws);
  if (training && dims() > 1) w.dz = cursor.matrix<Real>(rows * draws, latents);
  return w;
}

bool NeuronLayer::needs_earlier(bool training) const {
  return shape_.prior == Prior::ar1 && ar1_.needs_earlier(training);
}

template <class Real>
void NeuronLayer::connect(Workspace<Real>& w, ConstMatrix<Real> context, Matrix<Real> dactivity,
                          Matrix<Real> dcontext) const {
  const std::size_t rows = w.kl.rows;
  w.whole.context = context;
  w.whole.dcontext = dcontext;
  w.posterior = w.whole.slice({0, rows});
  if (w.whole.mu.rows > rows) w.earlier = w.whole.slice({rows, 2 * rows});
  w.hierarchical.macro.context = context;
  w.hierarchical.macro.dcontext = dcontext;
  w.decoder.context = w.posterior.context;
  w.decoder.z = w.z;
  w.dactivity = dactivity;
  if (dims() == 1) w.dz = dactivity;
}

template <class Real>
void NeuronLayer::fill_noise(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key, bool mean) const {
  const auto eps = w.eps.row(row);
  if (mean || shape_.deterministic) {
    std::fill(eps.begin(), eps.end(), Real(0));
    return;
  }
  key.stream.word[1] ^= shape_.index;
  kernels::fill_normal<Real>(key, eps);
}

template <class Real>
void NeuronLayer::fill_earlier_noise(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key) const {
  if (w.ar1.earlier_eps.size() == 0) return;
  key.stream.word[1] ^= shape_.index;
  kernels::fill_normal<Real>(key, w.ar1.earlier_eps.row(row));
}

template <class Real>
void NeuronLayer::fill_macro_noise(const Workspace<Real>& w, std::size_t b, kernels::DrawKey key, bool mean) const {
  if (w.hierarchical.eps.size() == 0) return;
  const auto eps = w.hierarchical.eps.row(b);
  if (mean) {
    std::fill(eps.begin(), eps.end(), Real(0));
    return;
  }
  key.stream.word[1] ^= shape_.index;
  kernels::fill_normal<Real>(key, eps);
}

template <class Real>
void NeuronLayer::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const {
  if (shape_.prior == Prior::ar1) ar1_.prepare<Real>(p, w.ar1);
  if (shape_.local_decoder) decoder_.prepare<Real>(p, w.decoder);
}

template <class Real>
void NeuronLayer::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const Range draw_rows{rows.begin * w.draws, rows.end * w.draws};
  const auto mu = w.posterior.mu.slice(rows), sigma = w.posterior.sigma.slice(rows);
  const auto z = w.z.slice(draw_rows);
  posterior_.forward<Real>(p, w.posterior, rows);
  if (w.earlier.mu.rows > 0) posterior_.forward<Real>(p, w.earlier, rows);
  kernels::reparameterise_forward<Real>(mu, sigma, w.eps.slice(draw_rows), z);
  if (dims() > 1) kernels::pool_forward<Real>(z, dims(), Real(pool_factor()), w.activity.slice(draw_rows));
  if (!shape_.deterministic) price<Real>(p, w, rows);
  if (shape_.local_decoder) decoder_.forward<Real>(p, w.decoder, rows);
}

template <class Real>
void NeuronLayer::price(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const auto mu = w.posterior.mu.slice(rows), sigma = w.posterior.sigma.slice(rows), kl = w.kl.slice(rows);
  if (shape_.prior == Prior::ar1) ar1_.forward<Real>(w.ar1, w.eps, w.posterior, w.earlier, w.prior, rows);
  if (shape_.prior == Prior::hierarchical) hierarchical_.forward<Real>(p, w.hierarchical, w.prior, rows);
  if (w.prior.given()) {
    kernels::gaussian_kl_to_forward<Real>(mu, sigma, w.prior.mean.slice(rows), w.prior.deviation.slice(rows), dims(),
                                          kl);
  } else {
    kernels::gaussian_kl_forward<Real>(mu, sigma, dims(), kl);
  }
}

/// Adds to dmu and dsigma what the price and the ar1 penalty ask for, and writes those of the earlier windows.
template <class Real>
void NeuronLayer::price_backward(const Workspace<Real>& w, std::span<const Real> kl_weight, Range rows) const {
  const auto mu = w.posterior.mu.slice(rows), sigma = w.posterior.sigma.slice(rows);
  const auto dmu = w.posterior.dmu.slice(rows), dsigma = w.posterior.dsigma.slice(rows);
  if (w.prior.given()) {
    kernels::gaussian_kl_to_backward<Real>(mu, sigma, w.prior.mean.slice(rows), w.prior.deviation.slice(rows), dims(),
                                           kl_weight, dmu, dsigma, w.prior.dmean.slice(rows),
                                           w.prior.ddeviation.slice(rows));
  } else {
    kernels::gaussian_kl_backward<Real>(mu, sigma, dims(), kl_weight, dmu, dsigma);
  }
  if (shape_.prior == Prior::ar1) ar1_.backward<Real>(w.ar1, w.posterior, w.earlier, w.prior, rows);
}

template <class Real>
void NeuronLayer::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                           Range rows) const {
  const Range draw_rows{rows.begin * w.draws, rows.end * w.draws};
  const auto mu = w.posterior.mu.slice(rows);
  const auto dmu = w.posterior.dmu.slice(rows), dsigma = w.posterior.dsigma.slice(rows);
  if (dims() > 1) {
    kernels::pool_backward<Real>(w.dactivity.slice(draw_rows), dims(), Real(pool_factor()), w.dz.slice(draw_rows));
  }
  if (shape_.local_decoder) decoder_.backward<Real>(w.decoder, rows, Real(shape_.local_decoder_weight), w.dz);
  kernels::reparameterise_backward<Real>(w.eps.slice(draw_rows), w.dz.slice(draw_rows), dmu, dsigma);
  if (!shape_.deterministic) price_backward<Real>(w, kl_weight, rows);
  if (!w.activity_slope.empty()) add_activity_gradient<Real>(mu, w.measure, w.activity_slope, dmu);
  posterior_.backward<Real>(p, w.posterior, rows);
  if (w.earlier.mu.rows > 0) posterior_.backward<Real>(p, w.earlier, rows);
  if (shape_.prior == Prior::hierarchical) {
    const auto add = [](double sum, Real weight) { return sum + static_cast<double>(weight); };
    const double weight = std::accumulate(kl_weight.begin(), kl_weight.end(), 0.0, add);
    hierarchical_.backward<Real>(p, w.hierarchical, w.prior, Real(weight / static_cast<double>(neurons())), rows);
  }
}

template <class Real>
void NeuronLayer::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                                   const Parameters<Real>& gradient) const {
  posterior_.add_weight_tasks<Real>(tasks, p, w.whole, gradient);
  if (shape_.prior == Prior::ar1) ar1_.add_weight_tasks<Real>(tasks, w.ar1, gradient);
  if (shape_.prior == Prior::hierarchical) {
    hierarchical_.add_weight_tasks<Real>(tasks, p, w.hierarchical, w.prior, gradient);
  }
  if (shape_.local_decoder) {
    decoder_.add_weight_tasks<Real>(tasks, p, w.decoder, Real(shape_.local_decoder_weight), gradient);
  }
}

template <class Real>
double NeuronLayer::reconstruction(const Workspace<Real>& w) const {
  if (!shape_.local_decoder) return 0.0;
  double total = 0.0;
  for (const Real error : w.decoder.error.flat()) total += static_cast<double>(error);
  return total / static_cast<double>(w.decoder.error.size());
}

template <class Real>
double NeuronLayer::persistence(const Workspace<Real>& w) const {
  return ar1_.penalty<Real>(w.ar1);
}

template <class Real>
double NeuronLayer::macro_kl(const Workspace<Real>& w) const {
  const auto kl = w.hierarchical.kl.flat();
  const auto add = [](double sum, Real value) { return sum + static_cast<double>(value); };
  return kl.empty() ? 0.0 : std::accumulate(kl.begin(), kl.end(), 0.0, add) / static_cast<double>(kl.size());
}

template <class Real>
std::vector<double> NeuronLayer::phi(const ConstParameters<Real>& p) const {
  if (shape_.prior != Prior::ar1) return {};
  return ar1_.phi<Real>(p);
}

template <class Real>
Real NeuronLayer::prior_activity(const Workspace<Real>& w, std::size_t b, std::size_t i) const {
  if (!w.prior.given()) return Real(0);
  const auto mean = w.prior.mean.row(b).subspan(i * dims(), dims());
  return Real(pool_factor()) * std::accumulate(mean.begin(), mean.end(), Real(0));
}

#define VDN_INSTANTIATE(Real)                                                                                        \
  template NeuronLayer::Workspace<Real> NeuronLayer::bind<Real>(ArenaCursor&, std::size_t, std::size_t, bool) const; \
  template void NeuronLayer::connect<Real>(Workspace<Real>&, ConstMatrix<Real>, Matrix<Real>, Matrix<Real>) const;   \
  template void NeuronLayer::fill_noise<Real>(const Workspace<Real>&, std::size_t, kernels::DrawKey, bool) const;    \
  template void NeuronLayer::prepare<Real>(const ConstParameters<Real>&, const Workspace<Real>&) const;              \
  template void NeuronLayer::forward<Real>(const ConstParameters<Real>&, const Workspace<Real>&, Range) const;       \
  template void NeuronLayer::backward<Real>(const ConstParameters<Real>&, const Workspace<Real>&,                    \
                                            std::span<const Real>, Range) const;                                     \
  template void NeuronLayer::add_weight_tasks<Real>(TaskList&, const ConstParameters<Real>&, const Workspace<Real>&, \
                                                    const Parameters<Real>&) const;                                  \
  template void NeuronLayer::fill_earlier_noise<Real>(const Workspace<Real>&, std::size_t, kernels::DrawKey) const;  \
  template void NeuronLayer::fill_macro_noise<Real>(const Workspace<Real>&, std::size_t, kernels::DrawKey, bool)     \
      const;                                                                                                         \
  template double NeuronLayer::reconstruction<Real>(const Workspace<Real>&) const;                                   \
  template double NeuronLayer::persistence<Real>(const Workspace<Real>&) const;                                      \
  template double NeuronLayer::macro_kl<Real>(const Workspace<Real>&) const;                                         \
  template std::vector<double> NeuronLayer::phi<Real>(const ConstParameters<Real>&) const;                           \
  template Real NeuronLayer::prior_activity<Real>(const Workspace<Real>&, std::size_t, std::size_t) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
