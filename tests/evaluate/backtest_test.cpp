#include <vdn/evaluate/backtest.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

/// A forecaster with its initial weights: scoring does not ask how well it was trained.
Forecaster untrained(const LoadedData& data, Split split, Settings settings = small_settings()) {
  struct Silent : TrainingObserver {
    bool stop_requested() override { return true; }
  } silent;
  Scheduler scheduler(1);
  return fit_forecaster(data, {.settings = settings, .preset = "default", .split = split}, scheduler, silent);
}

BacktestTable backtest_once(Forecaster& model, const LoadedData& data, const std::string& protocol, bool baselines,
                            std::size_t threads = 2) {
  Scheduler scheduler(threads);
  return backtest({&model}, data, protocol, baselines, scheduler);
}

std::string message_of(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(TestRows, AreTheModelsOwnOrTheBenchmarks) {
  const LoadedData data = small_data(400);
  const Forecaster model = untrained(data, Split::automatic);
  for (const char* protocol : {"", "auto", "ltsf"}) {
    const Range rows = test_rows(model, data, protocol);
    EXPECT_EQ(rows.begin, 320u) << protocol;
    EXPECT_EQ(rows.end, 400u) << protocol;
  }
  EXPECT_EQ(test_rows(model, small_data(600), "auto").end, 400u) << "the model's own test part, not what came later";
  EXPECT_EQ(test_rows(model, small_data(350), "auto").end, 350u);
}

TEST(TestRows, AreWhatCameLaterWhenNothingWasHeldOut) {
  const LoadedData data = small_data(400);
  const Forecaster model = untrained(data, Split::all);
  const Range rows = test_rows(model, small_data(450), "auto");
  EXPECT_EQ(rows.begin, 400u);
  EXPECT_EQ(rows.end, 450u);
  expect_part(message_of([&] { test_rows(model, data, "auto"); }, ErrorKind::data), "hold no window");
  const std::string seen = message_of([&] { test_rows(model, data, "ltsf"); }, ErrorKind::data);
  expect_part(seen, "has seen 80 of the 80 test rows [320, 400)");
  expect_part(seen, "--split ltsf");
}

TEST(TestRows, RefusesUnknownProtocols) {
  const LoadedData data = small_data(400);
  const Forecaster model = untrained(data, Split::automatic);
  expect_part(message_of([&] { test_rows(model, data, "lstf"); }, ErrorKind::usage), "did you mean 'ltsf'?");
  expect_part(message_of([&] { test_rows(model, data, "nonsense"); }, ErrorKind::usage), "known are");
}

TEST(Backtest, ScoresEveryWindowOnce) {
  const LoadedData data = small_data(400);
  Forecaster model = untrained(data, Split::automatic);
  const BacktestTable table = backtest_once(model, data, "ltsf", true);
  EXPECT_EQ(table.source, "small.csv");
  EXPECT_EQ(table.protocol, "ltsf");
  EXPECT_EQ(table.horizon, 4u);
  EXPECT_EQ(table.origins, 77u);  // 80 - 4 + 1
  EXPECT_EQ(table.windows, 154u);
  ASSERT_EQ(table.rows_of_table.size(), 5u);
  const char* names[] = {"vdn default", "repeat last", "seasonal naive", "ridge line", "ridge line, quantiles"};
  for (std::size_t i = 0; i < 5; ++i) {
    const BacktestRow& row = table.rows_of_table[i];
    EXPECT_EQ(row.name, names[i]);
    EXPECT_EQ(row.scaled.windows, 154u);
    EXPECT_EQ(row.scaled.points, 616u);
    EXPECT_EQ(row.scaled_by_step.size(), 4u);
    EXPECT_EQ(row.scaled_by_series.size(), 2u);
    EXPECT_GT(row.scaled.crps, 0.0);
    EXPECT_GE(row.fit_seconds, 0.0);
  }
  EXPECT_EQ(backtest_once(model, data, "auto", false).protocol, "auto");
}

TEST(Backtest, RanksTheSeasonalNaiveFirstOnASine) {
  const LoadedData data = small_data(400);
  Forecaster model = untrained(data, Split::automatic);
  const auto rows = backtest_once(model, data, "auto", true).rows_of_table;
  EXPECT_LT(rows[2].scaled.crps, rows[1].scaled.crps);
  EXPECT_LT(rows[3].scaled.mse, rows[1].scaled.mse);
  EXPECT_NEAR(rows[3].scaled.mse, rows[4].scaled.mse, 0.05 * rows[3].scaled.mse) << "the same line, another spread";
}

TEST(Backtest, GivesTheSameNumbersForAnyThreads) {
  const LoadedData data = small_data(400);
  Forecaster model = untrained(data, Split::automatic);
  const auto one = backtest_once(model, data, "auto", true, 1).rows_of_table;
  const auto three = backtest_once(model, data, "auto", true, 3).rows_of_table;
  ASSERT_EQ(one.size(), three.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(std::memcmp(&one[i].scaled, &three[i].scaled, sizeof(Metrics)), 0) << one[i].name;
    EXPECT_EQ(std::memcmp(&one[i].original, &three[i].original, sizeof(Metrics)), 0) << one[i].name;
  }
}

TEST(Backtest, LeavesOutMissingTargets) {
  const LoadedData whole = small_data(400);
  Forecaster model = untrained(whole, Split::automatic);
  LoadedData data = whole;
  data.series.values[399] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(backtest_once(model, data, "auto", false).rows_of_table[0].scaled.points, 615u);
}

TEST(Backtest, TellsForecastersAsTheyStartAndNamesThemApart) {
  const LoadedData data = small_data(400);
  Forecaster model = untrained(data, Split::automatic);
  std::vector<std::string> told;
  Scheduler scheduler(1);
  const auto table =
      backtest({&model, &model}, data, "auto", true, scheduler, [&](const std::string& name) { told.push_back(name); });
  EXPECT_EQ(told.size(), 6u);
  EXPECT_EQ(told.back(), "ridge line, quantiles");
  EXPECT_EQ(table.rows_of_table[1].name, "vdn default (2)");
}

TEST(Backtest, RefusesWhatCannotStandInOneTable) {
  const LoadedData data = small_data(400);
  Forecaster model = untrained(data, Split::automatic), all = untrained(data, Split::all);
  Settings longer = small_settings();
  longer.horizon = 6;
  Forecaster other = untrained(data, Split::automatic, longer);
  Scheduler scheduler(1);
  expect_part(message_of(
                  [&] {
                    backtest({&model, &other}, data, "auto", false, scheduler);
                  },
                  ErrorKind::usage),
              "forecasts 6 rows");
  expect_part(message_of(
                  [&] {
                    backtest({&model, &all}, data, "auto", false, scheduler);
                  },
                  ErrorKind::data),
              "other training rows");
  expect_part(message_of([&] { backtest({&all}, data, "ltsf", false, scheduler); }, ErrorKind::data), "has seen");
  message_of([&] { backtest({&model}, small_data(400, 3), "auto", false, scheduler); }, ErrorKind::data);
}

TEST(TestRows, KnowsSeenRowsByTheirTimes) {
  // A table with 100 older rows in front: by number its last rows are new, by time they were fitted on.
  const LoadedData data = small_data();
  const Forecaster model = untrained(data, Split::all);
  LoadedData longer = data;
  std::vector<std::int64_t> times;
  for (std::int64_t t = 0; t < 500; ++t) times.push_back(data.series.times.front() + 3600 * (t - 100));
  std::vector<double> values;
  for (std::size_t d = 0; d < data.series.count(); ++d) {
    const auto series = data.series.series(d);
    values.insert(values.end(), series.begin(), series.begin() + 100);
    values.insert(values.end(), series.begin(), series.end());
  }
  longer.series.times = times;
  longer.series.values = values;
  EXPECT_NE(message_of([&] { test_rows(model, longer, "auto"); }, ErrorKind::data).find("has seen"), std::string::npos);
}

}  // namespace
}  // namespace vdn
