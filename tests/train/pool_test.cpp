// The weights of naive forecasts beside the network.

#include <vdn/train/pool.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include <vdn/kernels/mixture.hpp>
#include <vdn/train/correction.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

Settings pooled_settings() {
  Settings s = test::small_settings();
  s.pool = PoolMode::naive;
  return s;
}

Forecaster fitted(const Settings& settings, std::size_t threads = 2, Split split = Split::automatic,
                  const LoadedData& data = test::small_data()) {
  Scheduler scheduler(threads);
  TrainingObserver silent;
  return fit_forecaster(data, {.settings = settings, .split = split}, scheduler, silent);
}

/// Two walks, of which nothing but the last value says anything.
LoadedData walks() {
  LoadedData data = test::small_data(1200);
  std::uint32_t bits = 5;
  double value = 0;
  for (double& x : data.series.values) {
    bits = bits * 1664525u + 1013904223u;
    x = value += static_cast<double>(bits >> 8) * 0x1p-24 - 0.5;
  }
  return data;
}

/// CRPS of a forecaster as it is, by the kernel that knows nothing of pools; summed by series.
std::array<double, 2> crps_of(Forecaster& model, ConstMatrix<float> scaled, const std::vector<Window>& windows) {
  Scheduler scheduler(1);
  ForecastBatch forecast;
  model.forecast(scaled, windows, forecast, scheduler);
  const WindowTargets targets(scaled, windows, model.horizon());
  std::vector<float> crps(windows.size() * model.horizon());
  kernels::mixture_crps<float>(forecast.mixtures({0, windows.size()}, targets),
                               {crps.data(), windows.size(), model.horizon()});
  std::array<double, 2> sums{};
  for (std::size_t i = 0; i < crps.size(); ++i) sums[windows[i / model.horizon()].series] += double{crps[i]};
  return sums;
}

TEST(PoolScores, SayTheCrpsOfEveryPool) {
  LoadedData data = test::small_data();
  data.series.values[330] = data.series.values[733] = std::numeric_limits<double>::quiet_NaN();
  Forecaster model = fitted(test::small_settings(), 2, Split::automatic, data);
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  Scheduler scheduler(2), three(3);
  ASSERT_EQ(model.data().season, 24u);
  NaivePool naive = measure_naive(model, scaled, Windows(30, 200, 2), scheduler);
  const Windows windows(300, 340, 2);
  std::vector<Window> all;
  for (std::size_t i = 0; i < windows.count(); ++i) all.push_back(windows[i]);
  const PoolPart part = pool_scores(model, scaled, naive, windows, scheduler);
  const PoolPart again = pool_scores(model, scaled, naive, windows, three);
  ASSERT_EQ(part.series.size(), 2u);
  for (std::size_t d = 0; d < 2; ++d) EXPECT_EQ(part.series[d].crps, again.series[d].crps);
  for (const auto& [last, season] : {std::pair{0.0, 0.0}, {.3, 0.0}, {0.0, .6}, {.25, .35}, {.05, .9}}) {
    naive.last.weight = last;
    naive.season.weight = season;
    model.naive() = naive;
    const auto pooled = crps_of(model, scaled, all);
    for (std::size_t d = 0; d < 2; ++d) {
      EXPECT_NEAR(part.series[d].with(last, season) / pooled[d], 1.0, 1e-5) << last << " " << season;
    }
  }
}

TEST(ChooseWeights, FindsTheLeastOfTheGrid) {
  const PoolScores part{{1.0, 1.2, 1.1}, .9, .8, .3};
  NaivePool naive{{0, {1}}, {0, {1}}};
  choose_weights(std::array{PoolPart{{part}}}, 1e12, naive);
  double least = 1e9, last = 0, season = 0;
  for (int a = 0; a <= 20; ++a) {
    for (int b = 0; a + b <= 20; ++b) {
      if (part.with(a / 20.0, b / 20.0) >= least) continue;
      least = part.with(a / 20.0, b / 20.0);
      last = a / 20.0;
      season = b / 20.0;
    }
  }
  EXPECT_GT(last, 0);
  EXPECT_GT(season, 0);
  EXPECT_NEAR(naive.last.weight, last, 1e-9);
  EXPECT_NEAR(naive.season.weight, season, 1e-9);
}

TEST(ChooseWeights, CountsPartsAlikeAndTrustsFewWindowsLess) {
  const PoolScores quiet{{1, 2, 9}, 2, 0, 0}, mad{{1000, 5000, 9000}, 100, 0, 0};
  PoolScores often = quiet;
  for (int i = 0; i < 500; ++i) often.add(quiet);
  const PoolPart calm{{quiet}}, many{{often}};
  PoolPart wild{{mad}};
  NaivePool one{{0, {1}}, {}}, two = one, three = one, few = one, series = one;
  choose_weights(std::array{calm, wild}, 1e12, one);
  choose_weights(std::array{many, wild}, 1e12, two);
  choose_weights(std::array{PoolPart{{quiet, mad, {}}}}, 1e12, series);
  EXPECT_EQ(one.last.weight, series.last.weight) << "series of a part count alike, too";
  EXPECT_EQ(one.last.weight, two.last.weight);
  choose_weights(std::array{calm}, 1e12, three);
  EXPECT_NEAR(three.last.weight, .25, 1e-9);  // 1 + a - 2 a (1 - a)
  EXPECT_LT(one.last.weight, three.last.weight);
  wild.say = .1;
  NaivePool loud{{0, {1}}, {}};
  choose_weights(std::array{calm, wild}, 1e12, loud);
  EXPECT_GT(loud.last.weight, one.last.weight) << "who says little moves little";
  choose_weights(std::array{calm}, 4, few);
  EXPECT_NEAR(few.last.weight, .5 * .25 + .5 * .1, 1e-12) << "half of what was found, half of what was thought before";
}

