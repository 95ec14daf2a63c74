#pragma once
// The network of a forecaster: encoder -> neurons -> head -> predictive mixture in scaled units. Pure arithmetic on
// buffers; Real = double is the form tests trust, Real = float the one that runs.

#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/arena.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/model/settings.hpp>
#include <vdn/neuron/layer.hpp>
#include <vdn/nn/encoder.hpp>
#include <vdn/nn/head.hpp>
#include <vdn/nn/student_nodes.hpp>

namespace vdn {

/// Mean and scale in scaled units: mean = offset[b,h] + factor[b] * (out + change), scale = min(factor[b]*softplus(rho)
/// + floor, cap). offset holds the linear path and the window's centre, factor the window's deviation; 0 and 1 without
/// them. change = W x + v of the normalised window x is there under line.mode tuned alone: it starts at zero and learns
/// at line.rate times the rate of the others. With head.tail nu every component of the head becomes Q = 3 of one mean,
/// which together are a Student's t (nn/student_nodes.hpp); the narrowest one's scale stays above the floor, and the
/// cap is that of the t.
class Network {
 public:
  /// Of more series each is seen too seldom to be learned, and their vectors would be most of the network.
  static constexpr std::size_t most_told_series = 4096;

  /// For tables of D = `series` series. With encoder.series the encoder tells them apart, if there are at least two and
  /// at most most_told_series.
  Network(const Settings& settings, std::size_t series);

  const Settings& settings() const { return settings_; }
  const ParameterLayout& layout() const { return layout_; }
  const neuron::NeuronLayer& neurons() const { return neurons_; }
  const nn::Encoder& encoder() const { return encoder_; }
  const nn::SampleWiseHead& head() const { return head_; }
  std::size_t horizon() const { return settings_.horizon; }
  /// Normals per draw: the head's components, times those a Student's t is made of.
  std::size_t normals() const { return settings_.components * nodes_.count; }

  /// Buffers for B rows with S draws; M components per draw, J = S*M.
  template <class Real>
  struct Workspace {
    std::size_t rows = 0, draws = 1;                ///< B, S
    typename nn::Encoder::Workspace<Real> encoder;  ///< encoder.x [B*P, L] is the input
    typename neuron::NeuronLayer::Workspace<Real> neurons;
    typename nn::SampleWiseHead::Workspace<Real> head;
    std::span<Real> panels;                   ///< the weights packed by prepare, layout().panels_size()
    std::span<Real> transposed;               ///< their transposes, layout().transposed_size(); empty but in training
    Matrix<Real> offset;                      ///< [B, H], input
    std::span<Real> factor;                   ///< [B], input
    Matrix<Real> line;                        ///< [B*P, H]: room for the linear path's products
    Matrix<Real> tuned, dchange;              ///< [B*P, H]: offset and change of a tuned line; row b*P is of row b
    Matrix<Real> target;                      ///< [B, H], input of the likelihood
    Matrix<std::uint8_t> observed;            ///< [B, H]
    Matrix<Real> mean, scale;                 ///< [B*J, H]
    Matrix<Real> log_weight;                  ///< [B, J]
    kernels::MixtureNodes nodes;              ///< what every component is made of
    std::span<Real> nll;                      ///< [B]
    Matrix<Real> dmean, dscale, dlog_weight;  ///< as mean, scale, log_weight
    Matrix<Real> likelihood;                  ///< [B, scratch]: each row's scratch of the likelihood

    kernels::MixtureBatch<Real> mixture(Range rows_) const;
  };
  template <class Real>
  Workspace<Real> bind(ArenaCursor& cursor, std::size_t rows, std::size_t draws, bool training) const;

  /// What rows share: weights folded and packed. Before the blocks, anew whenever parameters changed.
  template <class Real>
  void prepare(const ConstParameters<Real>& p, const Workspace<Real>& w, Scheduler& scheduler) const;
  /// The parameters with the panels that prepare packed, for calls of a layer alone.
  template <class Real>
  static ConstParameters<Real> packed(const ConstParameters<Real>& p, const Workspace<Real>& w) {
    return {p.flat, w.panels, w.transposed};
  }
  /// From encoder.x, neurons.eps and head.mask to mean, scale and log_weight.
  template <class Real>
  void forward(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// The first half of forward: posteriors, prices and draws.
  template <class Real>
  void forward_neurons(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// The second half of forward: from neurons.activity on.
  template <class Real>
  void forward_head(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  /// nll of the rows and, through it and the KL, the gradients of everything that is not a parameter.
  /// kl_weight[i] = beta_i / B; the likelihood's row weight is 1/B with B = w.rows.
  template <class Real>
  void backward(const ConstParameters<Real>& p, const Workspace<Real>& w, std::span<const Real> kl_weight,
                Range rows) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, const ConstParameters<Real>& p, const Workspace<Real>& w,
                        const Parameters<Real>& gradient) const;

 private:
  template <class Real>
  void read_out(const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void read_out_backward(const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void change_line(const ConstParameters<Real>& p, const Workspace<Real>& w, Range rows) const;
  template <class Real>
  void change_line_backward(const Workspace<Real>& w, Range rows) const;
  bool tunes_line() const { return settings_.line == LineMode::tuned; }

  /// A tile of a weight to pack.
  struct PackedTile {
    Slot weight;
    Range outputs;
  };

  Settings settings_;
  ParameterLayout layout_;
  nn::Encoder encoder_;
  neuron::NeuronLayer neurons_;
  nn::SampleWiseHead head_;
  nn::Linear line_change_;
  kernels::MixtureNodes nodes_;
  std::vector<PackedTile> packed_tiles_;
};

}  // namespace vdn
