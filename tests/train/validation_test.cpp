#include <vdn/train/validation.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
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
    const std::size_t H = forecaster.horizon();
    std::vector<float> target(some.size() * H);
    std::vector<std::uint8_t> observed(some.size() * H);
    const Matrix<float> targets(target.data(), some.size(), H);
    const Matrix<std::uint8_t> known(observed.data(), some.size(), H);
    std::vector<std::size_t> series;
    for (std::size_t b = 0; b < some.size(); ++b) {
      gather_target(scaled, some[b], targets.row(b), known.row(b));
      series.push_back(some[b].series);
    }
    MetricAccumulator metrics(H, forecaster.scaler().deviation);
    metrics.add(series, {targets, known, batch.mean(), batch.scale(), batch.log_weight(), batch.draws()});
    return metrics.scaled();
  }
};

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
