// What a fit learns from its record.

#include <vdn/train/calibrate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

/// Root mean square of the correlations between series, and the largest.
std::pair<double, double> correlations(const SeriesDependence& s, std::size_t series) {
  double squares = 0, most = 0;
  for (std::size_t d = 0; d < series; ++d) {
    for (std::size_t e = 0; e < d; ++e) {
      double c = 0;
      for (std::size_t k = 0; k < series; ++k) c += double{s.factor[d * series + k]} * double{s.factor[e * series + k]};
      squares += c * c;
      most = std::max(most, std::abs(c));
    }
  }
  return {std::sqrt(2 * squares / static_cast<double>(series * (series - 1))), most};
}

TEST(Calibrate, SeriesThatDoNotBelongTogetherStayApartWhereverTheyAreObserved) {
  constexpr std::size_t series = 26;
  LoadedData complete = test::small_data(600, series), holes = complete, late = complete;
  for (std::size_t t = 200; t < 210; ++t) holes.series.values[t] = std::numeric_limits<double>::quiet_NaN();
  late.series.extent.assign(series, {0, 600});
  late.series.extent[3].begin = 100;
  for (const LoadedData& data : {complete, holes, late}) {
    const Forecaster model = fitted(CalibrationMode::split, 2, data);
    const auto [usual, most] = correlations(model.series_dependence(), series);
    EXPECT_LT(usual, .05);
    EXPECT_LT(most, .3);
  }
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
