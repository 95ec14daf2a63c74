#pragma once
// The local ELBO: what each neuron earns and pays.

#include <span>

namespace vdn::neuron {

/// elbo[i] = log_likelihood / N - beta[i] * kl[i]: an equal share of the log-likelihood minus the neuron's own price,
/// so that the N local ELBOs sum to the global one. Units: nats per row; kl is the batch mean. With objective `elbo`
/// the log-likelihood is E_q[log p(y|z)] and the sum the ELBO; with another objective it is that objective's. Equal
/// shares rank neurons by KL alone; Forecaster::contribution measures what a neuron is worth.
void local_elbo(double log_likelihood, std::span<const double> beta, std::span<const double> kl,
                std::span<double> elbo);

}  // namespace vdn::neuron
