#include <vdn/control/thermostat.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vdn::control {

void Thermostat::after_step(ControlContext& context) {
  if (!context.warm() || context.step % settings_.every != 0) return;
  const auto kl = context.averages.kl.values(), awake = context.averages.awake.values();
  const auto beta = context.beta;
  for (std::size_t i = 0; i < beta.size(); ++i) {
    double err = kl[i] - std::clamp(kl[i], settings_.thermostat_low, settings_.thermostat_high);
    if (awake[i] < dead_share) err -= std::abs(err) + 0.5;
    beta[i] = std::clamp(beta[i] * std::exp(0.2 * err), settings_.beta_lowest, settings_.beta_highest);
  }
  const double mean = std::accumulate(beta.begin(), beta.end(), 0.0) / static_cast<double>(beta.size());
  for (double& price : beta) price = std::clamp(price, 0.25 * mean, 4.0 * mean);
}

}  // namespace vdn::control
