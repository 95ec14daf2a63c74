#include <vdn/train/validation.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <vdn/predictive/metrics.hpp>
#include <vdn/train/neuron_state.hpp>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

struct Validated {
  Forecaster forecaster;
  LoadedData data = small_data();
  std::vector<float> values = scale_for(forecaster, data.series);
  ConstMatrix<float> scaled{values.data(), data.series.count(), data.series.length()};
  std::vector<Window> windows = thin_windows(
      fit_windows(data.series, Split::automatic, forecaster.data().borders, forecaster.settings()).training, 300);
  Scheduler scheduler{2};

  explicit Validated(const Settings& settings) : forecaster(fit_small(settings)) {}

  /// What is forecast of the windows whose multiple of the golden ratio has a fraction below 1 / every, scored as a
  /// test part is.
  Metrics scored(std::size_t every) {
    constexpr long double golden_ratio = 1.6180339887498948482L;
    std::vector<Window> some;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const long double place = static_cast<long double>(i) * golden_ratio;
      if ((place - std::floor(place)) * static_cast<long double>(every) < 1) some.push_back(windows[i]);
    }
    EXPECT_NEAR(static_cast<double>(some.size()), static_cast<double>(windows.size()) / static_cast<double>(every), 2);
    std::set<std::uint32_t> series;
    for (const Window& window : some) series.insert(window.series);
    EXPECT_EQ(series.size(), data.series.count()) << "all of them, whatever their number has in common with " << every;
    ForecastBatch batch;
    forecaster.forecast(scaled, some, batch, scheduler);
    const WindowTargets targets(scaled, some, forecaster.horizon());
    MetricAccumulator metrics(forecaster.horizon(), forecaster.scaler().deviation);
    metrics.add(targets.series(), batch.mixtures({0, some.size()}, targets));
    return metrics.scaled();
  }
};

TEST(ValidationLimit, IsWhatIsAskedOrFollowsTheHorizon) {
  Settings s = small_settings();
  s.validation_windows = 300;
  EXPECT_EQ(validation_limit(s), 300u);
  s.validation_windows = 0;
  for (const auto& [horizon, windows] : {std::pair{24u, 2048u}, {192u, 2048u}, {384u, 1024u}, {720u, 546u}}) {
    s.horizon = horizon;
    EXPECT_EQ(validation_limit(s), windows) << horizon;
  }
  s.horizon = 1000000;
  EXPECT_EQ(validation_limit(s), 1u);
}

/// A grid of windows over complete series.
Windows grid(std::size_t series, std::size_t rows) {
  SeriesSet set;
  for (std::size_t d = 0; d < series; ++d) set.names.push_back(std::to_string(d));
  for (std::size_t t = 0; t < rows; ++t) set.times.push_back(static_cast<std::int64_t>(t));
  set.values.assign(series * rows, 1.0);
  return part_windows(set, {0, rows}, {.lookback = 8, .horizon = 4});
}

TEST(SpreadWindows, OfManySeriesTakesMoreMomentsAndTheSeriesInTurn) {
  const Windows many = grid(321, 500);
  ASSERT_TRUE(many.is_grid());
  const std::vector<Window> spread = spread_windows(many, 2048), whole = thin_windows(many, 2048);
  std::map<std::uint32_t, std::size_t> of_origin, of_series;
  for (const Window& window : spread) ++of_origin[window.origin], ++of_series[window.series];
  EXPECT_LE(spread.size(), 2048u);
  EXPECT_GE(of_origin.size(), 60u);
  EXPECT_LE(std::set<std::uint32_t>{whole.back().origin}.size() * 7, of_origin.size()) << "7 whole origins";
  EXPECT_EQ(of_series.size(), 321u);
  for (const auto& [origin, count] : of_origin) EXPECT_EQ(count, 32u) << origin;
  const auto [least, most] = std::minmax_element(of_series.begin(), of_series.end(),
                                                 [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_LE(most->second - least->second, 1u);
  EXPECT_TRUE(std::is_sorted(spread.begin(), spread.end(), [](const Window& a, const Window& b) {
    return std::pair(a.origin, a.series) < std::pair(b.origin, b.series);
  }));
}

TEST(SpreadWindows, OfFewSeriesAreThoseOfWholeOrigins) {
  const Windows few = grid(32, 500);
  const std::vector<Window> spread = spread_windows(few, 1000), whole = thin_windows(few, 1000);
  ASSERT_EQ(spread.size(), whole.size());
  for (std::size_t i = 0; i < spread.size(); ++i) {
    EXPECT_EQ(spread[i].origin, whole[i].origin);
    EXPECT_EQ(spread[i].series, whole[i].series);
  }
}

TEST(Validate, HasTheFiguresOfTheForecasts) {
  for (const double tail : {0.0, 4.0}) {
    Settings settings = small_settings();
    settings.tail = tail;
    Validated v(settings);
    ASSERT_GT(v.windows.size(), 224u);  // eight of them with a CRPS
    const auto report = validate(v.forecaster, v.scaled, v.windows, v.scheduler, initial_state(settings));
    const Metrics all = v.scored(1);
    EXPECT_EQ(report.windows, v.windows.size());
    EXPECT_NEAR(report.nll, all.nll, 1e-5);
    EXPECT_NEAR(report.mse, all.mse, 1e-5);
    EXPECT_NEAR(report.crps, v.scored(32).crps, 1e-5);
  }
}

TEST(Validate, LooksAtMoreWindowsWhereTheCrpsDecides) {
  Settings settings = small_settings();
  settings.selection = Selection::crps;
  Validated v(settings);
  const auto report = validate(v.forecaster, v.scaled, v.windows, v.scheduler, initial_state(settings));
  EXPECT_NEAR(report.crps, v.scored(8).crps, 1e-5);
  EXPECT_GT(std::abs(report.crps - v.scored(32).crps), 1e-5);
}

}  // namespace
}  // namespace vdn
