#pragma once
// The band of activity every neuron is held in (docs/control.md).

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/control/settings.hpp>

namespace vdn::control {

/// Neuron i is low when m_i < low[i], high when m_i > high[i], else inside; [N] each, in units of mu^2.
struct Bands {
  std::vector<double> low, high;
};

/// [low, high]_i = [band.lower, band.upper] * t_i with t_i = target (homogeneous), target * exp(linspace(-ln s, ln
/// s))_i (heterogeneous, s = band.ratio), or the same targets in an order drawn from the seed (shuffled). A single
/// neuron has t = target.
Bands make_bands(const ControlSettings& settings, std::size_t neurons, std::uint64_t seed);

/// Shares of neurons.
struct Occupancy {
  double low = 0.0, high = 0.0;
  double inside() const { return 1.0 - low - high; }
  double outside() const { return low + high; }
};

/// `activity` is m_i [N].
Occupancy occupancy(const Bands& bands, std::span<const double> activity);

/// The deviation tau of the ar1 prior: clamp(factor * sqrt(mean_i sqrt(lo_i hi_i)), .03, 1).
double persistence_deviation(const Bands& bands, double factor);

}  // namespace vdn::control
