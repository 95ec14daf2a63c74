#include <vdn/control/schedule.hpp>

#include <algorithm>

namespace vdn::control {

Schedule::Schedule(const ControlSettings& settings, std::size_t planned_steps) {
  const auto steps = [&](double value) { return value < 1.0 ? value * static_cast<double>(planned_steps) : value; };
  warmup_ = steps(settings.warmup);
  ramp_ = steps(settings.ramp);
}

double Schedule::ramp(std::size_t step) const {
  if (!warm(step)) return 0.0;
  return ramp_ <= 0.0 ? 1.0 : std::min(1.0, (static_cast<double>(step) - warmup_) / ramp_);
}

}  // namespace vdn::control
