#include <vdn/control/guard.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

using neuron::SigmaMode;

/// log sigma after one act from -1 each; neuron 0 is dead, neuron 1 awake.
std::vector<float> act(ControlRig& rig) {
  for (float& value : rig.log_sigma()) value = -1.0f;
  rig.context.averages.awake.add(std::vector<double>{0.04, 0.06});
  Guard().after_step(rig.context);
  return {rig.log_sigma().begin(), rig.log_sigma().end()};
}

TEST(Guard, RaisesTheBiasesOfADeadNeuron) {
  ControlRig rig(2, 2, SigmaMode::per_unit_input);
  EXPECT_EQ(act(rig), (std::vector<float>{-0.98f, -0.98f, -1.0f, -1.0f}));
}

TEST(Guard, RaisesItsNumbers) {
  ControlRig rig(2, 2, SigmaMode::per_unit);
  EXPECT_EQ(act(rig), (std::vector<float>{-0.98f, -0.98f, -1.0f, -1.0f}));
}

TEST(Guard, RaisesTheOneNumberByTheShareOfTheDead) {
  ControlRig rig(2, 2, SigmaMode::scalar);
  EXPECT_EQ(act(rig), (std::vector<float>{-0.99f}));
}

TEST(Guard, KeepsNumbersWhereTheyHaveAGradient) {
  ControlRig rig(2, 1, SigmaMode::per_unit);
  rig.log_sigma()[0] = -7.0f;
  rig.log_sigma()[1] = 3.0f;
  rig.context.averages.awake.add(std::vector<double>{1, 1});
  Guard().after_step(rig.context);
  EXPECT_FLOAT_EQ(rig.log_sigma()[0], static_cast<float>(std::log(0.15)));
  EXPECT_FLOAT_EQ(rig.log_sigma()[1], static_cast<float>(std::log(5.0)));
}

}  // namespace
}  // namespace vdn::control
