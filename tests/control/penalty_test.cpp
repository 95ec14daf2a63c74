#include <vdn/control/penalty.hpp>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

/// Penalty and slopes of activities .3 (low), .5 (inside), 1 (high) in bands [.4, .8].
struct Result {
  double penalty;
  std::vector<double> slope;
};
Result penalise(ControlRig& rig, std::vector<double> activity) {
  rig.context.statistics.activity = activity;
  Result result{0.0, std::vector<double>(activity.size())};
  result.penalty = Penalty(rig.settings).before_backward(rig.context, result.slope);
  return result;
}

TEST(Penalty, AbsoluteDistances) {
  ControlRig rig(3);
  rig.settings.penalty_form = PenaltyForm::absolute;
  rig.settings.penalty_weight = 1.5;
  rig.settings.penalty_low = 2.0;
  const Result r = penalise(rig, {0.3, 0.5, 1.0});
  EXPECT_NEAR(r.penalty, 1.5 / 3 * (2 * 0.1 * 0.1 + 0.2 * 0.2), 1e-12);
  expect_values(r.slope, {1.5 / 3 * 2 * 2 * -0.1, 0.0, 1.5 / 3 * 2 * 0.2});
}

TEST(Penalty, RelativeDistancesAreOverTheEndThatWasPassed) {
  ControlRig rig(3);
  rig.settings.penalty_weight = 3.0;
  const Result r = penalise(rig, {0.3, 0.5, 1.0});
  EXPECT_NEAR(r.penalty, 0.25 * 0.25 + 0.25 * 0.25, 1e-12);
  expect_values(r.slope, {-2 * 0.25 / 0.4, 0.0, 2 * 0.25 / 0.8});
}

TEST(Penalty, AnEndCountsForAThousandthAtLeast) {
  ControlRig rig(1);
  rig.settings.penalty_weight = 1.0;
  rig.context.bands = {{1e-4}, {2e-4}};
  EXPECT_NEAR(penalise(rig, {7e-4}).penalty, 0.5 * 0.5, 1e-12);
}

TEST(Penalty, HighNeuronsCountLessWhileManyAreLow) {
  ControlRig rig(4);
  rig.settings.penalty_weight = 4.0;
  const std::vector<double> activity{0.2, 0.2, 0.5, 1.6};  // half of them low
  EXPECT_NEAR(penalise(rig, activity).penalty, 0.25 + 0.25 + 0.3 * 1.0, 1e-12);
  rig.settings.penalty_focus = 0.5;
  EXPECT_NEAR(penalise(rig, activity).penalty, 0.25 + 0.25 + 1.0, 1e-12);
}

TEST(Penalty, FocusFollowsTheMovingAverage) {
  ControlRig rig(2);
  rig.settings.penalty_weight = 2.0;
  Penalty penalty(rig.settings);
  std::vector<double> slope(2);
  const auto act = [&](std::vector<double> activity) {
    rig.context.statistics.activity = activity;
    return penalty.before_backward(rig.context, slope);
  };
  EXPECT_NEAR(act({0.5, 1.6}), 1.0, 1e-12);         // average 0
  for (int i = 0; i < 11; ++i) act({0.2, 0.5});     // half are low: .5 (1 - .9^11) = .343 < .35
  EXPECT_NEAR(act({0.2, 1.6}), 0.25 + 0.3, 1e-12);  // .359
}

TEST(Penalty, GrowsWithTheRamp) {
  ControlRig rig(1);
  rig.settings.penalty_weight = 1.0;
  rig.settings.warmup = 10;
  rig.settings.ramp = 20;
  rig.context.schedule = Schedule(rig.settings, 100);
  const auto at = [&](std::size_t step) {
    rig.context.step = step;
    return penalise(rig, {1.6});
  };
  EXPECT_EQ(at(10).penalty, 0.0);
  EXPECT_EQ(at(10).slope[0], 0.0);
  EXPECT_NEAR(at(15).penalty, 0.25, 1e-12);
  EXPECT_NEAR(at(15).slope[0], 0.25 * 2 / 0.8, 1e-12);
}

}  // namespace
}  // namespace vdn::control
