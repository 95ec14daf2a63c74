#include <vdn/control/band.hpp>

#include <algorithm>
#include <cmath>

#include <vdn/core/random.hpp>

namespace vdn::control {

Bands make_bands(const ControlSettings& settings, std::size_t neurons, std::uint64_t seed) {
  Bands bands;
  const Permutation order(stream_key(seed, Purpose::bands), std::max<std::size_t>(1, neurons));
  for (std::size_t i = 0; i < neurons; ++i) {
    double target = settings.band_target;
    if (settings.band_spread != Spread::homogeneous && neurons > 1) {
      const std::size_t place = settings.band_spread == Spread::shuffled ? static_cast<std::size_t>(order(i)) : i;
      const double position = 2.0 * static_cast<double>(place) / static_cast<double>(neurons - 1) - 1.0;  // -1 to 1
      target *= std::exp(position * std::log(settings.band_ratio));
    }
    bands.low.push_back(settings.band_lower * target);
    bands.high.push_back(settings.band_upper * target);
  }
  return bands;
}

Occupancy occupancy(const Bands& bands, std::span<const double> activity) {
  Occupancy shares;
  const double one = 1.0 / static_cast<double>(activity.size());
  for (std::size_t i = 0; i < activity.size(); ++i) {
    if (activity[i] < bands.low[i]) shares.low += one;
    if (activity[i] > bands.high[i]) shares.high += one;
  }
  return shares;
}

double persistence_deviation(const Bands& bands, double factor) {
  double sum = 0.0;
  for (std::size_t i = 0; i < bands.low.size(); ++i) sum += std::sqrt(bands.low[i] * bands.high[i]);
  return std::clamp(factor * std::sqrt(sum / static_cast<double>(bands.low.size())), 0.03, 1.0);
}

}  // namespace vdn::control
