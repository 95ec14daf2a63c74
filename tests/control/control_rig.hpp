#pragma once
// A layer of neurons with numbers of its own, and a context a constraint may act on.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// Context width 2, N neurons of K dimensions; every weight and bias of mu is 1, every beta 1e-3; the schedule has no
/// warm-up and no ramp.
struct ControlRig {
  explicit ControlRig(std::size_t neurons, std::size_t dims = 1,
                      neuron::SigmaMode sigma = neuron::SigmaMode::per_unit_input)
      : layer(layout, "neuron", shape(neurons, dims, sigma)),
        values(layout.size()),
        beta(neurons, 1e-3),
        context{.layer = layer,
                .values = values,
                .beta = beta,
                .bands = {std::vector<double>(neurons, 0.4), std::vector<double>(neurons, 0.8)},
                .averages = Averages(neurons)} {
    settings.warmup = settings.ramp = 0.0;
    settings.every = 1;
    for (float& weight : weights()) weight = 1.0f;
    for (float& bias : biases()) bias = 1.0f;
  }
  static neuron::LayerShape shape(std::size_t neurons, std::size_t dims, neuron::SigmaMode sigma) {
    neuron::LayerShape shape;
    shape.posterior = {2, neurons, dims, sigma, 0.5};
    shape.posterior.sigma_lowest = 0.15;
    shape.posterior.sigma_highest = 5.0;
    return shape;
  }
  std::span<float> weights() { return Parameters<float>{values}.vector(layer.posterior().mu().weight); }
  std::span<float> biases() { return Parameters<float>{values}.vector(layer.posterior().mu().bias); }
  std::span<float> log_sigma() { return Parameters<float>{values}.vector(layer.posterior().log_sigma_start()); }

  ControlSettings settings;
  ParameterLayout layout;
  neuron::NeuronLayer layer;
  std::vector<float> values;
  std::vector<double> beta;
  ControlContext context;
};

inline void expect_values(std::span<const double> got, const std::vector<double>& want, double tolerance = 1e-12) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], tolerance * (1 + std::abs(want[i]))) << i;
}

}  // namespace vdn::control
