#include <vdn/report/backtest_chart.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

/// A prediction of both series of the small table, quantile q of step h of series d being 100 d + 10 h + q.
Prediction prediction_from(const SeriesSet& set, std::size_t origin, std::size_t H) {
  Prediction made;
  made.series = set.names;
  made.step = set.step;
  made.levels = fan_levels();
  made.horizon = H;
  for (std::size_t d = 0; d < set.count(); ++d) {
    made.origins.push_back(origin);
    for (std::size_t h = 0; h < H; ++h) {
      made.times.push_back(advance(set.times[0], set.step, static_cast<std::int64_t>(origin + h)));
      for (std::size_t q = 0; q < 9; ++q) made.quantiles.push_back(static_cast<double>(100 * d + 10 * h + q));
    }
  }
  return made;
}

TEST(FanPanelOfPrediction, HoldsHistoryTruthAndQuantiles) {
  const SeriesSet set = test::small_data(60).series;
  const FanPanel panel = fan_panel(prediction_from(set, 50, 4), set, 1, 50, 12);
  EXPECT_EQ(panel.title, "b");
  ASSERT_EQ(panel.history.size(), 12u);
  EXPECT_EQ(panel.history.front(), set.series(1)[38]);
  EXPECT_EQ(panel.history_times.back(), "2020-01-03 01:00:00");
  EXPECT_EQ(panel.future_times.front(), "2020-01-03 02:00:00");
  ASSERT_EQ(panel.truth.size(), 4u);
  EXPECT_EQ(panel.truth[3], set.series(1)[53]);
  EXPECT_EQ(panel.quantiles[8][3], 138.0);
  EXPECT_NE(fan_chart_svg({panel}, "t", "").find("95%"), std::string::npos);
}

TEST(FanPanelOfPrediction, EndsWithTheTable) {
  const SeriesSet set = test::small_data(60).series;
  const FanPanel last = fan_panel(prediction_from(set, 58, 4), set, 0, 58, 100);
  EXPECT_EQ(last.history.size(), 58u);
  ASSERT_EQ(last.truth.size(), 4u);
  EXPECT_FALSE(std::isnan(last.truth[1]));
  EXPECT_TRUE(std::isnan(last.truth[2]));
  EXPECT_TRUE(fan_panel(prediction_from(set, 60, 4), set, 0, 60, 10).truth.empty());
  EXPECT_THROW(fan_panel(prediction_from(set, 61, 4), set, 0, 61, 10), Error);
}

TEST(BacktestPanels, ComeFromAForecaster) {
  const LoadedData data = test::small_data(400);
  struct Silent : TrainingObserver {
    bool stop_requested() override { return true; }
  } silent;
  Scheduler scheduler(1);
  Forecaster model = fit_forecaster(data, {.settings = test::small_settings()}, scheduler, silent);
  const auto panels = backtest_panels(model, data.series, 350, {1, 0}, scheduler);
  ASSERT_EQ(panels.size(), 2u);
  EXPECT_EQ(panels[0].title, "b");
  EXPECT_EQ(panels[0].history.size(), 24u);
  EXPECT_EQ(panels[0].future_times.size(), 4u);
  for (std::size_t q = 1; q < 9; ++q) EXPECT_LT(panels[0].quantiles[q - 1][2], panels[0].quantiles[q][2]);
  EXPECT_EQ(backtest_panels(model, data.series, 350, {0}, scheduler, 10)[0].history.size(), 10u);
  EXPECT_TRUE(backtest_panels(model, data.series, 400, {0}, scheduler)[0].truth.empty());
}

TEST(ChartSeries, AreNamedOrTheFirst) {
  const SeriesSet set = test::small_data(30, 6).series;
  EXPECT_EQ(chart_series(set, {}), (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(chart_series(set, {"e", "b"}), (std::vector<std::size_t>{4, 1}));
  EXPECT_THROW(chart_series(set, {"E2"}), Error);
}

TEST(MiddleOrigin, LeavesRoomForTheHorizon) {
  EXPECT_EQ(middle_origin({100, 200}, 10), 145u);
  EXPECT_EQ(middle_origin({100, 110}, 10), 100u);
  EXPECT_EQ(middle_origin({100, 105}, 10), 100u);
}

}  // namespace
}  // namespace vdn
