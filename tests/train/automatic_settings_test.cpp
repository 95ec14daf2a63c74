// What is left to the program, and what is not.

#include <vdn/train/automatic_settings.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include <vdn/core/error.hpp>
#include <vdn/train/observer.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

FitJob automatic_job() {
  FitJob job;
  job.settings = test::small_settings();
  job.settings.lookback = 0;
  job.settings.line_loss.reset();
  return job;
}

TEST(AutomaticSettings, AreFilledAndRecorded) {
  FitJob job = automatic_job();
  Scheduler scheduler(2);
  const auto choice = choose_automatic_settings(test::small_data(), job, scheduler);
  ASSERT_TRUE(choice.has_value());
  EXPECT_FALSE(has_automatic_settings(job.settings));
  EXPECT_EQ(job.settings.lookback, choice->lookback);
  EXPECT_EQ(job.settings.line_penalty, choice->options.penalty);
  EXPECT_EQ(job.origins.at("window.lookback"), "chosen by rolling origins");
  EXPECT_EQ(job.origins.at("line.rank"), "chosen by rolling origins");
  EXPECT_EQ(job.origins.at("line.loss"), "chosen by rolling origins");
  EXPECT_EQ(job.settings.line_loss == LineLoss::robust, choice->options.robust);
  EXPECT_FALSE(choose_automatic_settings(test::small_data(), job, scheduler).has_value()) << "nothing is left";
}

TEST(AutomaticSettings, FindTheCycleAShortLookbackDoesNotShow) {
  FitJob job = automatic_job();
  job.settings.lookback = 6;
  job.settings.horizon = 24;
  Scheduler scheduler(2);
  const auto choice = choose_automatic_settings(test::small_data(1200), job, scheduler);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(job.settings.line_cycle, 24u);
  EXPECT_EQ(job.origins.at("line.cycle"), "chosen by rolling origins");
  job = automatic_job();
  job.settings.lookback = 48;  // two days
  choose_automatic_settings(test::small_data(1200), job, scheduler);
  EXPECT_EQ(job.settings.line_cycle, 0u);
  job = automatic_job();
  job.settings.lookback = 6;
  job.settings.line = LineMode::none;
  choose_automatic_settings(test::small_data(1200), job, scheduler);
  EXPECT_EQ(job.settings.line_cycle, 0u) << "it belongs to the line";
}

TEST(AutomaticSettings, WhatIsSetStays) {
  FitJob job = automatic_job();
  job.settings.lookback = 30;
  job.settings.line_penalty = 7.5;
  job.settings.line_rank = 2;
  Scheduler scheduler(2);
  const auto choice = choose_automatic_settings(test::small_data(), job, scheduler);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(choice->lookback, 30u);
  EXPECT_EQ(job.settings.line_penalty, 7.5);
  EXPECT_EQ(job.settings.line_rank, 2u);
  EXPECT_EQ(job.settings.line_level, LineLevel::carried);
  EXPECT_FALSE(job.origins.contains("line.penalty"));
}

TEST(AutomaticSettings, StandAtTheUsualOnesWhereNothingCanBeJudged) {
  LoadedData data = test::small_data();
  for (std::size_t t = 0; t < data.series.values.size(); t += 5)
    data.series.values[t] = std::nan("");  // no complete window
  FitJob job = automatic_job();
  Scheduler scheduler(1);
  EXPECT_FALSE(choose_automatic_settings(data, job, scheduler).has_value());
  EXPECT_FALSE(has_automatic_settings(job.settings));
  EXPECT_EQ(job.settings.line_rank, 0u);
  EXPECT_EQ(job.settings.line_penalty, 1);
  EXPECT_EQ(job.settings.line_drift, LineDrift::none);
  EXPECT_GT(job.settings.lookback, 0u);
  EXPECT_EQ(job.origins.at("line.rank"), "no validation to choose by");
}

/// One series whose steps are drawn.
LoadedData random_walk(std::size_t rows) {
  LoadedData data = test::small_data(rows, 1);
  std::mt19937 bits(3);
  double level = 0;
  for (double& value : data.series.values) value = level += static_cast<double>(bits()) / 4294967296.0 - .5;
  return data;
}

TEST(AutomaticSettings, JudgeThePenaltyByFewWindows) {
  FitJob job = automatic_job();
  job.settings.lookback = 90;  // 117 windows of 210 training rows: not twice as many as weights
  Scheduler scheduler(2);
  const auto walk = choose_automatic_settings(random_walk(300), job, scheduler);
  ASSERT_TRUE(walk.has_value());
  EXPECT_GE(job.settings.line_penalty, 10) << "nothing but the last value helps";
  EXPECT_EQ(job.settings.line_drift, LineDrift::none);
  EXPECT_EQ(job.origins.at("line.penalty"), "chosen by rolling origins");
  job = automatic_job();
  job.settings.lookback = 90;
  ASSERT_TRUE(choose_automatic_settings(test::small_data(300, 1), job, scheduler).has_value());
  EXPECT_LE(job.settings.line_penalty, 1) << "a day is learned from few windows too";
  job = automatic_job();
  job.settings.lookback = 90;
  job.settings.line_cycle = 24;
  EXPECT_FALSE(choose_automatic_settings(random_walk(300), job, scheduler).has_value())
      << "a profile is not judged by so few";
}

TEST(AutomaticSettings, AFitHoldsWhatWasChosen) {
  FitJob job = automatic_job();
  job.settings.line_rank = 3;
  Scheduler scheduler(2);
  TrainingObserver silent;
  const Forecaster model = fit_forecaster(test::small_data(), job, scheduler, silent);
  EXPECT_FALSE(has_automatic_settings(model.settings()));
  EXPECT_EQ(model.line().rank, 3u);
  EXPECT_EQ(model.line().lookback, model.settings().lookback);
  EXPECT_EQ(model.origins().at("window.lookback"), "chosen by rolling origins");
}

TEST(AutomaticSettings, WordsAreReadAndPrinted) {
  Settings s;
  const auto& table = settings_table();
  table.set(s, "line.penalty", "0.5", "test");
  EXPECT_EQ(s.line_penalty, .5);
  table.set(s, "line.penalty", "auto", "test");
  EXPECT_FALSE(s.line_penalty.has_value());
  table.set(s, "line.level", "free", "test");
  EXPECT_EQ(s.line_level, LineLevel::free);
  table.set(s, "window.lookback", "auto", "test");
  EXPECT_EQ(s.lookback, 0u);
  EXPECT_THROW(table.set(s, "window.lookback", "0", "test"), Error);
  EXPECT_THROW(table.set(s, "line.rank", "65", "test"), Error);
  EXPECT_THROW(table.set(s, "line.level", "loose", "test"), Error);
}

}  // namespace
}  // namespace vdn
