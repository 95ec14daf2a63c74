#include <vdn/neuron/local_elbo.hpp>

#include <cstddef>

namespace vdn::neuron {

void local_elbo(double log_likelihood, std::span<const double> beta, std::span<const double> kl,
                std::span<double> elbo) {
  const double share = log_likelihood / static_cast<double>(elbo.size());
  for (std::size_t i = 0; i < elbo.size(); ++i) elbo[i] = share - beta[i] * kl[i];
}

}  // namespace vdn::neuron
