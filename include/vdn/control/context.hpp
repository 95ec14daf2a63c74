#pragma once
// What a constraint sees of the training it acts on: the layer and the step's figures, nothing of the model behind.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include <vdn/control/band.hpp>
#include <vdn/control/moving_average.hpp>
#include <vdn/control/schedule.hpp>
#include <vdn/neuron/layer.hpp>

namespace vdn::control {

/// What a step measured over its batch, before its update. Per neuron [N], then parts of the loss.
struct StepStatistics {
  std::span<const double> activity;  ///< m_i
  std::span<const double> kl;        ///< mean KL, nats
  std::span<const double> awake;     ///< share of the rows with KL > neuron::awake_kl
  double nll = 0.0;
  double mse = 0.0;    ///< of the mixture mean; measured when there is a share to control
  double price = 0.0;  ///< sum_i beta_i KL_i
  double band = 0.0;   ///< the band penalty, weighted
  double ar = 0.0;     ///< the ar1 penalty, unweighted
};

/// Figures constraints share, updated every step from the first on.
struct Averages {
  explicit Averages(std::size_t neurons) : activity(.05, neurons), kl(.1, neurons), awake(.1, neurons) {}
  NeuronAverages activity;  ///< e_i; the homeostat takes its own acts into account here
  NeuronAverages kl;        ///< nats
  NeuronAverages awake;     ///< share of rows awake
};

/// The share of rows awake under which thermostat and guard take a neuron for dead.
inline constexpr double dead_share = 0.05;

struct ControlContext {
  const neuron::NeuronLayer& layer;
  std::span<float> values;  ///< the flat parameters the layer's slots point into
  std::span<double> beta;   ///< [N]
  Bands bands;              ///< the present ones
  double ar_weight = 0.0;   ///< lambda of the ar1 penalty, without the ramp
  bool ar_penalty = false;  ///< the loss holds such a penalty
  Schedule schedule = {};
  std::size_t step = 1;  ///< the step under way, from 1
  StepStatistics statistics = {};
  Averages averages;
  /// m_i over a sample of batches of training windows (mean squares, whatever control.activity).
  std::function<std::vector<double>()> measure_activity{};
  /// The measured contribution of every neuron, nats.
  std::function<std::vector<double>()> contribution{};

  std::size_t neurons() const { return layer.neurons(); }
  bool warm() const { return schedule.warm(step); }
  /// r of the step under way.
  double ramp() const { return schedule.ramp(step); }
};

/// Multiplies the rows of W_mu and b_mu of neuron i, all its dimensions, so that its activity changes by factor^2.
/// The optimiser's moments stay.
void rescale_neuron(ControlContext& context, std::size_t neuron, double factor);

}  // namespace vdn::control
