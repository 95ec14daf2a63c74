// The error of few draws, against what many repetitions show.

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/evaluate/draws.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

class Draws : public testing::Test {
 protected:
  Draws() : data(test::small_data()), model(fitted()), values(scale_for(model, data.series)) {}
  Forecaster fitted() {
    TrainingObserver silent;
    Settings s = test::small_settings();
    s.score_draws = 64;
    return fit_forecaster(data, {.settings = s, .split = Split::automatic}, cores, silent);
  }
  ConstMatrix<float> scaled() const { return {values.data(), data.series.count(), data.series.length()}; }
  Scheduler cores;
  LoadedData data;
  Forecaster model;
  std::vector<float> values;
  const std::vector<Window> windows{{0, 330, 0}, {1, 341, 0}, {0, 352, 0}};
};

/// Half of the mixture comes from no draw.
TEST_F(Draws, NaiveForecastsDoNotVary) {
  ForecastBatch alone, half;
  model.forecast(scaled(), windows, {0, 64}, alone, cores);
  model.naive().last = {.5, std::vector<float>(2 * model.horizon(), 1e-3f)};
  model.forecast(scaled(), windows, {0, 64}, half, cores);
  const double H = static_cast<double>(model.horizon());
  double expected = 0;
  for (std::size_t h = 0; h < model.horizon(); ++h) {
    const StepMixture one(half.mixtures(), 0, h);
    std::vector<double> means(64);
    double mean = 0;
    const std::size_t M = alone.components() / 64;
    for (std::size_t s = 0; s < 64; ++s) {
      for (std::size_t m = s * M; m < (s + 1) * M; ++m) {
        means[s] += 64 * std::exp(double{alone.log_weight()(0, m)}) * double{alone.mean()(m, h)};
      }
      mean += means[s] / 64;
    }
    double variance = 0;
    for (const double value : means) variance += (value - mean) * (value - mean) / 63;
    expected += .25 * variance / one.view().variance() / H;
  }
  EXPECT_GT(expected, 0);
  EXPECT_NEAR(draw_variance(half.mixtures(), 0, {}), expected, 1e-4 * expected);
}

TEST_F(Draws, TheErrorIsThatOfRepetitions) {
  constexpr std::size_t S = 16, repetitions = 300;
  const std::vector<double> levels{.1, .9};
  const std::size_t H = model.horizon();
  ForecastBatch many, few;
  model.forecast(scaled(), windows, {0, 2048}, many, cores);
  std::vector<double> squares(3 * H);  // mean, q.1, q.9 of the first window
  const auto figures = [&](ForecastBatch& batch, std::size_t h) {
    const StepMixture step(batch.mixtures(), 0, h);
    const GaussianMixture mixture = step.view();
    return std::vector<double>{mixture.mean(), mixture.quantile(.1), mixture.quantile(.9)};
  };
  for (std::size_t r = 0; r < repetitions; ++r) {
    model.forecast(scaled(), windows, {r * S, (r + 1) * S}, few, cores);
    for (std::size_t h = 0; h < H; ++h) {
      const auto got = figures(few, h), want = figures(many, h);
      const StepMixture step(many.mixtures(), 0, h);
      for (std::size_t k = 0; k < 3; ++k) {
        squares[k * H + h] += std::pow(got[k] - want[k], 2) / step.view().variance() / repetitions;
      }
    }
  }
  double seen = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    double sum = 0.0;
    for (std::size_t h = 0; h < H; ++h) sum += squares[k * H + h] / static_cast<double>(H);
    seen = std::max(seen, sum);
  }
  const double told = draw_variance(many.mixtures(), 0, levels) / S;
  EXPECT_NEAR(told / seen, 1.0, 0.25);
}

TEST_F(Draws, AStricterToleranceTakesMore) {
  const auto draws = [&](double tolerance) {
    return draws_needed(model, scaled(), windows, {.levels = {.1, .5, .9}, .tolerance = tolerance}, cores);
  };
  const auto loose = draws(0.2), strict = draws(0.01), all = draws(1e-6);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    EXPECT_LE(loose[i], strict[i]);
    EXPECT_EQ(all[i], 1024u);
    EXPECT_GE(loose[i], 16u);
  }
  EXPECT_THROW(draws(0.0), Error);
  model.use_plug_in(true);
  EXPECT_EQ(draws(0.01), std::vector<std::size_t>(3, 1));
}

TEST_F(Draws, TheCurveScoresWhatWasAsked) {
  std::vector<Window> test;
  for (std::uint32_t origin = 330; origin < 390; ++origin) test.push_back({origin % 2, origin, 0});
  const std::vector<std::size_t> counts{1, 16};
  const auto curve = draws_curve(model, scaled(), test, counts, cores);
  ASSERT_EQ(curve.size(), 2u);
  EXPECT_DOUBLE_EQ(curve[1].draws, 16.0);
  EXPECT_GT(curve[0].seconds_per_1000_windows, 0.0);
  EXPECT_LT(curve[1].crps, curve[0].crps * 1.02);
  std::vector<std::size_t> mixed(test.size(), 1);
  for (std::size_t i = 0; i < test.size() / 2; ++i) mixed[i] = 16;
  const DrawsPoint some = score_draws(model, scaled(), test, mixed, cores);
  EXPECT_DOUBLE_EQ(some.draws, 8.5);
}

}  // namespace
}  // namespace vdn
