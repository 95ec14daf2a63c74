#include <vdn/control/schedule.hpp>

#include <gtest/gtest.h>

namespace vdn::control {
namespace {

Schedule schedule(double warmup, double ramp, std::size_t planned = 1000) {
  ControlSettings settings;
  settings.warmup = warmup;
  settings.ramp = ramp;
  return {settings, planned};
}

TEST(Schedule, BelowOneAreSharesOfThePlannedSteps) {
  const Schedule s = schedule(0.05, 0.1);
  EXPECT_FALSE(s.warm(50));
  EXPECT_TRUE(s.warm(51));
  EXPECT_EQ(s.ramp(50), 0.0);
  EXPECT_DOUBLE_EQ(s.ramp(51), 0.01);
  EXPECT_DOUBLE_EQ(s.ramp(100), 0.5);
  EXPECT_DOUBLE_EQ(s.ramp(150), 1.0);
  EXPECT_DOUBLE_EQ(s.ramp(900), 1.0);
}

TEST(Schedule, FromOneOnTheyAreSteps) {
  const Schedule s = schedule(64, 96);  // the source's
  EXPECT_FALSE(s.warm(64));
  EXPECT_DOUBLE_EQ(s.ramp(64 + 24), 0.25);
  EXPECT_DOUBLE_EQ(s.ramp(64 + 96), 1.0);
}

TEST(Schedule, WithoutRampThePenaltiesStandAtOnce) {
  const Schedule s = schedule(0, 0);
  EXPECT_TRUE(s.warm(1));
  EXPECT_EQ(s.ramp(1), 1.0);
}

}  // namespace
}  // namespace vdn::control
