#include <vdn/control/context.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

TEST(RescaleNeuron, ScalesAllDimensionsOfOneNeuronAndNothingElse) {
  ControlRig rig(3, 2);
  const std::vector<float> before = rig.values;
  rescale_neuron(rig.context, 1, 0.5);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < before.size(); ++i) changed += before[i] != rig.values[i];
  EXPECT_EQ(changed, 2u * 2u + 2u);  // K rows of two weights, K biases
  for (std::size_t row = 0; row < 6; ++row) {
    const float want = row == 2 || row == 3 ? 0.5f : 1.0f;
    EXPECT_EQ(rig.weights()[2 * row], want);
    EXPECT_EQ(rig.weights()[2 * row + 1], want);
    EXPECT_EQ(rig.biases()[row], want);
  }
}

}  // namespace
}  // namespace vdn::control
