#include <vdn/control/share.hpp>

#include <algorithm>
#include <cmath>

namespace vdn::control {

void Share::after_step(ControlContext& context) {
  if (!context.ar_penalty) return;
  const StepStatistics& s = context.statistics;
  const double rest = mse_.add(s.mse) + price_.add(s.price) + band_.add(s.band);
  const double persistence = context.ar_weight * context.ramp() * ar_.add(s.ar);
  if (context.ramp() <= 0.0 || rest + persistence <= 0.0) return;
  const double share = persistence / (rest + persistence);
  double change = -0.1 * (share - settings_.share_target);
  if (share > settings_.share_most) change -= 0.2 * (share - settings_.share_most);
  context.ar_weight = std::clamp(context.ar_weight * std::exp(change), 0.25, 10.0);
}

void Share::remember(StateArchive& archive) {
  for (MovingAverage* average : {&mse_, &price_, &band_, &ar_}) average->remember(archive);
}

}  // namespace vdn::control
