#pragma once
// A layer of neurons over random contexts, for the tests of this folder.

#include <vdn/neuron/layer.hpp>

#include "support/finite_difference.hpp"

namespace vdn::neuron {

inline LayerShape layer_shape(std::size_t context, std::size_t neurons, std::size_t dims,
                              Pooling pooling = Pooling::mean, SigmaMode sigma = SigmaMode::per_unit_input) {
  LayerShape shape;
  shape.posterior = {context, neurons, dims, sigma, 0.5};
  shape.pooling = pooling;
  return shape;
}

inline kernels::DrawKey draw_key(std::uint32_t origin, std::uint32_t draw, std::uint32_t series = 0,
                                 std::uint64_t seed = 1) {
  return {stream_key(seed, Purpose::latent), series, origin, draw};
}

/// B rows with S draws each, in training.
struct LayerRig {
  LayerRig(const LayerShape& shape, std::size_t rows_, std::size_t draws_)
      : rows(rows_), draws(draws_), layer(layout, "neuron", shape) {
    arena = Arena::lay_out([this, &shape](ArenaCursor& cursor) {
      w = layer.bind<double>(cursor, rows, draws, true);
      context = cursor.matrix<double>(rows, shape.posterior.context);
      dcontext = cursor.matrix<double>(rows, shape.posterior.context);
      dactivity = cursor.matrix<double>(rows * draws, shape.posterior.neurons);
      layer.connect<double>(w, context, dactivity, dcontext);
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    kl_weight = test::numbers(layer.neurons(), 4);
    test::fill_numbers(context.flat(), 2);
    test::fill_numbers(dactivity.flat(), 3);
    fill_noise();
  }
  void fill_noise(bool mean = false) {
    for (std::size_t r = 0; r < rows * draws; ++r) {
      layer.fill_noise<double>(
          w, r, draw_key(static_cast<std::uint32_t>(r / draws), static_cast<std::uint32_t>(r % draws)), mean);
    }
  }
  void forward() {
    layer.prepare<double>({values}, w);
    layer.forward<double>({values}, w, {0, rows});
  }
  /// A random direction of the activities plus the price of every row's KL.
  double loss() {
    forward();
    double sum = test::dot(dactivity.flat(), w.activity.flat());
    for (std::size_t b = 0; b < rows; ++b) sum += test::dot(kl_weight, w.kl.row(b));
    return sum;
  }
  void differentiate() {
    forward();
    layer.backward<double>({values}, w, kl_weight, {0, rows});
    TaskList tasks;
    layer.add_weight_tasks<double>(tasks, {values}, w, {gradient});
    test::run_tasks(tasks, 2);
  }

  std::size_t rows, draws;
  ParameterLayout layout;
  NeuronLayer layer;
  NeuronLayer::Workspace<double> w;
  Matrix<double> context, dcontext, dactivity;
  Arena arena;
  std::vector<double> values, gradient, kl_weight;
};

}  // namespace vdn::neuron
