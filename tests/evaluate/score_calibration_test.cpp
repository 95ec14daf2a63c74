// Both rows of a calibrated forecaster from one pass, against a pass for each.

#include <vdn/evaluate/score.hpp>

#include <gtest/gtest.h>

#include <atomic>

#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

class ScoreCalibration : public testing::Test {
 protected:
  static Forecaster fitted(const LoadedData& data) {
    Scheduler scheduler(2);
    TrainingObserver silent;
    Forecaster model = fit_forecaster(data, {.settings = test::small_settings()}, scheduler, silent);
    model.calibration() = {{1.5f, 1.2f, .8f, .9f}, {.3f, -.2f, .1f, 0}};
    return model;
  }
  CalibrationScores both(std::size_t threads, const ScoreOptions& options = {}) {
    Scheduler own(threads);
    return score_calibration(model, scaled, model.scaler().deviation, windows, own, options);
  }
  Scheduler scheduler{2};
  LoadedData data = test::small_data();
  Forecaster model = fitted(data);
  std::vector<float> values = scale_for(model, data.series);
  ConstMatrix<float> scaled{values.data(), 2, 400};
  Windows windows = part_windows(Range{320, 400}, 2, 24, 4);
};

void expect_close(const Metrics& a, const Metrics& b) {
  for (const auto figure : {&Metrics::mse, &Metrics::mae, &Metrics::nll, &Metrics::crps, &Metrics::pinball}) {
    EXPECT_NEAR(a.*figure, b.*figure, 2e-6 * (1 + std::abs(b.*figure)));
  }
  EXPECT_EQ(a.coverage_80, b.coverage_80);
  EXPECT_EQ(a.coverage_90, b.coverage_90);
  EXPECT_EQ(a.windows, b.windows);
  EXPECT_EQ(a.points, b.points);
}

TEST_F(ScoreCalibration, GivesWhatTwoPassesGive) {
  ASSERT_TRUE(model.calibrated());
  const CalibrationScores scores = both(2);
  EXPECT_TRUE(model.calibrated()) << "as it was before";
  const auto pass = [&] { return score(model, scaled, model.scaler().deviation, windows, scheduler).metrics; };
  const MetricAccumulator calibrated = pass();
  const Uncalibrated scope(model);
  const MetricAccumulator uncalibrated = pass();
  expect_close(scores.calibrated.metrics.scaled(), calibrated.scaled());
  expect_close(scores.uncalibrated.metrics.scaled(), uncalibrated.scaled());
  expect_close(scores.calibrated.metrics.original(), calibrated.original());
  EXPECT_EQ(scores.calibrated.metrics.pit(), calibrated.pit());
  EXPECT_EQ(scores.calibrated.windows, windows.count());
  EXPECT_GT(std::abs(calibrated.scaled().crps - uncalibrated.scaled().crps), 1e-3) << "they differ";
}

TEST_F(ScoreCalibration, HasTheSameBitsForAnyNumberOfThreads) {
  const CalibrationScores one = both(1), four = both(4);
  EXPECT_EQ(one.calibrated.metrics.scaled().crps, four.calibrated.metrics.scaled().crps);
  EXPECT_EQ(one.uncalibrated.metrics.scaled().nll, four.uncalibrated.metrics.scaled().nll);
}

TEST_F(ScoreCalibration, StopsWhenInterrupted) {
  const std::atomic<bool> interrupt{true};
  const CalibrationScores scores = both(1, {.interrupt = &interrupt});
  EXPECT_TRUE(scores.calibrated.interrupted);
  EXPECT_TRUE(scores.uncalibrated.interrupted);
  EXPECT_EQ(scores.calibrated.windows, 0u);
}

}  // namespace
}  // namespace vdn
