#include <vdn/evaluate/origin_scores.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <vdn/evaluate/path_score.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

class OriginScoresTest : public testing::Test {
 protected:
  OriginScoresTest() {
    for (std::size_t i = 0; i < windows.count(); ++i) list.push_back(windows[i]);
  }
  static Forecaster fitted(const LoadedData& data) {
    Scheduler scheduler(2);
    TrainingObserver silent;
    return fit_forecaster(data, {.settings = small_settings()}, scheduler, silent);
  }
  Scheduler scheduler{2};
  LoadedData data = small_data();
  Forecaster model = fitted(data);
  std::vector<float> values = scale_for(model, data.series);
  ConstMatrix<float> scaled{values.data(), 2, 400};
  Windows windows = part_windows(Range{320, 400}, 2, 24, 4);
  std::vector<Window> list;
};

TEST_F(OriginScoresTest, MeansAreThoseOfTheMetrics) {
  const OriginScores scores = score_origins(model, scaled, scaled, list, 0, scheduler);
  const Metrics metrics = score(model, scaled, model.scaler().deviation, windows, scheduler).metrics.scaled();
  ASSERT_EQ(scores.origin.size(), 77u);
  EXPECT_EQ(scores.origin.front(), 320u);
  EXPECT_NEAR(mean_of(scores.mse), metrics.mse, 1e-6);
  EXPECT_NEAR(mean_of(scores.crps), metrics.crps, 1e-6);
  EXPECT_NEAR(mean_of(scores.nll), metrics.nll, 1e-5);
  EXPECT_NEAR(mean_of(scores.inside_80), metrics.coverage_80, 1e-6);
  EXPECT_NEAR(mean_of(scores.inside_90), metrics.coverage_90, 1e-6);
  EXPECT_TRUE(scores.energy.empty());
}

TEST_F(OriginScoresTest, EnergyIsThatOfThePaths) {
  const OriginScores scores = score_origins(model, scaled, scaled, list, 20, scheduler);
  const PathScores paths = score_paths(model, scaled, list, 20, scheduler);
  EXPECT_NEAR(mean_of(scores.energy), paths.energy, 1e-5);
  EXPECT_NEAR(mean_of(scores.sum_inside_80), paths.sum_coverage_80, .08);
}

TEST_F(OriginScoresTest, JointLikelihoodIsThatOfTheWholeMixture) {
  const OriginScores scores = score_origins(model, scaled, scaled, {list.data(), 2}, 0, scheduler);
  ForecastBatch forecast;
  model.forecast(scaled, std::span(list).first(2), forecast, scheduler);
  double total = 0;
  for (std::size_t b = 0; b < 2; ++b) {
    double density = 0;
    for (std::size_t j = 0; j < forecast.components(); ++j) {
      double log_density = double{forecast.log_weight()(b, j)};
      for (std::size_t h = 0; h < 4; ++h) {
        const std::size_t row = b * forecast.components() + j;
        const double s = double{forecast.scale()(row, h)};
        const double z = (double{scaled(list[b].series, list[b].origin + h)} - double{forecast.mean()(row, h)}) / s;
        log_density -= .5 * z * z + std::log(s) + .5 * std::log(2 * 3.14159265358979);
      }
      density += std::exp(log_density);
    }
    total -= std::log(density) / 4 / 2;
  }
  EXPECT_NEAR(scores.joint_nll[0], total, 1e-4);
}

TEST_F(OriginScoresTest, InputsAndTargetsMayDiffer) {
  std::vector<float> worse = values;
  for (float& value : worse) value += 5.0f;
  const ConstMatrix<float> inputs(worse.data(), 2, 400);
  const double shifted = mean_of(score_origins(model, inputs, scaled, list, 0, scheduler).mse);
  EXPECT_NEAR(std::sqrt(shifted), 5.0, 1.0) << "forecasts follow the inputs, targets stay";
}

TEST_F(OriginScoresTest, WindowsWithoutTargetAreLeftOut) {
  std::vector<float> gone = values;
  for (std::size_t t = 320; t < 330; ++t) gone[t] = std::numeric_limits<float>::quiet_NaN();
  const ConstMatrix<float> targets(gone.data(), 2, 400);
  const OriginScores one = score_origins(model, scaled, targets, {list.data(), 2}, 0, scheduler);
  const OriginScores alone = score_origins(model, scaled, scaled, {list.data() + 1, 1}, 0, scheduler);
  EXPECT_EQ(one.mse, alone.mse);
}

}  // namespace
}  // namespace vdn
