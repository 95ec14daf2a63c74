#include <vdn/control/projection.hpp>

#include <algorithm>
#include <cmath>

namespace vdn::control {

void Projection::after_epoch(ControlContext& context) {
  if (!context.warm()) return;
  const std::vector<double> m = context.measure_activity();
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double end = std::clamp(m[i], context.bands.low[i], context.bands.high[i]);
    if (end == m[i]) continue;
    const double factor = std::clamp(std::sqrt(end / m[i]), 1.0 / 50.0, 50.0);  // m = 0: infinity, cut to 50
    rescale_neuron(context, i, factor);
    context.averages.activity.values()[i] *= factor * factor;
  }
}

}  // namespace vdn::control
