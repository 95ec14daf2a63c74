#include <vdn/train/validation.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
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

  /// What is forecast of every `every`-th window, scored as a test part is.
  Metrics scored(std::size_t every) {
    std::vector<Window> some;
    for (std::size_t i = 0; i < windows.size(); i += every) some.push_back(windows[i]);
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
