#include <vdn/train/fit_advice.hpp>

#include <gtest/gtest.h>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

DataProfile profile_of(const LoadedData& data) {
  Scheduler scheduler(1);
  return profile(data.series, scheduler);
}

/// Without any season: rising numbers.
LoadedData rising(std::size_t rows) {
  LoadedData data = small_data(rows, 1);
  for (std::size_t t = 0; t < rows; ++t) data.series.values[t] = static_cast<double>(t);
  return data;
}

TEST(UsualHorizon, IsOneSeasonThatFits) {
  EXPECT_EQ(usual_horizon(small_data(600), profile_of(small_data(600))), 24u);
  EXPECT_EQ(usual_horizon(small_data(200), profile_of(small_data(200))), 10u);
  EXPECT_EQ(usual_horizon(rising(1000), profile_of(rising(1000))), 24u);
  EXPECT_EQ(usual_horizon(rising(7), profile_of(rising(7))), 1u);
  LoadedData named = rising(1000);
  named.set = find_named("exchange");
  EXPECT_EQ(usual_horizon(named, profile_of(named)), named.set->horizon);
}

TEST(Advise, SetsLookbackAverageAndBatchForTheTable) {
  const LoadedData data = small_data(2000, 2);  // 1400 training rows
  const FitAdvice advice = advise(data, profile_of(data), 24);
  EXPECT_EQ(advice.training_rows, 1400u);
  EXPECT_EQ(advice.season, 24u);
  EXPECT_EQ(advice.job.settings.lookback, 336u);
  EXPECT_EQ(advice.job.settings.moving_average, 25u);
  EXPECT_EQ(advice.job.settings.horizon, 24u);
  EXPECT_EQ(advice.job.split, Split::automatic);
  ASSERT_TRUE(advice.plan);
  // (1400 - 336 - 24 + 1) * 2 = 2082 windows: 8 steps of 256, 16 of 128, 32 of 64.
  EXPECT_EQ(advice.job.settings.batch, 64u);
  EXPECT_EQ(advice.plan->steps_per_epoch, 32u);
  EXPECT_EQ(advice.plan->memory, plan_fit(data, advice.job).memory);
}

TEST(Advise, OfATableWithoutSeasonsAndOfAShortOne) {
  const LoadedData data = rising(1000);
  const FitAdvice advice = advise(data, profile_of(data), 10);
  EXPECT_EQ(advice.season, 0u);
  EXPECT_EQ(advice.job.settings.lookback, 96u);
  EXPECT_EQ(advice.job.settings.moving_average, 25u);
  const FitAdvice brief = advise(rising(60), profile_of(rising(60)), 4);
  EXPECT_EQ(brief.job.settings.lookback, 10u);  // a quarter of 42
  EXPECT_EQ(brief.job.settings.moving_average, 10u);
  EXPECT_EQ(brief.job.settings.batch, 16u);
  EXPECT_TRUE(brief.plan);
}

TEST(UsualLookback, IsThatOfThePresetWhereTheTableIsLongEnough) {
  Scheduler scheduler(1);
  FitJob job;
  job.settings.horizon = 24;
  job.split = Split::automatic;
  const auto usual = [&](const LoadedData& data) { return usual_lookback(data, job, scheduler); };
  EXPECT_EQ(usual(small_data(1955, 2)), 336u) << "1368 training rows hold 4 * 336 + 24";
  EXPECT_EQ(usual(small_data(1900, 2)), 312u) << "whole days of a quarter of 1330";
  EXPECT_EQ(usual(small_data(990, 2)), 168u) << "whole days of a quarter of 693";
  EXPECT_EQ(usual(rising(100)), 17u) << "a quarter of 70";
  job.settings.lookback = 12;
  EXPECT_EQ(usual(rising(100)), 12u) << "never longer than what was there";
  job.settings.lookback = 0;
  EXPECT_EQ(usual(rising(100)), 0u) << "to be chosen";
  job.settings.lookback = 336;
  job.split = Split::probts;
  EXPECT_EQ(usual(rising(100)), 336u) << "prescribed";
  job.split = Split::automatic;
  LoadedData apart = small_data(2000, 1);
  apart.series.extent = {{1000, 1600}};
  EXPECT_EQ(usual(apart), 96u) << "400 training rows of its own: whole days of a quarter";
}

TEST(Advise, KeepsTheReasonOfARefusal) {
  const LoadedData data = rising(100);
  const FitAdvice advice = advise(data, profile_of(data), 60);
  EXPECT_FALSE(advice.plan);
  expect_part(advice.refusal, "small.csv");
}

}  // namespace
}  // namespace vdn
