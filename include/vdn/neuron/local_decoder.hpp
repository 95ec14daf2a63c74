#pragma once
// Optional: every neuron reconstructs the layer's context from its own latent, linearly.

#include <vdn/core/arena.hpp>
#include <vdn/nn/linear.hpp>

namespace vdn::neuron {

/// recon = mean over rows b, draws s, neurons i and columns c of (h_bc - d_ic - sum_k z_bsik D_ikc)^2.
/// The context h is a constant here: a context that could be made easy to reconstruct would teach nothing.
///
/// The [B, S, N, C] residual is never formed. With the inner products P = h D^T, q = h d^T, G_i = D_i D_i^T and
/// g_i = D_i d_i, a neuron's squared error in one row and draw is
///   |h|^2 - 2 q_i + |d_i|^2 + sum_k z_k (2 (g_ik - P_ik) + sum_l G_ikl z_l),
/// and the gradients need no more than sum z, sum z z^T and (sum_s z)^T h.
class LocalDecoder {
 public:
  LocalDecoder() = default;
  /// Declares name.decoder.weight [N*K, C] and name.decoder.bias [N, C].
  LocalDecoder(ParameterLayout& layout, const std::string& name, std::size_t context, std::size_t neurons,
               std::size_t dims);

  /// Buffers for B rows with S draws each.
  template <class Real>
  struct Workspace {
    std::size_t draws = 1;              ///< S
    ConstMatrix<Real> context;          ///< [B, C]; bound by the caller
    ConstMatrix<Real> z;                ///< [B*S, N*K]; bound by the caller
    Matrix<Real> gram;                  ///< [N*K, K], row i*K + k is G_ik.
    std::span<Real> inner, bias_norm;   ///< g [N*K], |d_i|^2 [N]
    Matrix<Real> projection;            ///< P [B, N*K]
    Matrix<Real> bias_projection;       ///< q [B, N]
    Matrix<Real> error;                 ///< [B, N]: mean over s and c of the squared error
    Matrix<Real> z_sum;                 ///< [B, N*K]: sum over s
    Matrix<Real> z_second;              ///< [B, N*K*K]: sum over s of z z^T
    Matrix<Real> context_total;         ///< [tiles, C]: each weight task's own sum of h over the batch
    std::span<Real> z_total, z_moment;  ///< sums over the batch: [N*K], [N*K*K]
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws) const;

  /// Once a step, before the blocks: what depends on the weights alone.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const;
  /// error[b,i] for a block of rows.
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// dz[B*S,N*K] += weight * d recon / d z.
  template <class Real>
  void backward(const Workspace<Real>& w, Range rows, Real weight, Matrix<Real> dz) const;
  /// Gradients of weight * recon by D and d.
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w, Real weight,
                        const Parameters<Real>& gradient) const;

 private:
  std::size_t context_ = 0, neurons_ = 0, dims_ = 0;
  Slot weight_, bias_;
};

}  // namespace vdn::neuron
