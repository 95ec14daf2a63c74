#include <vdn/evaluate/protocol.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/backtest.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

Settings probts_settings() {
  Settings s = small_settings();
  s.lookback = 96;
  return s;
}

/// A forecaster with its initial weights.
Forecaster untrained(const LoadedData& data, Split split, const Settings& settings) {
  struct Silent : TrainingObserver {
    bool stop_requested() override { return true; }
  } silent;
  Scheduler scheduler(1);
  return fit_forecaster(data, {.settings = settings, .split = split}, scheduler, silent);
}

TestPart part_of(const Forecaster& model, const LoadedData& data, const std::string& protocol) {
  return test_part(model, data, protocol, window_shape(model.settings()));
}

void expect_refused(ErrorKind kind, const std::vector<std::string>& parts, const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "no error with '" << parts.front() << "'";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << " is not in: " << error.what();
    }
  }
}

TEST(Protocol, Names) {
  EXPECT_EQ(parse_protocol(""), Protocol::own);
  EXPECT_EQ(parse_protocol("auto"), Protocol::own);
  EXPECT_EQ(parse_protocol("ltsf"), Protocol::ltsf);
  EXPECT_EQ(parse_protocol("probts"), Protocol::probts);
  EXPECT_EQ(parse_protocol("source"), Protocol::source);
  expect_refused(ErrorKind::usage, {"'probst'", "did you mean 'probts'?"}, [] { parse_protocol("probst"); });
  expect_refused(ErrorKind::usage, {"known are auto, ltsf, probts and source"}, [] { parse_protocol("whatever"); });
}

TEST(ProtocolProbts, TakesEvery96thOriginOfAllSeries) {
  const LoadedData data = small_data(1200);  // test rows [960, 1200)
  const Forecaster model = untrained(data, Split::ltsf, probts_settings());
  const TestPart part = part_of(model, data, "probts");
  EXPECT_EQ(part.protocol, Protocol::probts);
  EXPECT_EQ(part.name, "probts");
  EXPECT_EQ(part.rows.begin, 960u);
  EXPECT_EQ(part.rows.end, 1200u);
  ASSERT_EQ(part.windows.count(), 6u);  // ceil((240 - 4) / 96) = 3 origins, 2 series
  const std::vector<Window> windows = windows_by_origin(part.windows);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(windows[i].origin, 960 + 96 * (i / 2));
    EXPECT_EQ(windows[i].series, i % 2);
  }
}

TEST(ProtocolProbts, LeavesOutTheWindowThatFitsExactly) {
  Settings settings = probts_settings();
  settings.horizon = 48;
  const LoadedData data = small_data(1200);  // 240 - 48 = 2 x 96: a third window would end with the last row
  const Forecaster model = untrained(data, Split::ltsf, settings);
  EXPECT_EQ(part_of(model, data, "probts").windows.count(), 4u);
}

TEST(ProtocolProbts, IsWhatAModelOfThatSplitMeansByAuto) {
  const LoadedData data = small_data(1200);
  const Forecaster model = untrained(data, Split::probts, probts_settings());
  for (const char* word : {"", "auto", "probts"}) {
    const TestPart part = part_of(model, data, word);
    EXPECT_EQ(part.protocol, Protocol::probts);
    EXPECT_EQ(part.name, "probts");
    EXPECT_EQ(part.windows.count(), 6u);
  }
  EXPECT_EQ(part_of(model, data, "ltsf").windows.count(), 474u);  // every window: (240 - 4 + 1) x 2
}

TEST(ProtocolProbts, AdmitsNoOtherContext) {
  const LoadedData data = small_data(1200);
  const Forecaster model = untrained(data, Split::ltsf, small_settings());
  expect_refused(ErrorKind::config, {"vdn default", "reads 24 rows", "gives 96", "--lookback 96"},
                 [&] { part_of(model, data, "probts"); });
  expect_refused(ErrorKind::config, {"window.lookback", "reads 24 rows"},
                 [&] { untrained(data, Split::probts, small_settings()); });
  Settings pair = probts_settings();
  pair.pair = true;
  pair.stride_ar = 4;
  expect_refused(ErrorKind::config, {"reads 100 rows", "--lookback 92"}, [&] { untrained(data, Split::probts, pair); });
  pair.lookback = 92;
  EXPECT_EQ(untrained(data, Split::probts, pair).context_rows(), 96u);
}

TEST(ProtocolProbts, RefusesRowsAModelHasSeen) {
  const LoadedData data = small_data(1200);
  const Forecaster model = untrained(data, Split::all, probts_settings());
  expect_refused(ErrorKind::data,
                 {"has seen 240 of the 240 test rows", "--split probts to score under protocol probts"},
                 [&] { part_of(model, data, "probts"); });
}

