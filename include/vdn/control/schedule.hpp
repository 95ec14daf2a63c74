#pragma once
// When control begins, and how its penalties grow.

#include <cstddef>

#include <vdn/control/settings.hpp>

namespace vdn::control {

/// Steps are counted from 1. `control.warmup` and `control.ramp` below 1 are shares of the planned steps, else steps.
class Schedule {
 public:
  Schedule() = default;
  Schedule(const ControlSettings& settings, std::size_t planned_steps);

  /// False during the warm-up, in which nothing acts.
  bool warm(std::size_t step) const { return static_cast<double>(step) > warmup_; }
  /// r of a step: 0 until the warm-up is over, then linear up to 1 within the ramp.
  double ramp(std::size_t step) const;

 private:
  double warmup_ = 0.0, ramp_ = 0.0;  // steps
};

}  // namespace vdn::control
