// What a fit learns from its record.

#include <vdn/train/calibrate.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

Forecaster fitted(CalibrationMode mode, std::size_t threads = 2, const LoadedData& data = test::small_data()) {
  Settings settings = test::small_settings();
  settings.calibration = mode;
  Scheduler scheduler(threads);
  TrainingObserver silent;
  return fit_forecaster(data, {.settings = settings}, scheduler, silent);
}

TEST(Calibrate, FillsMapAndDependence) {
  const Forecaster model = fitted(CalibrationMode::split);
  ASSERT_EQ(model.calibration().factor.size(), 4u);
  ASSERT_EQ(model.calibration().shift.size(), 4u);
  for (const float factor : model.calibration().factor) EXPECT_GT(factor, 0);
  ASSERT_EQ(model.dependence().autocorrelation.size(), 4u);
  EXPECT_EQ(model.dependence().autocorrelation[0], 1);
  for (const double r : model.dependence().autocorrelation) EXPECT_TRUE(r >= 0 && r <= 1) << r;
  EXPECT_TRUE(model.calibrated());
}

TEST(Calibrate, LeavesTheMapOutWhenToldTo) {
  const Forecaster model = fitted(CalibrationMode::none);
  EXPECT_TRUE(model.calibration().empty());
  EXPECT_FALSE(model.calibrated());
  EXPECT_EQ(model.dependence().autocorrelation.size(), 4u);
}

TEST(Calibrate, DoesNotDependOnThreads) {
  const Forecaster one = fitted(CalibrationMode::split, 1), three = fitted(CalibrationMode::split, 3);
  EXPECT_EQ(one.calibration(), three.calibration());
  EXPECT_EQ(one.dependence(), three.dependence());
}

TEST(Calibrate, LaterRowsOfValidationDecide) {
  LoadedData data = test::small_data();
  const Borders borders = auto_borders(400);  // 280, 40 and 80 rows
  const FitWindows windows = [&] {
    Settings settings = test::small_settings();
    settings.calibration = CalibrationMode::split;
    return fit_windows(data.series, Split::automatic, borders, settings);
  }();
  EXPECT_EQ(windows.validation.first_origin(), 280u);
  EXPECT_EQ(windows.selection.first_origin(), 280u);
  EXPECT_EQ(windows.selection.last_origin(), 294u);  // 18 rows, then 4 of no part
  EXPECT_EQ(windows.calibration.first_origin(), 302u);
  EXPECT_EQ(windows.calibration.last_origin(), 316u);
}

TEST(Calibrate, TakesSeriesThatEndBeforeTheLaterRows) {
  LoadedData data = test::small_data();
  data.series.extent = {{0, 400}, {0, 290}};
  for (std::size_t t = 290; t < 400; ++t) data.series.values[400 + t] = std::nan("");
  EXPECT_TRUE(fitted(CalibrationMode::split, 2, data).calibrated());
}

TEST(Calibrate, SwitchedOffForecastsAreThoseOfTheNetwork) {
  Forecaster with = fitted(CalibrationMode::split), without = fitted(CalibrationMode::none);
  const LoadedData data = test::small_data();
  const auto scaled = scale_for(with, data.series);
  const std::vector<Window> windows{{0, 350}, {1, 400}};
  Scheduler scheduler(2);
  const auto means = [&](Forecaster& model) {
    ForecastBatch batch;
    model.forecast({scaled.data(), 2, 400}, windows, batch, scheduler);
    const auto scale = batch.scale().flat();
    return std::vector<float>(scale.begin(), scale.end());
  };
  EXPECT_NE(means(with), means(without));
  with.use_calibration(false);
  EXPECT_EQ(means(with), means(without));
}

}  // namespace
}  // namespace vdn
