#include <vdn/control/projection.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

TEST(Projection, PutsNeuronsOutsideOntoTheEndTheyPassed) {
  ControlRig rig(5);
  rig.context.measure_activity = [] { return std::vector<double>{0.1, 0.5, 3.2, 1e-6, 0.0}; };
  Projection().after_epoch(rig.context);
  const std::vector<float> want{2.0f, 1.0f, 0.5f, 50.0f, 50.0f};  // the last two are cut
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(rig.weights()[2 * i], want[i], 1e-6) << i;
    EXPECT_NEAR(rig.biases()[i], want[i], 1e-6) << i;
  }
}

TEST(Projection, LetsTheMovingAverageFollow) {
  ControlRig rig(1);
  rig.context.averages.activity.add(std::vector<double>{0.2});
  rig.context.measure_activity = [] { return std::vector<double>{0.1}; };
  Projection().after_epoch(rig.context);
  EXPECT_NEAR(rig.context.averages.activity.values()[0], 0.8, 1e-12);
}

TEST(Projection, WaitsForTheWarmUp) {
  ControlRig rig(1);
  rig.settings.warmup = 10;
  rig.context.schedule = Schedule(rig.settings, 100);
  rig.context.step = 10;
  rig.context.measure_activity = [] { return std::vector<double>{0.1}; };
  Projection().after_epoch(rig.context);
  EXPECT_EQ(rig.biases()[0], 1.0f);
}

}  // namespace
}  // namespace vdn::control
