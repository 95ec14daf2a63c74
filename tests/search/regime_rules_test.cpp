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

TrialRecord trial_of(double score) {
  TrialRecord t;
  t.score = score;
  return t;
}

TEST(RegimeRules, LetAHealthyTrialGoOn) {
  EXPECT_EQ(regime_verdict(Settings{}, trial_of(0.9), healthy()), "");
}

TEST(RegimeRules, EachNamesItsFigure) {
  EpochRecord runaway = healthy(), nothing = healthy(), fallen = healthy(), silent = healthy();
  runaway.score = 2.1;
  nothing.score = std::numeric_limits<double>::quiet_NaN();
  fallen.collapse = "posterior";
  silent.alive = 0.01;
  silent.info = 0.02;
  EXPECT_EQ(regime_verdict(Settings{}, trial_of(1.0), runaway),
            "divergence: the validation score is 2.10 in epoch 3, was 1.00");
  EXPECT_TRUE(test::holds(regime_verdict(Settings{}, trial_of(1.0), nothing), "is no number"));
  EXPECT_EQ(regime_verdict(Settings{}, trial_of(1.0), fallen), "collapse in epoch 3: posterior");
  EXPECT_EQ(regime_verdict(Settings{}, trial_of(1.0), silent),
            "information: 1% of the neurons tell anything in epoch 3, 0.02 nats in all");
}

TEST(RegimeRules, TheFirstEpochIsFree) {
  EpochRecord e = healthy(1);
  e.alive = 0;
  e.collapse = "posterior";
  EXPECT_EQ(regime_verdict(Settings{}, trial_of(-5.0), e), "");
}

TEST(RegimeRules, NeuronsThatDoNotDrawAreNotAsked) {
  EpochRecord e = healthy();
  e.alive = 0;
  Settings settings;
  settings.twin = Twin::mixture;
  EXPECT_EQ(regime_verdict(settings, trial_of(1.0), e), "");
}

}  // namespace
}  // namespace vdn::search
