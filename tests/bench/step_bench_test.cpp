#include <vdn/bench/step_bench.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/bench/epoch_bench.hpp>
#include <vdn/bench/predict_bench.hpp>
#include <vdn/bench/scale_bench.hpp>
#include <vdn/bench/step_products.hpp>
#include <vdn/bench/synthetic.hpp>

#include "support/small_data.hpp"

namespace vdn::bench {
namespace {

/// Added up by hand from docs/method.md.
TEST(StepProducts, OfTheReferenceAre3_78Gflop) {
  Settings s = preset("reference");
  s.horizon = 96;
  const double first = 2 * 512 * 336.0 * 256;                                   // seasonal, trend
  const double others = 256 * (256.0 * 256 * 2 + 768.0 * 256 + 256.0 * 1024) +  // persist, innovation, gate, mu
                        1024 * (1024.0 * 96 + 1024.0 * 256 + 256.0 * 96 * 2 + 256.0);
  EXPECT_NEAR(StepProducts(s).gflop(), 1e-9 * (4 * first + 6 * others), 1e-9);
  EXPECT_NEAR(StepProducts(s).gflop(), 3.78, 0.005);
}

TEST(StepBench, TimesEveryPart) {
  Settings s = test::small_settings();
  Scheduler scheduler(2);
  const StepBench b = bench_step(s, 5, scheduler);
  for (const Timing& t : {b.step, b.products, b.gather, b.draws}) {
    EXPECT_EQ(t.runs, 5u);
    EXPECT_GT(t.median, 0);
    EXPECT_LE(t.p10, t.p90);
  }
  EXPECT_GE(b.idle, 0);
  EXPECT_LE(b.idle, 1);
  EXPECT_GT(b.step.median, b.gather.median);
  EXPECT_GT(b.parameters, 1000u);
  EXPECT_GT(b.arena_bytes, 4 * 4 * b.parameters);
}

TEST(EpochBench, DividesAnEpochAmongItsParts) {
  Settings s = test::small_settings();
  s.windows_per_epoch = 400;
  s.validation_windows = 160;
  Scheduler scheduler(2);
  const EpochBench b = bench_epoch(s, 3, scheduler);
  for (const Timing& t : {b.epoch, b.steps, b.validation, b.rest}) {
    EXPECT_EQ(t.runs, 3u);
    EXPECT_GE(t.p10, 0);
  }
  EXPECT_GT(b.steps.median, 0);
  EXPECT_GT(b.validation.median, 0);
  EXPECT_LE(b.steps.p10 + b.validation.p10 + b.rest.p10, b.epoch.p90);
  EXPECT_EQ(b.step_count, 400 / s.batch);
  EXPECT_EQ(b.validation_windows, 160u);
}

TEST(PredictBench, TimesEveryPart) {
  const Settings s = test::small_settings();
  Scheduler scheduler(2);
  const PredictBench b = bench_predict(s, 20, scheduler);
  for (const Timing& t : {b.plug_in, b.drawn, b.quantiles, b.weights}) EXPECT_EQ(t.runs, 20u);
  for (const Timing& t : {b.paths, b.batch, b.products, b.scored}) EXPECT_EQ(t.runs, 3u);
  EXPECT_GT(b.paths.median, b.plug_in.median);
  EXPECT_GT(b.quantiles.median, 0.0);
  EXPECT_GT(b.batch.median, b.drawn.median);
  EXPECT_GT(b.batch_gflop, 0);
  EXPECT_GT(b.weight_bytes, 1000u);
}

TEST(ScaleBench, FindsTheExponentOfAPower) {
  EXPECT_NEAR(fit_exponent({1, 2, 4, 8}, {3, 3 * std::pow(2, .9), 3 * std::pow(4, .9), 3 * std::pow(8, .9)}), .9,
              1e-12);
}

TEST(Synthetic, IsTheSameEveryTimeAndNothingElse) {
  const SeriesSet a = synthetic_series(3, 100, 1), b = synthetic_series(3, 100, 1), c = synthetic_series(3, 100, 2);
  EXPECT_EQ(a.values, b.values);
  EXPECT_NE(a.values, c.values);
  EXPECT_EQ(a.count(), 3u);
  EXPECT_EQ(a.length(), 100u);
  EXPECT_FALSE(std::equal(a.series(0).begin(), a.series(0).end(), a.series(1).begin()));
}

}  // namespace
}  // namespace vdn::bench
