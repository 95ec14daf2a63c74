// What windows and those one lag earlier show: pairs, and the surprise against forecasts made one by one.

#include <gtest/gtest.h>

#include <vdn/model/drift_measure.hpp>
#include <vdn/predictive/mixture.hpp>

#include "model/forecaster_support.hpp"

namespace vdn {
namespace {

TEST(WindowPairs, EveryWindowOnce) {
  const std::vector<Window> windows{{0, 30, 0}, {0, 31, 0}, {1, 30, 0}, {0, 32, 0}};
  const WindowPairs pairs = pair_windows(windows, 2);
  EXPECT_EQ(pairs.all.size(), 7u);  // 30 of series 0 is the earlier one of 32
  for (std::size_t i = 0; i < windows.size(); ++i) {
    EXPECT_EQ(pairs.all[pairs.now[i]], windows[i]);
    EXPECT_EQ(pairs.all[pairs.before[i]].origin + 2, windows[i].origin);
    EXPECT_EQ(pairs.all[pairs.before[i]].series, windows[i].series);
  }
}

/// sqrt(mean ((y - m) / s)^2) of the earlier window's plug-in forecast over the lag rows before the origin.
double expected_surprise(Forecaster& model, ConstMatrix<float> scaled, const Window& window, std::size_t lag) {
  Scheduler one(1);
  model.use_plug_in(true);
  Window earlier = window;
  earlier.origin -= static_cast<std::uint32_t>(lag);
  ForecastBatch forecast;
  model.forecast(scaled, {&earlier, 1}, forecast, one);
  model.use_plug_in(false);
  double sum = 0.0, count = 0.0;
  for (std::size_t h = 0; h < std::min(lag, model.horizon()); ++h) {
    const double y = double{scaled(window.series, earlier.origin + h)};
    if (std::isnan(y)) continue;
    const StepMixture step(forecast.mixtures(), 0, h);
    const double error = y - step.view().mean();
    sum += error * error / step.view().variance();
    count += 1.0;
  }
  return std::sqrt(sum / count);
}

TEST(MeasureDrift, SurpriseIsTheStandardisedErrorOfTheEarlierForecast) {
  const Settings settings = test::small_settings();
  Forecaster model = test::make_forecaster(settings);
  const std::size_t lag = drift_lag(settings.lookback, 1);
  test::Table table;
  table.at(0, 99) = NAN;
  std::vector<Window> windows{{0, 100, 0}, {0, 101, 0}, {1, 100, 0}, {0, 400, 0}};  // 400: nothing follows
  Scheduler two(2);
  const DriftMeasures measures = measure_drift(model, table.matrix(), windows, two);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    EXPECT_NEAR(measures.surprise[i], expected_surprise(model, table.matrix(), windows[i], lag), 1e-4) << i;
  }
  for (std::size_t t = 60; t < 100; ++t) table.at(1, t) = NAN;
  EXPECT_TRUE(std::isnan(measure_drift(model, table.matrix(), {&windows[2], 1}, two).surprise[0]));
}

/// mu of one window alone.
std::vector<float> mu_of(Forecaster& model, ConstMatrix<float> scaled, const Window& window) {
  Scheduler one(1);
  std::vector<float> mu;
  model.scan_neurons(scaled, {&window, 1}, one,
                     [&](const Network::Workspace<float>& w, Range, std::size_t, std::size_t) {
                       const auto row = w.neurons.posterior.mu.row(0);
                       mu.assign(row.begin(), row.end());
                     });
  return mu;
}

TEST(MeasureDrift, MeansAreThoseOfBothWindows) {
  Forecaster model = test::make_forecaster(test::small_settings());
  const auto lag = static_cast<std::uint32_t>(drift_lag(model.settings().lookback, 1));
  const test::Table table;
  const std::vector<Window> windows{{0, 100, 0}, {1, 217, 0}};
  Scheduler two(2);
  const DriftMeasures measures = measure_drift(model, table.matrix(), windows, two);
  const std::size_t P = measures.mu.size() / 2;
  for (std::size_t i = 0; i < 2; ++i) {
    Window earlier = windows[i];
    earlier.origin -= lag;
    const auto now = mu_of(model, table.matrix(), windows[i]), before = mu_of(model, table.matrix(), earlier);
    EXPECT_NE(now, before);
    for (std::size_t c = 0; c < P; ++c) {
      EXPECT_NEAR(measures.mu[i * P + c], now[c], 1e-6);
      EXPECT_NEAR(measures.before[i * P + c], before[c], 1e-6);
    }
  }
  EXPECT_TRUE(model.stochastic()) << "plug-in is over";
}

/// Behind an outage a window may have enough rows while the one a lag earlier has none.
TEST(MeasureDrift, NeedsBothContextsObserved) {
  Forecaster model = test::make_forecaster(test::small_settings());
  const std::size_t lag = drift_lag(model.settings().lookback, 1), L = model.settings().lookback;
  test::Table table;
  const auto can = [&](std::size_t origin) {
    return can_measure_drift(model, table.matrix().row(0), {0, static_cast<std::uint32_t>(origin), 0});
  };
  EXPECT_FALSE(can(L + lag - 1));
  EXPECT_TRUE(can(L + lag));
  for (std::size_t t = 100; t < 100 + L + lag; ++t) table.at(0, t) = NAN;
  const std::size_t end = 100 + L + lag, least = window_shape(model.settings()).least();
  EXPECT_TRUE(can(100));
  EXPECT_FALSE(can(end + least)) << "the earlier one has not";
  EXPECT_FALSE(can(end + lag));
  EXPECT_TRUE(can(end + lag + least));
}

}  // namespace
}  // namespace vdn
