#include <vdn/control/homeostat.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

/// The factor each neuron's bias got.
std::vector<double> act(ControlRig& rig, const std::vector<double>& average) {
  rig.context.averages.activity.add(average);
  Homeostat(rig.settings).after_step(rig.context);
  return {rig.biases().begin(), rig.biases().end()};
}

TEST(Homeostat, LeadsToTheEndsAndToTheGeometricCentre) {
  ControlRig rig(4);
  rig.settings.homeostat_rate = 0.2;
  const std::vector<double> average{0.1, 1.6, 0.5, std::sqrt(0.32)};
  const double eta = 0.2 * (1 + 2 * 0.5);  // two of four outside
  const std::vector<double> want{std::pow(4.0, eta / 2), std::pow(0.5, eta / 2),
                                 std::pow(std::sqrt(0.32) / 0.5, eta / 2), 1.0};
  expect_values(act(rig, average), want, 1e-6);
  // Ours: the average is what it would have been.
  const auto e = rig.context.averages.activity.values();
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(e[i], average[i] * want[i] * want[i], 1e-9);
}

TEST(Homeostat, OtherGoalsInside) {
  ControlRig stay(1), centre(1);
  stay.settings.homeostat_goal = Goal::stay;
  EXPECT_EQ(act(stay, {0.5})[0], 1.0);
  centre.settings.homeostat_goal = Goal::arithmetic;
  centre.settings.homeostat_rate = 0.15;
  EXPECT_NEAR(act(centre, {0.5})[0], std::pow(0.6 / 0.5, 0.075), 1e-6);
}

TEST(Homeostat, RateAndFactorAreCut) {
  ControlRig rig(1);
  rig.settings.homeostat_rate = 0.4;  // times 3 is more than .5
  EXPECT_NEAR(act(rig, {0.2})[0], std::pow(2.0, 0.25), 1e-6);
  ControlRig far(2);
  far.settings.homeostat_rate = 0.5;
  far.settings.homeostat_cap = 1.5;
  expect_values(act(far, {1e-6, 1e6}), {1.5, 1 / 1.5}, 1e-6);
}

TEST(Homeostat, ANeuronOfNoActivityIsLeft) {
  ControlRig rig(1);
  EXPECT_EQ(act(rig, {0.0})[0], 1.0);
}

TEST(Homeostat, ActsEverySomeStepsAfterTheWarmUp) {
  ControlRig rig(1);
  rig.settings.every = 5;
  rig.settings.warmup = 10;
  rig.context.schedule = Schedule(rig.settings, 1000);
  rig.context.averages.activity.add(std::vector<double>{0.1});
  Homeostat homeostat(rig.settings);
  const auto acts_at = [&](std::size_t step) {
    const float before = rig.biases()[0];
    rig.context.step = step;
    homeostat.after_step(rig.context);
    return rig.biases()[0] != before;
  };
  EXPECT_FALSE(acts_at(10));
  EXPECT_FALSE(acts_at(11));
  EXPECT_TRUE(acts_at(15));
  EXPECT_FALSE(acts_at(16));
}

}  // namespace
}  // namespace vdn::control