TEST(ProtocolProbts, EveryForecasterOfATableHasItsFigures) {
  const LoadedData data = small_data(1200);
  Forecaster model = untrained(data, Split::probts, probts_settings());
  Scheduler scheduler(2);
  const BacktestTable table = backtest({&model}, data, "probts", true, scheduler);
  EXPECT_EQ(table.protocol, "probts");
  EXPECT_EQ(table.origins, 3u);
  EXPECT_EQ(table.windows, 6u);
  ASSERT_EQ(table.rows_of_table.size(), 5u);
  for (const BacktestRow& row : table.rows_of_table) {
    ASSERT_TRUE(row.probts) << row.name;
    EXPECT_EQ(row.probts->windows, 3u) << row.name;
    EXPECT_EQ(row.probts->points, 24u) << row.name;
    EXPECT_EQ(row.scaled.points, 24u) << row.name;
    EXPECT_GT(row.probts->crps, 0) << row.name;
  }
  EXPECT_LT(table.rows_of_table[2].probts->crps, table.rows_of_table[1].probts->crps) << "seasonal naive on a sine";
  EXPECT_FALSE(backtest({&model}, data, "ltsf", false, scheduler).rows_of_table[0].probts);
}

TEST(ProtocolProbts, HasNoBaselineThatReadsMoreThanItGives) {
  LoadedData data = small_data(1200);
  data.series.step = {TimeUnit::second, 600};  // a day of 144 rows
  for (std::size_t t = 0; t < 1200; ++t) data.series.times[t] = 600 * static_cast<std::int64_t>(t);
  Forecaster model = untrained(data, Split::probts, probts_settings());
  Scheduler scheduler(1);
  for (const BacktestRow& row : backtest({&model}, data, "probts", true, scheduler).rows_of_table) {
    EXPECT_NE(row.name, "seasonal naive");
  }
  EXPECT_EQ(backtest({&model}, data, "ltsf", true, scheduler).rows_of_table.size(), 5u);
}

Settings pair_settings() {
  Settings s = small_settings();
  s.pair = true;
  return s;
}

TEST(ProtocolSource, ScoresTheDrawnTestWindows) {
  const LoadedData data = small_data(3000);
  for (const Settings& settings : {small_settings(), pair_settings()}) {
    Forecaster model = untrained(data, Split::source, settings);
    for (const char* word : {"auto", "source"}) {
      const TestPart part = part_of(model, data, word);
      EXPECT_EQ(part.protocol, Protocol::source);
      EXPECT_EQ(part.name, "source");
      EXPECT_EQ(part.windows.count(), 400u);
      EXPECT_EQ(part.rows.begin, model.data().borders.val_end);
      EXPECT_GE(part.windows.first_origin(), part.rows.begin);
    }
    Scheduler scheduler(2);
    const BacktestTable table = backtest({&model}, data, "source", true, scheduler);
    EXPECT_EQ(table.windows, 400u);
    ASSERT_EQ(table.rows_of_table.size(), 5u);
    for (const BacktestRow& row : table.rows_of_table) {
      EXPECT_EQ(row.scaled.windows, 400u) << row.name;
      EXPECT_FALSE(row.probts) << row.name;
    }
  }
}

TEST(ProtocolSource, ScalesByTheRowsOfTheBenchmark) {
  const LoadedData data = small_data(3000);
  const Forecaster source = untrained(data, Split::source, small_settings());
  const Forecaster ltsf = untrained(data, Split::ltsf, small_settings());
  EXPECT_EQ(source.scaler().mean, ltsf.scaler().mean);
  EXPECT_EQ(source.scaler().deviation, ltsf.scaler().deviation);
}

TEST(ProtocolSource, TakesItsOwnModelsOnly) {
  const LoadedData data = small_data(3000);
  Forecaster model = untrained(data, Split::source, small_settings());
  const Forecaster other = untrained(data, Split::ltsf, small_settings());
  expect_refused(ErrorKind::data, {"was fitted with split ltsf", "--split source"},
                 [&] { part_of(other, data, "source"); });
  expect_refused(ErrorKind::data, {"has seen", "--split ltsf"}, [&] { part_of(model, data, "ltsf"); });
  Settings wide = small_settings();
  wide.lookback = 48;
  Forecaster wider = untrained(data, Split::source, wide);
  Scheduler scheduler(1);
  expect_refused(ErrorKind::data, {"drawn windows", "one look-back"}, [&] {
    backtest({&model, &wider}, data, "source", false, scheduler);
  });
  LoadedData shifted = data;
  for (auto& time : shifted.series.times) time += 3600;
  expect_refused(ErrorKind::data, {"give the table the model was fitted on"},
                 [&] { part_of(model, shifted, "source"); });
  EXPECT_EQ(part_of(model, small_data(3100), "source").windows.count(), 400u) << "newer rows change nothing";
}

}  // namespace
}  // namespace vdn
