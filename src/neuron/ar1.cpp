#include <vdn/neuron/ar1.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/kernels/elementwise.hpp>
#include <vdn/kernels/latent.hpp>
#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/persistence.hpp>

namespace vdn::neuron {

Ar1Prior::Ar1Prior(ParameterLayout& layout, const std::string& name, const Ar1Shape& shape, std::size_t neurons,
                   std::size_t dims)
    : shape_(shape), neurons_(neurons), dims_(dims) {
  if (shape.learn_phi) phi_ = layout.add(name + ".phi", 1, neurons, Initial::constant(std::atanh(shape.phi)));
}

double Ar1Prior::share(std::size_t rows) const {
  return 1.0 / (2.0 * shape_.tau * shape_.tau * static_cast<double>(rows * neurons_ * dims_));
}

template <class Real>
Ar1Prior::Workspace<Real> Ar1Prior::bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws,
                                         bool training) const {
  const std::size_t latents = neurons_ * dims_;
  Workspace<Real> w;
  w.phi = cursor.array<Real>(latents);
  if (!training) return w;
  w.dphi = cursor.matrix<Real>(rows, latents);
  w.dphi_sum = cursor.array<Real>(latents);
  if (shape_.form == ArForm::kl) return w;
  w.error = cursor.array<Real>(rows);
  w.dc = cursor.matrix<Real>(rows, latents);
  w.dearlier = cursor.matrix<Real>(rows, latents);
  if (shape_.form == ArForm::mean) return w;
  w.earlier_eps = cursor.matrix<Real>(rows * draws, latents);
  for (Matrix<Real>* m : {&w.noise, &w.earlier_noise, &w.average, &w.earlier_average}) {
    *m = cursor.matrix<Real>(rows, latents);
  }
  return w;
}

template <class Real>
void Ar1Prior::prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const {
  const auto values = phi<Real>(p);
  for (std::size_t c = 0; c < w.phi.size(); ++c) w.phi[c] = static_cast<Real>(values[c / dims_]);
}

template <class Real>
void Ar1Prior::forward(const Workspace<Real>& w, ConstMatrix<Real> eps, const Posterior::Workspace<Real>& now,
                       const Posterior::Workspace<Real>& earlier, const GivenPrior<Real>& prior, Range rows) const {
  if (shape_.form == ArForm::kl) {
    kernels::persistent_prior_forward<Real>(earlier.mu.slice(rows), earlier.sigma.slice(rows), w.phi, Real(shape_.tau),
                                            prior.mean.slice(rows), prior.deviation.slice(rows));
    return;
  }
  if (w.error.empty()) return;  // scoring: the penalty is none of its business
  const auto error = w.error.subspan(rows.begin, rows.size());
  if (shape_.form == ArForm::mean) {
    kernels::persistence_forward<Real>(now.mu.slice(rows), earlier.mu.slice(rows), w.phi, error);
    return;
  }
  const std::size_t draws = eps.rows / w.noise.rows;
  const Range draw_rows{rows.begin * draws, rows.end * draws};
  const auto average = [&](ConstMatrix<Real> all, const Posterior::Workspace<Real>& q, Matrix<Real> noise,
                           Matrix<Real> c) {
    kernels::average_draws_forward<Real>(all.slice(draw_rows), noise.slice(rows));
    kernels::reparameterise_forward<Real>(q.mu.slice(rows), q.sigma.slice(rows), noise.slice(rows), c.slice(rows));
  };
  average(eps, now, w.noise, w.average);
  average(w.earlier_eps, earlier, w.earlier_noise, w.earlier_average);
  kernels::persistence_forward<Real>(w.average.slice(rows), w.earlier_average.slice(rows), w.phi, error);
}

