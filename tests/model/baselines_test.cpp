#include <vdn/model/baselines.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <random>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

std::vector<double> ask(const PointRule& rule, const std::vector<float>& series, std::uint32_t origin) {
  std::vector<double> out(rule.horizon());
  const Window window{0, origin};
  rule.forecast(ConstMatrix<float>(series.data(), 1, series.size()), {&window, 1},
                Matrix<double>(out.data(), 1, out.size()));
  return out;
}

TEST(RepeatLast, RepeatsTheLastObservedValue) {
  EXPECT_EQ(ask(RepeatLast(3, 2), {1, 2, 3, 9, 9}, 3), (std::vector<double>{3, 3}));
  EXPECT_EQ(ask(RepeatLast(3, 2), {1, 2, missing, 9, 9}, 3), (std::vector<double>{2, 2}));
  EXPECT_EQ(ask(RepeatLast(2, 1), {1, missing, missing, 9}, 3), (std::vector<double>{0}));
}

TEST(SeasonalNaive, RepeatsTheLastSeason) {
  const std::vector<float> series{10, 1, 2, 3, 4, 5, 6, 99};
  EXPECT_EQ(ask(SeasonalNaive(3, 6, 7), series, 7), (std::vector<double>{4, 5, 6, 4, 5, 6, 4}));
  EXPECT_EQ(ask(SeasonalNaive(3, 6, 2), series, 7), (std::vector<double>{4, 5}));
  EXPECT_EQ(ask(SeasonalNaive(6, 6, 2), series, 7), (std::vector<double>{1, 2}));
  EXPECT_EQ(ask(SeasonalNaive(7, 6, 2), series, 7), (std::vector<double>{6, 6})) << "the season is longer than L";
  EXPECT_THROW(SeasonalNaive(0, 6, 2), Error);
}

TEST(SeasonalNaive, GoesBackASeasonWhereAValueIsMissing) {
  const std::vector<float> series{10, 1, missing, 3, missing, missing, 6, 99};
  EXPECT_EQ(ask(SeasonalNaive(3, 6, 4), series, 7), (std::vector<double>{1, 6, 6, 1}));
}

TEST(Baselines, HaveNames) {
  EXPECT_EQ(RepeatLast(1, 1).name(), "repeat last");
  EXPECT_EQ(SeasonalNaive(1, 1, 1).name(), "seasonal naive");
  const auto line = std::make_shared<RidgeLine>(LinearPath{1, 1, {0}, {0}});
  EXPECT_EQ(Baseline(line, {SpreadKind::gaussian, 1, 1, 1, {0}, {1}}).name(), "ridge line");
  EXPECT_EQ(Baseline(line, {SpreadKind::quantiles, 1, 1, 1, {0}, {1}}).name(), "ridge line, quantiles");
}

/// Two series of independent noise around 0 and 5, the second ten times as wide.
std::vector<float> noise(std::size_t rows) {
  std::vector<float> values(2 * rows);
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (std::size_t t = 0; t < rows; ++t) {
    values[t] = .1f * normal(random);
    values[rows + t] = 5 + normal(random);
  }
  return values;
}

TEST(GaussianSpread, IsTheMeanOfTheMeanSquaresOfTrainingAndValidation) {
  auto values = noise(60);
  values[30] = values[60 + 55] = missing;
  const ConstMatrix<float> scaled(values.data(), 2, 60);
  const Windows training(4, 40 - 3, 2), validation(40, 60 - 3, 2);
  Scheduler scheduler(2);
  const auto spread = fit_spread(RepeatLast(4, 3), scaled, training, validation, SpreadKind::gaussian, scheduler);
  const auto mean_square = [&](std::size_t d, std::size_t h, std::size_t first, std::size_t end) {
    double sum = 0, count = 0;
    for (std::size_t origin = first; origin <= end; ++origin) {
      if (std::isnan(scaled(d, origin + h))) continue;
      const float last = std::isnan(scaled(d, origin - 1)) ? scaled(d, origin - 2) : scaled(d, origin - 1);
      sum += std::pow(static_cast<double>(scaled(d, origin + h)) - static_cast<double>(last), 2);
      count += 1;
    }
    return sum / count;
  };
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t h = 0; h < 3; ++h) {
      const double variance = (mean_square(d, h, 4, 37) + mean_square(d, h, 40, 57)) / 2;
      EXPECT_NEAR(spread.scale[d * 3 + h], std::sqrt(variance), 1e-6);
      EXPECT_EQ(spread.offset[d * 3 + h], 0);
    }
  }
}

TEST(AbsoluteSpread, IsTheDeviationOfANormalWithThatMeanError) {
  const std::size_t rows = 120;
  const auto values = noise(rows);
  const ConstMatrix<float> scaled(values.data(), 2, rows);
  Scheduler scheduler(2);
  const auto spread =
      fit_spread(RepeatLast(4, 3), scaled, Windows(4, rows - 3, 2), {}, SpreadKind::absolute, scheduler);
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t h = 0; h < 3; ++h) {
      double sum = 0;
      for (std::size_t origin = 4; origin <= rows - 3; ++origin) {
        sum += std::abs(static_cast<double>(scaled(d, origin + h)) - static_cast<double>(scaled(d, origin - 1)));
      }
      EXPECT_NEAR(spread.scale[d * 3 + h], std::sqrt(std::numbers::pi / 2) * sum / (rows - 6), 1e-6);
    }
  }
}

