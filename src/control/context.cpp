#include <vdn/control/context.hpp>

namespace vdn::control {

void rescale_neuron(ControlContext& context, std::size_t neuron, double factor) {
  const nn::Linear& mu = context.layer.posterior().mu();
  const Parameters<float> values{context.values};
  const std::size_t K = context.layer.dims();
  const auto scale = static_cast<float>(factor);
  for (float& weight : values.matrix(mu.weight).slice({neuron * K, (neuron + 1) * K}).flat()) weight *= scale;
  for (float& bias : values.vector(mu.bias).subspan(neuron * K, K)) bias *= scale;
}

}  // namespace vdn::control
