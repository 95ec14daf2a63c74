#include <vdn/control/settings.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace vdn::control {
namespace {

TEST(ControlMode, NamedModesHoldTheConstraintsOfTheMethod) {
  EXPECT_TRUE(parse_mode("none").empty());
  EXPECT_EQ(parse_mode("penalty"), (Mode{Constraint::penalty, Constraint::calibration}));
  EXPECT_EQ(parse_mode("projection"), (Mode{Constraint::penalty, Constraint::projection}));
  EXPECT_EQ(parse_mode("homeostasis").list().size(), 6u);
  EXPECT_FALSE(parse_mode("homeostasis").has(Constraint::projection));
  EXPECT_EQ(parse_mode("budget"), Mode{Constraint::budget});
}

TEST(ControlMode, ComposesConstraintsInAnyOrder) {
  const Mode mode = parse_mode(" homeostat + penalty ");
  EXPECT_EQ(mode.list(), (std::vector<Constraint>{Constraint::penalty, Constraint::homeostat}));
  EXPECT_EQ(print_mode(mode), "penalty+homeostat");
}

TEST(ControlMode, EveryModePrintsToWhatReadsBack) {
  for (unsigned bits = 0; bits < 1u << constraint_kinds; ++bits) {
    Mode mode;
    for (unsigned i = 0; i < constraint_kinds; ++i) {
      if (bits >> i & 1u) mode.add(static_cast<Constraint>(i));
    }
    EXPECT_EQ(parse_mode(print_mode(mode)), mode) << print_mode(mode);
  }
}

TEST(ControlMode, ASingleConstraintIsToldFromTheModeOfItsName) {
  EXPECT_EQ(print_mode({Constraint::penalty}), "penalty+");
  EXPECT_EQ(parse_mode("penalty+"), Mode{Constraint::penalty});
}

TEST(ControlMode, AnUnknownWordIsNamedWithTheNearest) {
  try {
    parse_mode("penalty+homeostta");
    FAIL() << "was read";
  } catch (const std::invalid_argument& problem) {
    EXPECT_NE(std::string(problem.what()).find("'homeostta'"), std::string::npos);
    EXPECT_NE(std::string(problem.what()).find("'homeostat'"), std::string::npos) << problem.what();
  }
  EXPECT_THROW(parse_mode(""), std::invalid_argument);
  EXPECT_THROW(parse_mode("+"), std::invalid_argument);
}

TEST(HoldsBand, WhenAConstraintMovesNeuronsIntoOne) {
  EXPECT_FALSE(holds_band({}));
  EXPECT_FALSE(holds_band(
      {Constraint::budget, Constraint::guard, Constraint::thermostat, Constraint::share, Constraint::calibration}));
  for (const Constraint c : {Constraint::penalty, Constraint::projection, Constraint::homeostat}) {
    EXPECT_TRUE(holds_band({c}));
  }
}

}  // namespace
}  // namespace vdn::control
