#include <vdn/control/guard.hpp>

#include <algorithm>
#include <cmath>

namespace vdn::control {

void Guard::after_step(ControlContext& context) {
  if (!context.warm()) return;
  constexpr double raise = 0.02;
  const neuron::PosteriorShape& shape = context.layer.shape().posterior;
  const auto awake = context.averages.awake.values();
  const auto log_sigma = Parameters<float>{context.values}.vector(context.layer.posterior().log_sigma_start());
  const auto lowest = static_cast<float>(std::log(shape.sigma_lowest));
  const auto highest = static_cast<float>(std::log(shape.sigma_highest));
  const auto lift = [&](float& value, double by) {
    value = std::clamp(value + static_cast<float>(by), lowest, highest);
  };
  if (shape.sigma == neuron::SigmaMode::scalar) {
    const auto dead = std::count_if(awake.begin(), awake.end(), [](double share) { return share < dead_share; });
    lift(log_sigma[0], raise * static_cast<double>(dead) / static_cast<double>(awake.size()));
    return;
  }
  for (std::size_t c = 0; c < log_sigma.size(); ++c) {
    lift(log_sigma[c], awake[c / shape.dims] < dead_share ? raise : 0.0);
  }
}

}  // namespace vdn::control
