#include <vdn/train/parameter_average.hpp>

#include <algorithm>

namespace vdn {

ParameterAverage::ParameterAverage(double weight, std::span<const float> start) : weight_(weight), last_(start) {
  if (weight < 1) average_.assign(start.begin(), start.end());
}

void ParameterAverage::update(std::span<const float> values, Scheduler& scheduler) {
  constexpr std::size_t chunk = 16384;
  last_ = values;
  ++steps_;
  if (average_.empty()) return;
  const float weight = static_cast<float>(std::max(weight_, 9.0 / (9.0 + static_cast<double>(steps_))));
  scheduler.run(block_count(average_.size(), chunk), [&](std::size_t task) {
    const std::size_t end = std::min((task + 1) * chunk, average_.size());
    for (std::size_t i = task * chunk; i < end; ++i) average_[i] += weight * (values[i] - average_[i]);
  });
}

}  // namespace vdn
