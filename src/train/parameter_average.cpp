#include <vdn/train/parameter_average.hpp>

#include <algorithm>

namespace vdn {

ParameterAverage::ParameterAverage(double weight, std::span<const float> start) : weight_(weight), last_(start) {
  if (weight < 1) average_.assign(start.begin(), start.end());
}

void ParameterAverage::update(std::span<const float> values, Scheduler& scheduler) {
  constexpr std::size_t chunk = 16384;
  begin(values);
  scheduler.run(block_count(average_.size(), chunk), [&](std::size_t task) {
    add({task * chunk, std::min((task + 1) * chunk, average_.size())});
  });
}

void ParameterAverage::begin(std::span<const float> values) {
  last_ = values;
  ++steps_;
  step_weight_ = static_cast<float>(std::max(weight_, 9.0 / (9.0 + static_cast<double>(steps_))));
}

void ParameterAverage::add(Range numbers) {
  if (average_.empty()) return;
  const float weight = step_weight_, *values = last_.data();
  for (std::size_t i = numbers.begin; i < numbers.end; ++i) average_[i] += weight * (values[i] - average_[i]);
}

}  // namespace vdn
