#pragma once
// The exponential moving average of the parameters over the steps.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/core/state_archive.hpp>

namespace vdn {

/// a <- a + w (p - a) after every step with w = max(weight, 9 / (9 + n)) after n steps, so that the start is forgotten:
/// w is the weight of the new value (Polyak and Juditsky 1992; the warm-up is that of TensorFlow's averages).
class ParameterAverage {
 public:
  /// weight in (0, 1]; with 1 nothing is kept and values() are those last seen.
  ParameterAverage(double weight, std::span<const float> start);
  /// `values` after one more step; they must outlive the average. The same bits for any number of threads.
  void update(std::span<const float> values, Scheduler& scheduler);
  /// The same in pieces: begin, then add for ranges that make up the whole, on any threads.
  void begin(std::span<const float> values);
  void add(Range numbers);
  void remember(StateArchive& archive) {
    archive.value(steps_);
    archive.values(std::span(average_));
  }
  std::span<const float> values() const { return average_.empty() ? last_ : std::span<const float>(average_); }

 private:
  double weight_;
  std::size_t steps_ = 0;
  float step_weight_ = 1.0f;  // w
  std::span<const float> last_;
  std::vector<float> average_;
};

}  // namespace vdn
