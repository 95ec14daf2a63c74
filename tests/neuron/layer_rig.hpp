#pragma once
// A layer of neurons over random contexts, for the tests of this folder.

#include <cmath>
#include <numeric>

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

/// Integral of q ln(q / p), q = N(mu, sigma^2), p = N(m, s^2), by the trapezoidal rule over 12 deviations.
inline double integrated_kl(double mu, double sigma, double m = 0.0, double s = 1.0) {
  constexpr int steps = 4000;
  const double width = 24.0 * sigma / steps, normaliser = 0.5 * std::log(2 * M_PI);
  double sum = 0.0;
  for (int k = 0; k <= steps; ++k) {
    const double z = mu - 12.0 * sigma + width * k, u = (z - mu) / sigma, v = (z - m) / s;
    const double log_q = -0.5 * u * u - std::log(sigma) - normaliser;
    const double log_p = -0.5 * v * v - std::log(s) - normaliser;
    sum += std::exp(log_q) * (log_q - log_p) * (k == 0 || k == steps ? 0.5 : 1.0);
  }
  return sum * width;
}

/// B rows with S draws each, in training.
struct LayerRig {
  LayerRig(const LayerShape& shape, std::size_t rows_, std::size_t draws_)
      : rows(rows_), draws(draws_), layer(layout, "neuron", shape) {
    arena = Arena::lay_out([this, &shape](ArenaCursor& cursor) {
      w = layer.bind<double>(cursor, rows, draws, true);
      const std::size_t contexts = layer.needs_earlier(true) ? 2 * rows : rows;
      context = cursor.matrix<double>(contexts, shape.posterior.context);
      dcontext = cursor.matrix<double>(contexts, shape.posterior.context);
      dactivity = cursor.matrix<double>(rows * draws, shape.posterior.neurons);
      layer.connect<double>(w, context, dactivity, dcontext);
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    kl_weight = test::numbers(layer.neurons(), 4);
    test::fill_numbers(context.flat(), 2);
    test::fill_numbers(dactivity.flat(), 3);
    test::fill_numbers(w.ar1.earlier_eps.flat(), 5, 2.0);
    test::fill_numbers(w.hierarchical.eps.flat(), 6, 2.0);
    w.ar1.weight = 0.7;
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
  double mean_weight() const {
    return std::accumulate(kl_weight.begin(), kl_weight.end(), 0.0) / double(kl_weight.size());
  }
  /// A random direction of the activities plus the price of every row's KL, of the macro latent's and the ar1 penalty.
  double loss() {
    forward();
    double sum = test::dot(dactivity.flat(), w.activity.flat());
    for (std::size_t b = 0; b < rows; ++b) sum += test::dot(kl_weight, w.kl.row(b));
    for (const double kl : w.hierarchical.kl.flat()) sum += mean_weight() * kl;
    return sum + w.ar1.weight * layer.persistence<double>(w);
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