template <class Real>
void Ar1Prior::backward(const Workspace<Real>& w, const Posterior::Workspace<Real>& now,
                        const Posterior::Workspace<Real>& earlier, const GivenPrior<Real>& prior, Range rows) const {
  const auto dmu = earlier.dmu.slice(rows), dsigma = earlier.dsigma.slice(rows), dphi = w.dphi.slice(rows);
  if (shape_.form == ArForm::kl) {
    kernels::persistent_prior_backward<Real>(earlier.mu.slice(rows), earlier.sigma.slice(rows), w.phi,
                                             prior.deviation.slice(rows), prior.dmean.slice(rows),
                                             prior.ddeviation.slice(rows), dmu, dsigma, dphi);
    return;
  }
  const bool draws = shape_.form == ArForm::draws;
  const auto dc = w.dc.slice(rows), dearlier = w.dearlier.slice(rows);
  const ConstMatrix<Real> c = draws ? w.average : now.mu, c_earlier = draws ? w.earlier_average : earlier.mu;
  const Real weight = static_cast<Real>(static_cast<double>(w.weight) * share(w.error.size()));
  kernels::persistence_backward<Real>(c.slice(rows), c_earlier.slice(rows), w.phi, weight, dc, dearlier, dphi);
  std::fill(dsigma.flat().begin(), dsigma.flat().end(), Real(0));
  if (!draws) {
    kernels::add_scaled<Real>(Real(1), dc.flat(), now.dmu.slice(rows).flat());
    std::copy(dearlier.flat().begin(), dearlier.flat().end(), dmu.flat().begin());
    return;
  }
  std::fill(dmu.flat().begin(), dmu.flat().end(), Real(0));
  kernels::average_draws_backward<Real>(w.noise.slice(rows), dc, now.dmu.slice(rows), now.dsigma.slice(rows));
  kernels::average_draws_backward<Real>(w.earlier_noise.slice(rows), dearlier, dmu, dsigma);
}

template <class Real>
void Ar1Prior::add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const {
  if (!shape_.learn_phi) return;
  const auto out = gradient.vector(phi_);
  tasks.add([=, this] {
    kernels::column_sum<Real>(w.dphi, {0, w.dphi.cols}, w.dphi_sum);
    for (std::size_t i = 0; i < neurons_; ++i) {
      const auto own = w.dphi_sum.subspan(i * dims_, dims_);
      const Real phi = w.phi[i * dims_], sum = std::accumulate(own.begin(), own.end(), Real(0));
      out[i] = sum * (1 - phi * phi);  // the derivative of tanh
    }
  });
}

template <class Real>
double Ar1Prior::penalty(const Workspace<Real>& w) const {
  const auto add = [](double sum, Real value) { return sum + static_cast<double>(value); };
  if (w.error.empty()) return 0.0;
  return share(w.error.size()) * std::accumulate(w.error.begin(), w.error.end(), 0.0, add);
}

template <class Real>
std::vector<double> Ar1Prior::phi(const ConstParameters<Real>& p) const {
  std::vector<double> values(neurons_, shape_.phi);
  if (!shape_.learn_phi) return values;
  const auto free = p.vector(phi_);
  std::transform(free.begin(), free.end(), values.begin(), [](Real v) { return std::tanh(static_cast<double>(v)); });
  return values;
}

#define VDN_INSTANTIATE(Real)                                                                                         \
  template Ar1Prior::Workspace<Real> Ar1Prior::bind<Real>(ArenaCursor&, std::size_t, std::size_t, bool) const;        \
  template void Ar1Prior::prepare<Real>(const ConstParameters<Real>&, const Workspace<Real>&) const;                  \
  template void Ar1Prior::forward<Real>(const Workspace<Real>&, ConstMatrix<Real>, const Posterior::Workspace<Real>&, \
                                        const Posterior::Workspace<Real>&, const GivenPrior<Real>&, Range) const;     \
  template void Ar1Prior::backward<Real>(const Workspace<Real>&, const Posterior::Workspace<Real>&,                   \
                                         const Posterior::Workspace<Real>&, const GivenPrior<Real>&, Range) const;    \
  template void Ar1Prior::add_weight_tasks<Real>(TaskList&, const Workspace<Real>&, const Parameters<Real>&) const;   \
  template double Ar1Prior::penalty<Real>(const Workspace<Real>&) const;                                              \
  template std::vector<double> Ar1Prior::phi<Real>(const ConstParameters<Real>&) const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
