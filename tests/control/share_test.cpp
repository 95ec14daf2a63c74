#include <vdn/control/share.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

/// The weight after one act from `weight`, at ramp 1.
double act(double weight, double ar, double rest, double ramp_steps = 0.0, std::size_t step = 1) {
  ControlRig rig(1);
  rig.settings.ramp = ramp_steps;
  rig.context.schedule = Schedule(rig.settings, 1000);
  rig.context.step = step;
  rig.context.ar_penalty = true;
  rig.context.ar_weight = weight;
  rig.context.statistics.mse = 0.5 * rest;
  rig.context.statistics.price = 0.3 * rest;
  rig.context.statistics.band = 0.2 * rest;
  rig.context.statistics.ar = ar;
  Share(rig.settings).after_step(rig.context);
  return rig.context.ar_weight;
}

TEST(Share, LeadsToTheTarget) {
  EXPECT_NEAR(act(2.0, 0.1, 1.8), 2.0 * std::exp(-0.1 * (0.1 - 0.2)), 1e-12);  // share .2/2
  EXPECT_NEAR(act(1.0, 0.25, 0.75), std::exp(-0.1 * 0.05), 1e-12);             // share .25
}

TEST(Share, AboveTheMostTheWeightFallsFaster) {
  // Ours multiplies by both factors; in the source the second replaces the first: exp(-.2 (.5 - .3)) alone.
  EXPECT_NEAR(act(1.0, 1.0, 1.0), std::exp(-0.1 * 0.3 - 0.2 * 0.2), 1e-12);
}

TEST(Share, IsOfThePenaltyAsItStandsInTheLoss) {
  EXPECT_NEAR(act(1.0, 1.0, 1.0, 4, 1), std::exp(-0.1 * (0.2 - 0.2)), 1e-12);  // ramp 1/4: .25 / 1.25
}

TEST(Share, TheWeightIsCut) {
  EXPECT_EQ(act(9.999, 0.0, 1.0), 10.0);
  EXPECT_EQ(act(0.2501, 100.0, 1.0), 0.25);
}

TEST(Share, WaitsForAPenalty) {
  ControlRig rig(1);
  rig.context.ar_weight = 3.0;
  rig.context.statistics.ar = 1.0;
  Share(rig.settings).after_step(rig.context);  // the loss holds none
  EXPECT_EQ(rig.context.ar_weight, 3.0);
  EXPECT_EQ(act(3.0, 0.0, 0.0), 3.0);  // a loss of nothing
}

}  // namespace
}  // namespace vdn::control
