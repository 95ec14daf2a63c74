#pragma once
// A layer of variational neurons: posterior, draws, price. The unit everything else stands on (docs/method.md).

#include <vector>

#include <vdn/kernels/random_fill.hpp>
#include <vdn/neuron/activity.hpp>
#include <vdn/neuron/ar1.hpp>
#include <vdn/neuron/hierarchical.hpp>
#include <vdn/neuron/local_decoder.hpp>
#include <vdn/neuron/posterior.hpp>

namespace vdn::neuron {

/// How K dimensions become one activity: mean, sum, or sum/sqrt(K).
enum class Pooling { mean, sum, sum_sqrtk };

struct LayerShape {
  PosteriorShape posterior;
  Pooling pooling = Pooling::mean;
  bool pooled_activity = false;  ///< control measures activity by the pooled mu, not by mean squares
  bool deterministic = false;    ///< the twin: z = mu, one draw, no price
  Prior prior = Prior::standard;
  Ar1Shape ar1;                ///< under Prior::ar1
  std::size_t macro_dims = 8;  ///< G, under Prior::hierarchical
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
  /// How control measures activity: mean squares, or by the layer's pooling.
  ActivityMeasure activity_measure(bool pooled) const { return {dims(), pooled, pool_factor()}; }
  /// By which the sum over K dimensions becomes the activity.
  double pool_factor() const;

  /// Buffers for B rows with S draws; draw s of row b is row b*S + s.
  template <class Real>
  struct Workspace {
    std::size_t draws = 1;                          ///< S
    typename Posterior::Workspace<Real> posterior;  ///< of the B rows
    typename Posterior::Workspace<Real> earlier;    ///< of their earlier windows, where the prior needs them
    typename Posterior::Workspace<Real> whole;      ///< both, the earlier behind the others; else the B rows
    typename Ar1Prior::Workspace<Real> ar1;
    typename HierarchicalPrior::Workspace<Real> hierarchical;
    GivenPrior<Real> prior;  ///< [B, N*K]; empty where the prior is N(0, I)
    Matrix<Real> eps;        ///< [B*S, N*K]: fill_noise, or the caller's
    Matrix<Real> z;          ///< [B*S, N*K]
    Matrix<Real> activity;   ///< [B*S, N], the output (z itself when K = 1)
    Matrix<Real> kl;         ///< [B, N], nats; zero for a deterministic layer
    typename LocalDecoder::Workspace<Real> decoder;
    Matrix<Real> dactivity;                ///< [B*S, N]; bound by the caller, filled before backward
    Matrix<Real> dz;                       ///< [B*S, N*K] (dactivity itself when K = 1)
    ActivityMeasure measure;               ///< of the next line
    std::span<const Real> activity_slope;  ///< [N]: d loss / d (sum over rows of activity i), or empty; the caller's
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws, bool training) const;
  /// True when the contexts of the earlier windows (nn/encoder.hpp) are needed besides those of the rows.
  bool needs_earlier(bool training) const;
  /// Joins the layer to its neighbours: where the context comes from, where gradients come from and go to. context and
  /// dcontext are [B, C], or [2B, C] with needs_earlier(): the earlier windows' behind the others.
  template <class Real>
  void connect(Workspace<Real>& w, ConstMatrix<Real> context, Matrix<Real> dactivity, Matrix<Real> dcontext) const;

  /// eps of one draw row: a pure function of the key and this layer's index. Zero when `mean`, so that z = mu.
  template <class Real>
  void fill_noise(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key, bool mean = false) const;

  /// ar1 on draws: eps of the earlier window of one draw row. Its key is that which the window itself would have.
  template <class Real>
  void fill_earlier_noise(const Workspace<Real>& w, std::size_t row, kernels::DrawKey key) const;
  /// hierarchical: eps of the macro latent of batch row b. Zero when `mean`.
  template <class Real>
  void fill_macro_noise(const Workspace<Real>& w, std::size_t b, kernels::DrawKey key, bool mean) const;

  /// Once a step, before the blocks.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w) const;
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// kl_weight[i] = d loss / d kl[b,i], the same for all rows: beta_i / B. That of a macro latent is their mean, that
  /// of the ar1 penalty w.ar1.weight.
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                        const Parameters<Real>& gradient) const;

  /// Mean of the local decoders' error over rows and neurons; 0 without decoder.
  template <class Real>
  double reconstruction(const Workspace<Real>& w) const;
  /// The ar1 penalty of all rows, unweighted; 0 without.
  template <class Real>
  double persistence(const Workspace<Real>& w) const;
  /// Mean over rows of the macro latent's KL, nats; 0 without.
  template <class Real>
  double macro_kl(const Workspace<Real>& w) const;
  /// phi of every neuron [N]; empty without ar1.
  template <class Real>
  std::vector<double> phi(const ConstParameters<Real>& p) const;
  /// The activity of neuron i of batch row b with z at its prior mean.
  template <class Real>
  Real prior_activity(const Workspace<Real>& w, std::size_t b, std::size_t i) const;

 private:
  template <class Real>
  void price(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void price_backward(const Workspace<Real>& w, std::span<const Real> kl_weight, Range rows) const;

  LayerShape shape_;
  Posterior posterior_;
  Ar1Prior ar1_;
  HierarchicalPrior hierarchical_;
  LocalDecoder decoder_;
};

}  // namespace vdn::neuron
