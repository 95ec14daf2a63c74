#pragma once
// The sample-wise head: every latent draw gets a forecast of its own (docs/method.md).

#include <cstdint>

#include <vdn/core/arena.hpp>
#include <vdn/kernels/random_fill.hpp>
#include <vdn/nn/linear.hpp>

namespace vdn::nn {

/// Where the predictive scale comes from: one number per component and step, or a linear map of the draw's features.
enum class ScaleMode { per_step, per_input };

struct HeadShape {
  std::size_t neurons = 1024;  ///< N
  std::size_t width = 256;     ///< Q
  std::size_t horizon = 96;    ///< H
  std::size_t components = 1;  ///< M, per draw
  ScaleMode scale = ScaleMode::per_step;
  double dropout = 0.05;
  double rho_start = -1.0;  ///< bias the scale starts from, before softplus
  bool start_at_zero =
      false;  ///< the last layers (base, delta) start at zero: the forecast begins as the linear path's
};

/// On a = activity/sqrt(N), per draw row: q = dropout(GELU(W_1 LayerNorm(a) + b_1)),
///   out = W_b a + b_b + sigmoid(W_g q + b_g) * (W_d q + b_d), score = W_s q + b_s,
///   rho = a vector (per_step) or W_r q + b_r (per_input).
/// Columns of out and rho: component m, step h at m*H + h.
class SampleWiseHead {
 public:
  SampleWiseHead() = default;
  SampleWiseHead(ParameterLayout& layout, const HeadShape& shape);

  const HeadShape& shape() const { return shape_; }
  /// Slot of the rho vector (per_step only).
  Slot rho() const { return rho_vector_; }

  /// Buffers for R = B*S draw rows.
  template <class Real>
  struct Workspace {
    Matrix<Real> activity;                    ///< [R, N], the input; bound by the caller
    Matrix<Real> scaled, normed;              ///< [R, N]
    std::span<Real> mean, inverse_deviation;  ///< [R]
    Matrix<Real> mask;                        ///< [R, Q] dropout, see fill_mask
    Matrix<Real> activation, hidden;          ///< [R, Q]; hidden is q
    Matrix<Real> base, gate, delta, out;      ///< [R, M*H]
    Matrix<Real> rho;                         ///< [R, M*H]
    Matrix<Real> score;                       ///< [R, M]
    Matrix<Real> dout, drho, dscore;          ///< as out, rho, score; filled by the caller before backward
    Matrix<Real> dgate, ddelta;               ///< [R, M*H]
    Matrix<Real> dactivation, dnormed;        ///< [R, Q], [R, N]
    Matrix<Real> dactivity;                   ///< [R, N], the result of backward
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, bool training) const;

  /// The dropout mask of one draw row; all ones when not training or without dropout.
  template <class Real>
  void fill_mask(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key, bool training) const;
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const Workspace<Real>& w, const Parameters<Real>& gradient) const;

 private:
  HeadShape shape_;
  LayerNorm norm_;
  Linear hidden_, base_, delta_, gate_, score_, rho_;
  Slot rho_vector_;
};

}  // namespace vdn::nn
