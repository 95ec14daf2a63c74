#include <vdn/neuron/layer.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/kernels/latent.hpp>

namespace vdn::neuron {

NeuronLayer::NeuronLayer(ParameterLayout& layout, const std::string& name, const LayerShape& shape)
    : shape_(shape), posterior_(layout, name, shape.posterior) {
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
  w.posterior = posterior_.bind<Real>(cursor, rows, training);
  w.eps = cursor.matrix<Real>(rows * draws, latents);
  w.z = cursor.matrix<Real>(rows * draws, latents);
  w.activity = dims() == 1 ? w.z : cursor.matrix<Real>(rows * draws, neurons());
  w.kl = cursor.matrix<Real>(rows, neurons());
  if (shape_.local_decoder) w.decoder = decoder_.bind<Real>(cursor, rows, draws);
  if (training && dims() > 1) w.dz = cursor.matrix<Real>(rows * draws, latents);
  return w;
}

template <class Real>
void NeuronLayer::connect(Workspace<Real>& w, ConstMatrix<Real> context, Matrix<Real> dactivity,
                          Matrix<Real> dcontext) const {
  w.posterior.context = context;
  w.posterior.dcontext = dcontext;
  w.decoder.context = context;
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
void NeuronLayer::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const {
  if (shape_.local_decoder) decoder_.prepare<Real>(p, w.decoder);
}

template <class Real>
void NeuronLayer::forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const {
  const Range draw_rows{rows.begin * w.draws, rows.end * w.draws};
  const auto mu = w.posterior.mu.slice(rows), sigma = w.posterior.sigma.slice(rows);
  const auto z = w.z.slice(draw_rows);
  posterior_.forward<Real>(p, w.posterior, rows);
  kernels::reparameterise_forward<Real>(mu, sigma, w.eps.slice(draw_rows), z);
  if (dims() > 1) kernels::pool_forward<Real>(z, dims(), Real(pool_factor()), w.activity.slice(draw_rows));
  if (!shape_.deterministic) kernels::gaussian_kl_forward<Real>(mu, sigma, dims(), w.kl.slice(rows));
  if (shape_.local_decoder) decoder_.forward<Real>(p, w.decoder, rows);
}

template <class Real>
void NeuronLayer::backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                           Range rows) const {
  const Range draw_rows{rows.begin * w.draws, rows.end * w.draws};
  const auto mu = w.posterior.mu.slice(rows), sigma = w.posterior.sigma.slice(rows);
  const auto dmu = w.posterior.dmu.slice(rows), dsigma = w.posterior.dsigma.slice(rows);
  if (dims() > 1) {
    kernels::pool_backward<Real>(w.dactivity.slice(draw_rows), dims(), Real(pool_factor()), w.dz.slice(draw_rows));
  }
  if (shape_.local_decoder) decoder_.backward<Real>(w.decoder, rows, Real(shape_.local_decoder_weight), w.dz);
  kernels::reparameterise_backward<Real>(w.eps.slice(draw_rows), w.dz.slice(draw_rows), dmu, dsigma);
  if (!shape_.deterministic) kernels::gaussian_kl_backward<Real>(mu, sigma, dims(), kl_weight, dmu, dsigma);
  if (!w.activity_slope.empty()) add_activity_gradient<Real>(mu, w.measure, w.activity_slope, dmu);
  posterior_.backward<Real>(p, w.posterior, rows);
}

template <class Real>
void NeuronLayer::add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                                   const Parameters<Real>& gradient) const {
  posterior_.add_weight_tasks<Real>(tasks, p, w.posterior, gradient);
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
  template double NeuronLayer::reconstruction<Real>(const Workspace<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
