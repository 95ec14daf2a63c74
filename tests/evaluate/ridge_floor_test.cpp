// The floor of every table: a ridge line on the public sets.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <vdn/data/csv.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/model/baselines.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

/// A set under the LTSF protocol with its ridge line, H = 96.
struct Floor {
  static constexpr std::size_t horizon = 96;

  Floor(const std::string& path, const std::string& name, std::size_t lookback_, Scheduler& scheduler_)
      : lookback(lookback_), scheduler(scheduler_), set(read_csv(path)) {
    borders = ltsf_borders(name, set.length());
    scaler = fit_scaler(set, borders.train());
    values = scale_series(set, scaler);
    training = training_windows(borders, set.count(), lookback, horizon);
    validation = part_windows(borders.validation(), set.count(), lookback, horizon);
    test = part_windows(borders.test(), set.count(), lookback, horizon);
    rule = std::make_shared<RidgeLine>(fit_linear_path(scaled(), training, lookback, horizon, {}, scheduler));
  }
  ConstMatrix<float> scaled() const { return {values.data(), set.count(), set.length()}; }
  Baseline baseline(SpreadKind kind) const {
    return fit_baseline(rule, scaled(), training, validation, kind, scheduler);
  }
  Score score_test(Baseline& model, const ScoreOptions& options = {}) const {
    return score(model, scaled(), scaler.deviation, test, scheduler, options);
  }

  std::size_t lookback;
  Scheduler& scheduler;
  SeriesSet set;
  Borders borders;
  Scaler scaler;
  std::vector<float> values;
  Windows training, validation, test;
  std::shared_ptr<const PointRule> rule;
};

struct Published {
  double mse, mae, crps;
  std::size_t origins;
};

void expect_floor(const Floor& floor, const Published& published) {
  auto model = floor.baseline(SpreadKind::gaussian);
  const auto result = floor.score_test(model).metrics.scaled();
  EXPECT_NEAR(result.mse, published.mse, .003);
  EXPECT_NEAR(result.mae, published.mae, .003);
  EXPECT_NEAR(result.crps, published.crps, .005);
  EXPECT_EQ(floor.test.origins(), published.origins);
  EXPECT_EQ(result.windows, published.origins * floor.set.count());
  EXPECT_EQ(result.points, published.origins * floor.set.count() * Floor::horizon);
}

TEST(RidgeFloor, ETTh1) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  Scheduler scheduler(2);
  expect_floor(Floor(path, "etth1", 336, scheduler), {.370, .392, .313, 2785});
}

TEST(RidgeFloor, ETTh2) {
  VDN_REQUIRE_DATA(path, "ETTh2.csv.gz");
  Scheduler scheduler(2);
  expect_floor(Floor(path, "etth2", 336, scheduler), {.273, .335, .260, 2785});
}

TEST(RidgeFloor, Weather) {
  VDN_REQUIRE_DATA(path, "weather.csv.gz");
  Scheduler scheduler(2);
  expect_floor(Floor(path, "weather", 336, scheduler), {.175, .224, .219, 10444});
}

TEST(RidgeFloor, Exchange) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  Scheduler scheduler(2);
  expect_floor(Floor(path, "exchange", 96, scheduler), {.083, .199, .148, 1422});
}

TEST(RidgeFloor, QuantilesAreSharperThanTheGaussianOnETTh1) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  Scheduler scheduler(2);
  Floor floor(path, "etth1", 336, scheduler);
  floor.test = Windows(floor.test.first_origin(), floor.test.last_origin(), 7, 24);
  auto gaussian = floor.baseline(SpreadKind::gaussian), quantiles = floor.baseline(SpreadKind::quantiles);
  const auto plain = floor.score_test(gaussian).metrics.scaled(), sharp = floor.score_test(quantiles).metrics.scaled();
  EXPECT_LT(sharp.crps, plain.crps);
  EXPECT_LT(sharp.nll, plain.nll);
  EXPECT_NEAR(sharp.coverage_90, .9, .06);
}

TEST(RidgeFloor, HasTheSameBitsForAnyNumberOfThreads) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  std::vector<Metrics> results;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Scheduler scheduler(threads);
    const Floor floor(path, "exchange", 96, scheduler);
    auto model = floor.baseline(SpreadKind::gaussian);
    results.push_back(floor.score_test(model).metrics.scaled());
  }
  for (const Metrics& result : results) {
    EXPECT_EQ(result.mse, results[0].mse);
    EXPECT_EQ(result.nll, results[0].nll);
    EXPECT_EQ(result.crps, results[0].crps);
  }
}

TEST(RidgeFloor, DoesNotDependOnTheBatch) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  Scheduler scheduler(2);
  const Floor floor(path, "exchange", 96, scheduler);
  auto model = floor.baseline(SpreadKind::gaussian);
  const auto expected = floor.score_test(model, {.batch = 4096}).metrics.scaled();
  for (const std::size_t batch : {77u, 256u}) {
    const auto result = floor.score_test(model, {.batch = batch}).metrics.scaled();
    EXPECT_NEAR(result.mse, expected.mse, 1e-12);
    EXPECT_NEAR(result.mae, expected.mae, 1e-12);
    EXPECT_NEAR(result.nll, expected.nll, 1e-12);
    EXPECT_NEAR(result.crps, expected.crps, 1e-12);
    EXPECT_NEAR(result.pinball, expected.pinball, 1e-12);
  }
}

}  // namespace
}  // namespace vdn
