#include <vdn/search/regime_rules.hpp>

#include <gtest/gtest.h>

#include <limits>

#include "support/support.hpp"

namespace vdn::search {
namespace {

EpochRecord healthy(std::size_t epoch = 3) {
  EpochRecord e;
  e.epoch = epoch;
  e.score = 1.0;
  e.alive = 0.9;
  e.info = 5.0;
  return e;
}

TEST(RegimeRules, LetAHealthyTrialGoOn) {
  EXPECT_EQ(regime_verdict(Settings{}, healthy()), "");
}

TEST(RegimeRules, EachNamesItsFigure) {
  EpochRecord nothing = healthy(), fallen = healthy(), silent = healthy();
  nothing.score = std::numeric_limits<double>::quiet_NaN();
  fallen.collapse = "posterior";
  silent.alive = 0.01;
  silent.info = 0.02;
  EXPECT_TRUE(test::holds(regime_verdict(Settings{}, nothing), "is no number"));
  EXPECT_EQ(regime_verdict(Settings{}, fallen), "collapse in epoch 3: posterior");
  EXPECT_EQ(regime_verdict(Settings{}, silent),
            "information: 1% of the neurons tell anything in epoch 3, 0.02 nats in all");
}

TEST(RegimeRules, TheFirstEpochIsFree) {
  EpochRecord e = healthy(1);
  e.alive = 0;
  e.collapse = "posterior";
  EXPECT_EQ(regime_verdict(Settings{}, e), "");
}

TEST(RegimeRules, NeuronsThatDoNotDrawAreNotAsked) {
  EpochRecord e = healthy();
  e.alive = 0;
  Settings settings;
  settings.twin = Twin::mixture;
  EXPECT_EQ(regime_verdict(settings, e), "");
}

}  // namespace
}  // namespace vdn::search
