#pragma once
// Persistence in time: z_t given z_t' is N(phi z_t', tau^2), t' the window some rows earlier (docs/method.md).

#include <string>
#include <vector>

#include <vdn/neuron/posterior.hpp>
#include <vdn/neuron/prior.hpp>

namespace vdn::neuron {

struct Ar1Shape {
  ArForm form = ArForm::mean;
  double phi = 0.95;       ///< in (-1, 1); where it starts when learned
  bool learn_phi = false;  ///< one number a neuron, tanh of a free parameter
  double tau = 0.2;        ///< above 0
};

/// mean, draws: to the loss comes weight * penalty, penalty = mean over rows, neurons and dimensions of
///   (c - phi c')^2 / (2 tau^2), c being mu, or the average of the S draws, of the window and c' of the earlier one;
///   the price stays the KL to N(0, I). Nothing of it is needed in scoring.
/// kl: the price is the KL to N(phi mu', phi^2 sigma'^2 + tau^2), in scoring too.
/// Gradients flow through both posteriors.
class Ar1Prior {
 public:
  Ar1Prior() = default;
  /// Declares name.phi [1, N] when phi is learned. N*K columns, dimension k of neuron i at i*K + k.
  Ar1Prior(ParameterLayout& layout, const std::string& name, const Ar1Shape& shape, std::size_t neurons,
           std::size_t dims);

  /// True when the posterior of the earlier window is needed.
  bool needs_earlier(bool training) const { return training || shape_.form == ArForm::kl; }
  const Ar1Shape& shape() const { return shape_; }

  /// Buffers for B rows with S draws; what the form does not use is empty.
  template <class Real>
  struct Workspace {
    Real weight{};                          ///< of the penalty in the loss; set before backward
    std::span<Real> phi;                    ///< [N*K], by prepare
    Matrix<Real> earlier_eps;               ///< [B*S, N*K], draws: noise of the earlier windows, the caller's
    Matrix<Real> noise, earlier_noise;      ///< [B, N*K]: averages over the S draws
    Matrix<Real> average, earlier_average;  ///< [B, N*K]: c and c' of the form draws
    std::span<Real> error;                  ///< [B]: sum over columns of (c - phi c')^2
    Matrix<Real> dc, dearlier, dphi;        ///< [B, N*K]; dphi is each row's own
    std::span<Real> dphi_sum;               ///< [N*K]
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws, bool training) const;

  /// phi, once a step before the blocks.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const;
  /// From both posteriors and the window's own noise eps [B*S, N*K] to the error, or to the prior.
  template <class Real>
  void forward(const Workspace<Real>& w, ConstMatrix<Real> eps, const Posterior::Workspace<Real>& now,
               const Posterior::Workspace<Real>& earlier, const GivenPrior<Real>& prior, Range rows) const;
  /// Adds to dmu and dsigma of the window, overwrites those of the earlier one.
  template <class Real>
  void backward(const Workspace<Real>& w, const Posterior::Workspace<Real>& now,
                const Posterior::Workspace<Real>& earlier, const GivenPrior<Real>& prior, Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const;

  /// The penalty, unweighted; 0 under kl.
  template <class Real>
  double penalty(const Workspace<Real>& w) const;
  /// phi of every neuron [N].
  template <class Real>
  std::vector<double> phi(const ConstParameters<Real>& p) const;

 private:
  /// What one unit of error adds to the penalty.
  double share(std::size_t rows) const;

  Ar1Shape shape_;
  std::size_t neurons_ = 0, dims_ = 1;
  Slot phi_;
};

}  // namespace vdn::neuron