TEST(QuantileSpread, HasTheQuantilesOfTheValidationResiduals) {
  const std::size_t rows = 20000;
  const auto values = noise(rows);
  const ConstMatrix<float> scaled(values.data(), 2, rows);
  const RidgeLine rule(LinearPath{1, 2, {0, 0}, {.5, .5}});  // residuals: value - last value - .5
  Scheduler scheduler(2);
  const auto spread =
      fit_spread(rule, scaled, Windows(1, 0, 2), Windows(1, rows - 2, 2), SpreadKind::quantiles, scheduler);
  ASSERT_EQ(spread.components, 39u);
  const double deviation[2] = {.1 * std::sqrt(2.0), std::sqrt(2.0)};
  for (std::size_t d = 0; d < 2; ++d) {
    const auto offset = [&](std::size_t j) { return static_cast<double>(spread.offset[(d * 39 + j) * 2 + 1]); };
    EXPECT_NEAR(offset(19), -.5, .1 * deviation[d]);                                     // level .5
    EXPECT_NEAR((offset(32) - offset(6)) / 2, .9674 * deviation[d], .1 * deviation[d]);  // levels .8333 and .1667
    for (std::size_t j = 1; j < 39; ++j) EXPECT_LE(offset(j - 1), offset(j));
    for (std::size_t j = 0; j < 39; ++j) {
      const double scale = static_cast<double>(spread.scale[(d * 39 + j) * 2 + 1]);
      EXPECT_GE(scale, .01f);
      EXPECT_LT(scale, .6 * deviation[d]);
    }
  }
}

TEST(QuantileSpread, TakesTrainingInWhenValidationIsShort) {
  auto values = noise(200);
  for (std::size_t t = 0; t < 150; ++t) values[t] = 0;  // series 0 has no training residual
  const ConstMatrix<float> scaled(values.data(), 2, 200);
  Scheduler scheduler(1);
  const auto offset = [&](std::size_t first_validation, std::size_t j) {
    const Windows validation(first_validation, 199, 2);
    return fit_spread(RepeatLast(1, 1), scaled, Windows(1, 140, 2), validation, SpreadKind::quantiles, scheduler)
        .offset[j];
  };
  EXPECT_NE(offset(150, 12), 0) << "50 validation origins are enough";
  EXPECT_EQ(offset(151, 12), 0) << "49 are not: most residuals are now zeros";
}

TEST(Spread, HasAFloorAndAFallback) {
  std::vector<float> values(100, 1.0f);
  for (std::size_t t = 50; t < 100; ++t) values[t] = missing;
  const ConstMatrix<float> scaled(values.data(), 1, 100);
  const RepeatLast rule(2, 2);
  const Windows none(1, 0, 1);
  Scheduler scheduler(1);
  for (const auto kind : {SpreadKind::gaussian, SpreadKind::quantiles}) {
    for (const float scale : fit_spread(rule, scaled, Windows(2, 40, 1), none, kind, scheduler).scale) {
      EXPECT_EQ(scale, .01f);
    }
    for (const float scale : fit_spread(rule, scaled, Windows(60, 90, 1), none, kind, scheduler).scale) {
      EXPECT_EQ(scale, 1.0f);
    }
  }
  EXPECT_THROW(fit_spread(rule, scaled, none, none, SpreadKind::gaussian, scheduler), Error);
  EXPECT_THROW(fit_spread(rule, scaled, Windows(2, 99, 1), none, SpreadKind::gaussian, scheduler), Error);
}

TEST(Baseline, PlacesComponentsAroundThePointForecast) {
  const std::vector<float> values{1, 2, 3, 4, 10, 20, 30, 40};
  const ConstMatrix<float> scaled(values.data(), 2, 4);
  const ResidualSpread spread{SpreadKind::quantiles, 2, 2, 1, {-1, 1, -2, 2}, {.1f, .2f, .3f, .4f}};
  Baseline baseline(std::make_shared<RepeatLast>(1, 1), spread);
  const std::vector<Window> windows{{1, 3}, {0, 2}, {1, 1}};
  ForecastBatch batch;
  Scheduler scheduler(2);
  baseline.forecast(scaled, windows, batch, scheduler);
  EXPECT_EQ(batch.components(), 2u);
  const auto mean = batch.mean().flat(), scale = batch.scale().flat();
  EXPECT_EQ(std::vector<float>(mean.begin(), mean.end()), (std::vector<float>{28, 32, 1, 3, 8, 12}));
  EXPECT_EQ(std::vector<float>(scale.begin(), scale.end()), (std::vector<float>{.3f, .4f, .1f, .2f, .3f, .4f}));
  for (const float weight : batch.log_weight().flat()) EXPECT_FLOAT_EQ(weight, std::log(.5f));
  EXPECT_THROW(baseline.forecast(ConstMatrix<float>(values.data(), 1, 4), windows, batch, scheduler), Error);
  EXPECT_THROW(Baseline(std::make_shared<RepeatLast>(1, 2), spread), Error);
}

TEST(Baseline, HasTheSameBitsForAnyNumberOfThreads) {
  const auto values = noise(900);
  const ConstMatrix<float> scaled(values.data(), 2, 900);
  const Windows training(12, 600, 2), validation(600, 896, 2);
  std::vector<Window> windows;
  for (std::size_t i = 0; i < validation.count(); ++i) windows.push_back(validation[i]);
  std::vector<std::vector<float>> results;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Scheduler scheduler(threads);
    const auto rule = std::make_shared<RidgeLine>(fit_linear_path(scaled, training, 12, 4, {}, scheduler));
    auto baseline = fit_baseline(rule, scaled, training, validation, SpreadKind::quantiles, scheduler);
    ForecastBatch batch;
    baseline.forecast(scaled, windows, batch, scheduler);
    results.emplace_back(batch.mean().flat().begin(), batch.mean().flat().end());
    results.back().insert(results.back().end(), batch.scale().flat().begin(), batch.scale().flat().end());
  }
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

}  // namespace
}  // namespace vdn
