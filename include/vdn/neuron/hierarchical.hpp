#pragma once
// A macro latent of the window gives every neuron's prior (docs/method.md).

#include <string>

#include <vdn/neuron/posterior.hpp>
#include <vdn/neuron/prior.hpp>

namespace vdn::neuron {

/// g in R^G with q(g given h) = N(mu_g(h), diag sigma_g(h)^2) and prior N(0, I); neuron i's prior is
/// N(m_i(g), s_i(g)^2), m_i and ln s_i linear in g. One draw of g a row in training, g = mu_g in scoring.
class HierarchicalPrior {
 public:
  HierarchicalPrior() = default;
  /// Declares name.macro.mu and name.macro.sigma (C to G), name.prior_mean and name.prior_deviation (G to N*K). These
  /// start small, so that the prior starts near N(0, I). `shape` is that of the neurons.
  HierarchicalPrior(ParameterLayout& layout, const std::string& name, const PosteriorShape& shape,
                    std::size_t macro_dims);

  /// Buffers for B rows.
  template <class Real>
  struct Workspace {
    Posterior::Workspace<Real> macro;  ///< q(g given h): mu and sigma [B, G]; context and dcontext bound by the caller
    Matrix<Real> eps;                  ///< [B, G], the caller's; 0 for g = mu_g
    Matrix<Real> g;                    ///< [B, G]
    Matrix<Real> kl;                   ///< [B, 1]: KL(q(g given h), N(0, I)), nats
    Matrix<Real> log_deviation;        ///< [B, N*K]
    Matrix<Real> dg, dlog_deviation;   ///< as g, log_deviation
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, bool training) const;

  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, const GivenPrior<Real>& prior,
               Range rows) const;
  /// `weight` is the derivative of the loss by the macro latent's KL, the same for all rows. Adds to dcontext.
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, const GivenPrior<Real>& prior, Real weight,
                Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                        const GivenPrior<Real>& prior, const Parameters<Real>& gradient) const;

 private:
  Posterior macro_;
  nn::Linear mean_, deviation_;
};

}  // namespace vdn::neuron
