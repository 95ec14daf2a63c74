#include <vdn/evaluate/origin_scores.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <vdn/evaluate/path_score.hpp>
#include <vdn/evaluate/sample.hpp>
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
  EXPECT_NEAR(mean_of(scores.joint_nll), paths.joint_nll, 1e-6);
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

TEST_F(OriginScoresTest, AllSeriesAtOnceAreScoredPathByPath) {
  const std::size_t paths = 30, H = 4;
  const OriginScores scores = score_origins(model, scaled, scaled, {list.data(), 2}, paths, scheduler);
  ASSERT_EQ(scores.joint_energy.size(), 1u);
  std::vector<float> drawn(2 * paths * H);
  PathSampler(model).sample(scaled, {list.data(), 2}, paths, {drawn.data(), 2 * paths, H}, scheduler);
  const auto path = [&](std::size_t d, std::size_t p, std::size_t h) { return double{drawn[(d * paths + p) * H + h]}; };
  const auto truth = [&](std::size_t d, std::size_t h) { return double{scaled(d, list[0].origin + h)}; };
  double energy = 0, crps = 0;
  for (std::size_t p = 0; p < paths; ++p) {
    double off = 0;
    for (std::size_t d = 0; d < 2; ++d) {
      for (std::size_t h = 0; h < H; ++h) off += std::pow(path(d, p, h) - truth(d, h), 2);
    }
    energy += std::sqrt(off) / paths;
    for (std::size_t h = 0; h < H; ++h) {
      crps += std::abs(path(0, p, h) + path(1, p, h) - truth(0, h) - truth(1, h)) / paths / H;
    }
    for (std::size_t q = 0; q < paths; ++q) {
      double apart = 0;
      for (std::size_t d = 0; d < 2; ++d) {
        for (std::size_t h = 0; h < H; ++h) apart += std::pow(path(d, p, h) - path(d, q, h), 2);
      }
      energy -= std::sqrt(apart) / (2 * paths * paths);
      for (std::size_t h = 0; h < H; ++h) {
        crps -= std::abs(path(0, p, h) + path(1, p, h) - path(0, q, h) - path(1, q, h)) / (2 * paths * paths) / H;
      }
    }
  }
  EXPECT_NEAR(scores.joint_energy[0], energy, 1e-5);
  EXPECT_NEAR(scores.series_sum_crps[0], crps, 1e-5);
  EXPECT_TRUE(score_origins(model, scaled, scaled, {list.data(), 1}, paths, scheduler).joint_energy.empty());
}

TEST_F(OriginScoresTest, SharedDrawsAreTheSameNumbersForEverySeries) {
  const Network& network = model.network();
  Arena arena;
  Network::Workspace<float> w;
  arena = Arena::lay_out([&](ArenaCursor& cursor) { w = network.bind<float>(cursor, 2, 2, false); });
  const auto differ = [&] {
    model.draw({list.data(), 2}, scoring_step, w, {0, 2}, false);
    const auto eps = w.neurons.eps;
    return !std::equal(eps.row(0).begin(), eps.row(0).end(), eps.row(2).begin());
  };
  EXPECT_TRUE(differ()) << "two series of one origin";
  model.use_draw_sharing(DrawSharing::series);
  EXPECT_FALSE(differ());
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
