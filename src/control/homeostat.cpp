#include <vdn/control/homeostat.hpp>

#include <algorithm>
#include <cmath>

namespace vdn::control {

double Homeostat::goal(const Bands& bands, std::size_t neuron, double activity) const {
  const double low = bands.low[neuron], high = bands.high[neuron];
  if (activity < low) return low;
  if (activity > high) return high;
  switch (settings_.homeostat_goal) {
    case Goal::stay:
      return activity;
    case Goal::geometric:
      return std::sqrt(low * high);
    case Goal::arithmetic:
      return 0.5 * (low + high);
  }
  return activity;
}

void Homeostat::after_step(ControlContext& context) {
  if (!context.warm() || context.step % settings_.every != 0) return;
  const auto e = context.averages.activity.values();
  const double eta = std::min(0.5, settings_.homeostat_rate * (1.0 + 2.0 * occupancy(context.bands, e).outside()));
  for (std::size_t i = 0; i < e.size(); ++i) {
    if (e[i] <= 0.0) continue;  // no factor moves it
    const double factor = std::clamp(std::pow(goal(context.bands, i, e[i]) / e[i], 0.5 * eta),
                                     1.0 / settings_.homeostat_cap, settings_.homeostat_cap);
    if (factor == 1.0) continue;
    rescale_neuron(context, i, factor);
    e[i] *= factor * factor;
  }
}

}  // namespace vdn::control
