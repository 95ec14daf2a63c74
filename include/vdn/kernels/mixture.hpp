#pragma once
// Negative log-likelihood of a Gaussian mixture over a horizon, its gradients, and proper scores.
// Letters: B rows, S draws, M components per draw, J = S*M components, H horizon. Component j = s*M + m.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// docs/method.md. With w_j the mixture weights, N_jh = N(y_h; mean_jh, scale_jh^2), O the observed steps of the row:
///   marginal        mean_{h in O} -log sum_j w_j N_jh
///   joint           (1/|O|) * -log sum_j w_j exp(sum_{h in O} log N_jh)
///   mixed           half marginal, half joint
///   tempered_joint  -log sum_j w_j exp(mean_{h in O} log N_jh)       (a tempered score, not a density)
///   elbo            mean_s mean_{h in O} -log sum_m S w_{s*M+m} N_jh
/// A row without an observed step has value and gradient 0.
enum class Objective { tempered_joint, marginal, joint, mixed, elbo };

/// The normals that a component stands for: Q of one mean, sum_q exp(log_weight_q) N(mean, (scale_q r)^2), with the
/// weights normalised. One normal, or those that make a Student's t (nn/student_nodes.hpp).
struct MixtureNodes {
  static constexpr std::size_t most = 4;
  std::size_t count = 1;  ///< Q
  std::array<double, most> scale{1.0}, log_weight{};
};

/// Buffers of one block of rows. mean, scale: [B*J, H]; log_weight: [B, J], normalised so that sum_j exp = 1;
/// target: [B, H]; observed: [B, H], 1 where the target is known (target is ignored elsewhere and may be NaN).
/// With nodes the mixture has J*Q components in the formulas of this file; only the likelihoods know them, the scores
/// want them spread out (predictive/spread_nodes.hpp).
template <class Real>
struct MixtureBatch {
  ConstMatrix<Real> target;
  ConstMatrix<std::uint8_t> observed;
  ConstMatrix<Real> mean;
  ConstMatrix<Real> scale;
  ConstMatrix<Real> log_weight;
  std::size_t draws = 1;  ///< S; M = log_weight.cols / draws
  MixtureNodes nodes{};
};

/// Where gradients go, shaped as the inputs; every entry is written.
template <class Real>
struct MixtureGradient {
  Matrix<Real> mean;
  Matrix<Real> scale;
  Matrix<Real> log_weight;
};

/// nll[B]. Stable for any finite input: log-sum-exp throughout.
template <class Real>
void mixture_nll(Objective objective, const MixtureBatch<Real>& batch, std::span<Real> nll);

/// As above, and row_weight * d nll_b / d input. `workspace` needs mixture_nll_workspace(J, H) numbers.
template <class Real>
void mixture_nll_gradient(Objective objective, const MixtureBatch<Real>& batch, Real row_weight,
                          std::span<Real> workspace, std::span<Real> nll, const MixtureGradient<Real>& gradient);
std::size_t mixture_nll_workspace(std::size_t components, std::size_t horizon);

/// log_weight = log softmax of score within consecutive groups of `group` columns, minus log(number of groups in a
/// row): group = M keeps every draw's share at 1/S, group = J weighs all components against each other.
template <class Real>
void group_log_softmax_forward(ConstMatrix<Real> score, std::size_t group, Matrix<Real> log_weight);
template <class Real>
void group_log_softmax_backward(ConstMatrix<Real> log_weight, std::size_t group, ConstMatrix<Real> dlog_weight,
                                Matrix<Real> dscore);

/// Closed-form CRPS of a Gaussian mixture (Grimit et al. 2006): sum_j w_j A(y - m_j, s_j^2)
///   - 0.5 sum_jk w_j w_k A(m_j - m_k, s_j^2 + s_k^2), A(m, v) = 2 sqrt(v) phi(m/sqrt v) + m (2 Phi(m/sqrt v) - 1).
/// crps[B,H]; 0 where unobserved. O(J^2) per step. weight of component j = exp(log_weight).
template <class Real>
void mixture_crps(const MixtureBatch<Real>& batch, Matrix<Real> crps);
/// Its two parts, crps = absolute_error - half_difference. absolute_error[B,H] = E|X - y| = sum_j w_j A(m_j - y,
/// s_j^2), 0 where unobserved, O(J) per step; half_difference[B,H] = 1/2 E|X - X'| looks at no target.
template <class Real>
void mixture_absolute_error(const MixtureBatch<Real>& batch, Matrix<Real> absolute_error);
template <class Real>
void mixture_half_difference(const MixtureBatch<Real>& batch, Matrix<Real> half_difference);
/// d sum(crps) / d mean and scale, shaped as the inputs.
template <class Real>
void mixture_crps_gradient(const MixtureBatch<Real>& batch, Matrix<Real> crps, Matrix<Real> dmean, Matrix<Real> dscale);

/// Energy score of P paths against y[H] over the observed steps (Gneiting and Raftery 2007):
/// mean_p ||y - x_p|| - 1/(2 P^2) sum_pq ||x_p - x_q||. paths: [P, H]. Returns the score.
template <class Real>
Real energy_score(std::span<const Real> target, std::span<const std::uint8_t> observed, ConstMatrix<Real> paths);
/// The same with dpaths[P,H] = d score / d paths (0 where two paths coincide).
template <class Real>
Real energy_score_gradient(std::span<const Real> target, std::span<const std::uint8_t> observed,
                           ConstMatrix<Real> paths, Matrix<Real> dpaths);

}  // namespace vdn::kernels
