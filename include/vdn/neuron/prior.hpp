#pragma once
// What a neuron's posterior is held against (docs/method.md). N(0, I) needs nothing; ar1.hpp and hierarchical.hpp are
// the others.

#include <vdn/core/matrix.hpp>

namespace vdn::neuron {

/// N(0, I); persistence in time; or a global latent of the window that gives every neuron's prior.
enum class Prior { standard, ar1, hierarchical };
/// The ar1 prior as a penalty on the mean or on the average of the draws, or as the exact KL in place of the standard.
enum class ArForm { mean, draws, kl };

/// The prior N(mean, diag deviation^2) of every row and neuron where it is not N(0, I), and what comes back through it.
/// [B, N*K] each; empty where it is N(0, I).
template <class Real>
struct GivenPrior {
  Matrix<Real> mean, deviation, dmean, ddeviation;
  bool given() const { return mean.data != nullptr; }
};

}  // namespace vdn::neuron
