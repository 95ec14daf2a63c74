#include <vdn/control/regulator.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

struct RegulatorRig : ControlRig {
  explicit RegulatorRig(Mode mode) : ControlRig(2) {
    settings.mode = mode;
    settings.band_target = 0.5;  // [.4, .8]
    settings.homeostat_goal = Goal::stay;
  }
  Regulator regulator() {
    return Regulator(settings, {.layer = layer,
                                .values = values,
                                .beta = beta,
                                .planned_steps = 100,
                                .ar_penalty = true,
                                .ar_weight = 2.0,
                                .measure_activity =
                                    [] {
                                      return std::vector<double>{0.1, 0.5};
                                    },
                                .contribution =
                                    [] {
                                      return std::vector<double>{1.0, 1.0};
                                    }});
  }
  StepStatistics statistics() const { return {activity, kl, awake, 1.0, 0.0, 0.0, 0.0, 0.0}; }
  std::vector<double> activity{0.1, 0.5}, kl{0.8, 0.1}, awake{1.0, 1.0};
};

TEST(Regulator, WithoutConstraintsNothingHappens) {
  RegulatorRig rig{Mode{}};
  const std::vector<float> before = rig.values;
  Regulator regulator = rig.regulator();
  std::vector<double> slope{7.0, 7.0};
  EXPECT_EQ(regulator.before_backward(rig.statistics(), slope), 0.0);
  expect_values(slope, {0.0, 0.0});
  regulator.after_step({});
  regulator.after_epoch();
  EXPECT_EQ(rig.values, before);
  expect_values(rig.beta, {1e-3, 1e-3});
}

TEST(Regulator, EachConstraintActsOnlyInItsMode) {
  RegulatorRig penalty{{Constraint::penalty}};
  std::vector<double> slope(2);
  EXPECT_GT(penalty.regulator().before_backward(penalty.statistics(), slope), 0.0);
  EXPECT_LT(slope[0], 0.0);

  RegulatorRig projection{{Constraint::projection}};
  projection.regulator().after_epoch();
  EXPECT_NEAR(projection.biases()[0], 2.0, 1e-6);
  EXPECT_EQ(projection.biases()[1], 1.0f);

  RegulatorRig homeostat{{Constraint::homeostat}};
  homeostat.regulator().after_step(homeostat.statistics());
  EXPECT_GT(homeostat.biases()[0], 1.0f);
  expect_values(homeostat.beta, {1e-3, 1e-3});

  RegulatorRig thermostat{{Constraint::thermostat}};
  thermostat.regulator().after_step(thermostat.statistics());
  EXPECT_EQ(thermostat.biases()[0], 1.0f);
  EXPECT_GT(thermostat.beta[0], 1e-3);
}

TEST(Regulator, RaisesTheArWeightWithTheRamp) {
  RegulatorRig rig{Mode{}};
  rig.settings.warmup = 1;
  rig.settings.ramp = 4;
  Regulator regulator = rig.regulator();
  std::vector<double> weights;
  for (int step = 1; step <= 6; ++step) {
    weights.push_back(regulator.ar_weight());
    regulator.after_step({});
  }
  expect_values(weights, {0.0, 0.5, 1.0, 1.5, 2.0, 2.0});
}

}  // namespace
}  // namespace vdn::control
