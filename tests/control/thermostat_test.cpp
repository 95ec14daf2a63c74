#include <vdn/control/thermostat.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

/// Prices from 1e-3 each after one act.
std::vector<double> act(ControlRig& rig, const std::vector<double>& kl, const std::vector<double>& awake) {
  rig.context.averages.kl.add(kl);
  rig.context.averages.awake.add(awake);
  Thermostat(rig.settings).after_step(rig.context);
  return rig.beta;
}

TEST(Thermostat, ThePriceFollowsTheInformation) {
  ControlRig rig(3);  // .05 to .30 nats are right
  const auto beta = act(rig, {0.01, 0.1, 0.8}, {1, 1, 1});
  expect_values(beta, {1e-3 * std::exp(0.2 * -0.04), 1e-3, 1e-3 * std::exp(0.2 * 0.5)});
}

TEST(Thermostat, EmergencyLowersTheDeadOnes) {
  ControlRig rig(2);
  const auto beta = act(rig, {0.0, 0.5}, {0.04, 0.04});
  // err = -.05 - (.05 + .5) = -.6; err = .2 - (.2 + .5) = -.5
  expect_values(beta, {1e-3 * std::exp(0.2 * -0.6), 1e-3 * std::exp(0.2 * -0.5)});
}

TEST(Thermostat, PricesAreCutToTheirRange) {
  ControlRig rig(2);
  rig.settings.beta_highest = 2e-3;
  rig.settings.beta_lowest = 9e-4;
  rig.beta = {1.9e-3, 1e-3};
  expect_values(act(rig, {9.0, 0.0}, {1, 0}), {2e-3, 9e-4});
}

TEST(Thermostat, PricesAreCutToFourTimesTheMean) {
  ControlRig rig(8);
  rig.beta = {8e-3, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 4e-4};
  const double mean = 9e-3 / 8;
  const auto beta = act(rig, std::vector<double>(8, 0.1), std::vector<double>(8, 1.0));
  EXPECT_NEAR(beta[0], 4 * mean, 1e-12);
  EXPECT_NEAR(beta[1], mean / 4, 1e-12);
  EXPECT_NEAR(beta[7], 4e-4, 1e-12);
}

TEST(Thermostat, NoInformationIsTooMuchForIt) {
  ControlRig rig(1);
  const auto beta = act(rig, {1e30}, {1});
  EXPECT_EQ(beta[0], rig.settings.beta_highest);
}

}  // namespace
}  // namespace vdn::control
