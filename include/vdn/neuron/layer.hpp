#pragma once
// A layer of variational neurons: posterior, draws, price. The unit everything else stands on (METHOD section 1).

#include <optional>

#include <vdn/kernels/random_fill.hpp>
#include <vdn/neuron/local_decoder.hpp>
#include <vdn/neuron/posterior.hpp>

namespace vdn::neuron {

/// How K dimensions become one activity: mean, sum, or sum/sqrt(K).
enum class Pooling { mean, sum, sum_sqrtk };

struct LayerShape {
  PosteriorShape posterior;
  Pooling pooling = Pooling::mean;
  bool deterministic = false;  ///< the twin: z = mu, one draw, no price
  bool local_decoder = false;
  double local_decoder_weight = 1.0;
  std::uint32_t index = 0;  ///< tells the draws of stacked layers apart
};

/// Context in, S draws of N activities out, KL per neuron beside them.
///
/// Stacking: a second layer takes the B*S activity rows of the first as its rows and draws once each (S = 1), so the
/// number of rows stays B*S, and its KL is averaged over all of them (see examples/two_layers).
class NeuronLayer {
 public:
  NeuronLayer() = default;
  NeuronLayer(ParameterLayout& layout, const std::string& name, const LayerShape& shape);

  const LayerShape& shape() const { return shape_; }
  const Posterior& posterior() const { return posterior_; }
  std::size_t neurons() const { return shape_.posterior.neurons; }
  std::size_t dims() const { return shape_.posterior.dims; }
  /// By which the sum over K dimensions becomes the activity.
  double pool_factor() const;

  /// Buffers for B rows with S draws; draw s of row b is row b*S + s.
  template <class Real>
  struct Workspace {
    std::size_t draws = 1;                          ///< S
    typename Posterior::Workspace<Real> posterior;  ///< posterior.context and .dcontext are bound by the caller
    Matrix<Real> eps;                               ///< [B*S, N*K]: fill_noise, or the caller's
    Matrix<Real> z;                                 ///< [B*S, N*K]
    Matrix<Real> activity;                          ///< [B*S, N], the output (z itself when K = 1)
    Matrix<Real> kl;                                ///< [B, N], nats; zero for a deterministic layer
    typename LocalDecoder::Workspace<Real> decoder;
    Matrix<Real> dactivity;  ///< [B*S, N]; bound by the caller, filled before backward
    Matrix<Real> dz;         ///< [B*S, N*K] (dactivity itself when K = 1)
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws, bool training) const;
  /// Joins the layer to its neighbours: where the context comes from, where gradients come from and go to.
  template <class Real>
  void connect(Workspace<Real>& w, ConstMatrix<Real> context, Matrix<Real> dactivity, Matrix<Real> dcontext) const;

  /// eps of one draw row: a pure function of the key and this layer's index. Zero when `mean`, so that z = mu.
  template <class Real>
  void fill_noise(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key, bool mean = false) const;

  /// Once a step, before the blocks.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const;
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// kl_weight[i] = d loss / d kl[b,i], the same for all rows: beta_i / B.
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                        const Parameters<Real>& gradient) const;

  /// Mean of the local decoders' error over rows and neurons; 0 without decoder.
  template <class Real>
  double reconstruction(const Workspace<Real>& w) const;

 private:
  LayerShape shape_;
  Posterior posterior_;
  LocalDecoder decoder_;
};

}  // namespace vdn::neuron
