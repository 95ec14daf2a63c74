#pragma once
// The amortised posterior of a layer of neurons: q_i(z|h) = N(mu_i(h), diag sigma_i(h)^2), z in R^K (docs/method.md).

#include <vdn/core/arena.hpp>
#include <vdn/nn/linear.hpp>

namespace vdn::neuron {

/// Where sigma comes from: one number, one per neuron and dimension, or linear in the context.
enum class SigmaMode { scalar, per_unit, per_unit_input };

/// What sigma is cut to in every mode unless a layer is given closer ends; outside, its gradient is zero.
inline constexpr double sigma_lowest = 1e-4;
inline constexpr double sigma_highest = 10.0;

struct PosteriorShape {
  std::size_t context = 256;   ///< C
  std::size_t neurons = 1024;  ///< N
  std::size_t dims = 1;        ///< K
  SigmaMode sigma = SigmaMode::per_unit;
  double sigma_start = 0.5;
  double sigma_lowest = neuron::sigma_lowest, sigma_highest = neuron::sigma_highest;
};

/// mu = W_mu h + b_mu, sigma = exp(clamp(log sigma)). Columns: dimension k of neuron i at i*K + k.
class Posterior {
 public:
  Posterior() = default;
  /// Declares name.mu and, by mode, name.log_sigma or name.sigma.
  Posterior(ParameterLayout& layout, const std::string& name, const PosteriorShape& shape);

  const PosteriorShape& shape() const { return shape_; }
  std::size_t columns() const { return shape_.neurons * shape_.dims; }

  /// Buffers for B rows.
  template <class Real>
  struct Workspace {
    ConstMatrix<Real> context;  ///< [B, C], the input; bound by the caller
    Matrix<Real> mu, sigma;     ///< [B, N*K]
    Matrix<Real> log_sigma;     ///< [B, N*K] (per_unit_input), else [1, N*K]
    Matrix<Real> dmu, dsigma;   ///< [B, N*K], filled by the caller before backward
    Matrix<Real> dlog_sigma;    ///< [B, N*K] (per_unit_input), else [1, N*K]
    Matrix<Real> dcontext;      ///< [B, C], the result of backward; bound by the caller

    /// The buffers of some of the rows, once context and dcontext are bound.
    Workspace slice(Range rows) const;
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, bool training) const;

  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// To dcontext, which it overwrites, or adds to when `accumulate`.
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows, bool accumulate = false) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                        const Parameters<Real>& gradient) const;

  /// The rows of W_mu and b_mu, which homeostasis rescales.
  const nn::Linear& mu() const { return mu_; }
  /// What is behind log sigma, which the sigma guard raises: N*K biases (per_unit_input), N*K numbers or one (scalar).
  Slot log_sigma_start() const { return shape_.sigma == SigmaMode::per_unit_input ? sigma_.bias : log_sigma_; }

 private:
  template <class Real>
  void reduce_log_sigma(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<Real> gradient) const;

  struct LogEnds {
    double lowest, highest;
  };
  LogEnds log_ends() const;

  PosteriorShape shape_;
  nn::Linear mu_, sigma_;
  Slot log_sigma_;
};

}  // namespace vdn::neuron