TEST(ChooseWeights, GivesNoneWhereNoneHelps) {
  const PoolPart worse{{{{1, 2, 3}, .1, .1, .1}}};
  NaivePool naive{{0, {1}}, {0, {1}}};
  choose_weights(std::array{worse}, 100, naive);
  EXPECT_TRUE(naive.empty());
  EXPECT_TRUE(naive.last.scale.empty()) << "nothing to carry along";
  const PoolPart seasonal{{{{1, 9, .5}, 0, .1, 0}}};  // a season that was not measured is not taken
  NaivePool last_only{{0, {1}}, {}};
  choose_weights(std::array{seasonal}, 100, last_only);
  EXPECT_TRUE(last_only.empty());
}

TEST(ChooseWeights, AreThoseThoughtBeforeWhereNothingWasSeen) {
  NaivePool naive{{0, {1}}, {0, {1}}}, last_only{{0, {1}}, {}};
  choose_weights({}, 0, naive);
  EXPECT_NEAR(naive.last.weight, .1, 1e-12);
  EXPECT_NEAR(naive.season.weight, .1, 1e-12);
  choose_weights({}, 0, last_only);
  EXPECT_NEAR(last_only.last.weight, .1, 1e-12);
  EXPECT_EQ(last_only.season.weight, 0) << "it was not measured";
}

TEST(Pool, OfAFitIsThatOfItsJudgingWindowsForAnyThreads) {
  const LoadedData data = walks();
  Settings s = pooled_settings();
  s.calibration = CalibrationMode::split;
  const Forecaster model = fitted(s, 1, Split::automatic, data), again = fitted(s, 3, Split::automatic, data);
  EXPECT_GT(model.naive().last.weight, .1);
  EXPECT_EQ(model.naive().last.weight, again.naive().last.weight);
  EXPECT_EQ(model.naive().last.scale, again.naive().last.scale);
  EXPECT_EQ(model.calibration(), again.calibration());
  s.pool = PoolMode::none;
  Forecaster alone = fitted(s, 2, Split::automatic, data);
  EXPECT_TRUE(alone.naive().empty());
  EXPECT_TRUE(std::equal(alone.parameters().begin(), alone.parameters().end(), model.parameters().begin()));

  Scheduler scheduler(2);
  const std::vector<float> values = scale_for(alone, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const FitWindows windows = fit_windows(data.series, Split::automatic, alone.data().borders, alone.settings());
  NaivePool naive = measure_naive(alone, scaled, windows.training, scheduler);
  const PoolPart scores = pool_scores(alone, scaled, naive, judging_windows(windows), scheduler);
  choose_weights(std::array{scores}, independent_judges(alone, scaled, windows), naive);
  EXPECT_EQ(naive.last.weight, model.naive().last.weight);
  EXPECT_EQ(naive.season.weight, model.naive().season.weight);
}

TEST(Pool, IsThereByDefaultWhereRowsAreFew) {
  EXPECT_EQ(automatic_pool(4999, Split::automatic), PoolMode::naive);
  EXPECT_EQ(automatic_pool(5000, Split::automatic), PoolMode::none);
  EXPECT_EQ(automatic_pool(100, Split::source), PoolMode::none);
  Settings s = test::small_settings();
  s.pool.reset();
  const Forecaster model = fitted(s, 2, Split::automatic, walks());
  EXPECT_EQ(model.settings().pool, PoolMode::naive);
  EXPECT_EQ(model.origins().at("score.pool"), "by the rows of the table");
  EXPECT_GT(model.naive().last.weight, 0);
  EXPECT_EQ(fitted(s, 2, Split::all, walks()).settings().pool, PoolMode::naive) << "as the fit that is scored";
  s.pool = PoolMode::none;
  const Forecaster alone = fitted(s, 2, Split::automatic, walks());
  EXPECT_TRUE(alone.naive().empty());
  EXPECT_FALSE(alone.origins().contains("score.pool"));
}

TEST(Pool, HearsTheRehearsal) {
  const LoadedData data = walks();
  Settings s = pooled_settings();
  const double alone = fitted(s, 2, Split::automatic, data).naive().last.weight;
  s.correction = CorrectionMode::judged;
  const double both = fitted(s, 2, Split::automatic, data).naive().last.weight;
  EXPECT_GT(both, 0);
  EXPECT_NE(alone, both);
}

TEST(Pool, IsNotJudgedOnDrawnWindows) {
  Settings s = pooled_settings();
  s.lookback = 12;
  EXPECT_TRUE(fitted(s, 2, Split::source, walks()).naive().empty());
}

}  // namespace
}  // namespace vdn
