// The map found on targets whose distribution is known, and what it does to a mixture.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/predictive/calibration.hpp>
#include <vdn/predictive/mixture.hpp>

#include "predictive/mixture_support.hpp"

namespace vdn {
namespace {

using test::Normals;
using test::OwnedBatch;

constexpr double plenty = 1e9;  // windows beside which the prior counts for nothing

/// Forecasts N(0, 1), targets N(shift, deviation^2).
OwnedBatch off_by(double shift, double deviation, std::size_t rows = 4000, std::size_t horizon = 3) {
  OwnedBatch batch(rows, 1, horizon);
  Normals normal(5);
  for (float& y : batch.target) y = static_cast<float>(shift + deviation * normal());
  return batch;
}

/// The series of a table of one.
std::vector<std::size_t> first_series(const OwnedBatch& batch) {
  return std::vector<std::size_t>(batch.B, 0);
}

Calibration fitted(const OwnedBatch& batch, double windows = plenty) {
  CalibrationFit fit(batch.H);
  fit.add(first_series(batch), batch.view());
  return fit.finish(windows);
}

/// Forecasts N(0, 1), targets of series d N(0, deviations[d]^2), a row of each in turn.
CalibrationFit fit_of_series(const std::vector<double>& deviations, std::size_t rows, std::size_t horizon = 3) {
  const std::size_t D = deviations.size();
  OwnedBatch batch(rows * D, 1, horizon);
  std::vector<std::size_t> series(rows * D);
  Normals normal(9);
  for (std::size_t b = 0; b < batch.B; ++b) {
    series[b] = b % D;
    for (std::size_t h = 0; h < horizon; ++h)
      batch.target[b * horizon + h] = static_cast<float>(deviations[b % D] * normal());
  }
  CalibrationFit fit(horizon, D);
  fit.add(series, batch.view());
  return fit;
}

TEST(Calibration, FindsShiftAndFactor) {
  const Calibration map = fitted(off_by(.5, 2));
  for (std::size_t h = 0; h < 3; ++h) {
    EXPECT_NEAR(map.factor[h], 2, .06);
    EXPECT_NEAR(map.shift[h], .5, .06);
  }
}

TEST(Calibration, GivesIntervalsTheirCoverage) {
  OwnedBatch batch = off_by(.5, 2);
  const Calibration map = fitted(batch);
  map.apply(first_series(batch), batch.log_weights(), batch.means(), batch.scales());
  for (const double level : {.5, .8, .9}) {
    std::size_t inside = 0;
    for (std::size_t b = 0; b < batch.B; ++b) {
      const double p = StepMixture(batch.view(), b, 0).view().cdf(batch.target[b * batch.H]);
      inside += p > (1 - level) / 2 && p < (1 + level) / 2;
    }
    EXPECT_NEAR(static_cast<double>(inside) / static_cast<double>(batch.B), level, .02) << level;
  }
}

TEST(Calibration, FewWindowsMoveItLittle) {
  const OwnedBatch batch = off_by(.5, 2);
  const Calibration full = fitted(batch), half = fitted(batch, CalibrationFit::prior_windows);
  EXPECT_NEAR(half.factor[1], std::sqrt(full.factor[1]), 1e-6);
  EXPECT_NEAR(half.shift[1], full.shift[1] / 5, 1e-6) << "a shift needs four times as many";
}

TEST(Calibration, NarrowsOnMoreEvidenceThanItWidens) {
  const OwnedBatch batch = off_by(0, .5);
  const Calibration full = fitted(batch), some = fitted(batch, CalibrationFit::prior_windows);
  EXPECT_NEAR(full.factor[1], .5, .03);
  EXPECT_NEAR(some.factor[1], std::pow(full.factor[1], .2), 1e-5);
}

TEST(Calibration, AnEarlierFitSaysHowWideNotWhere) {
  const OwnedBatch own = off_by(.5, 2), other = off_by(-.3, 4);
  CalibrationFit fit(3), earlier(3);
  fit.add(first_series(own), own.view());
  earlier.add(first_series(other), other.view());
  const double n = CalibrationFit::prior_windows;
  const Calibration alone = fit.finish(n), both = fit.finish(n, earlier, 2 * n), without = fit.finish(n, earlier, 0);
  EXPECT_EQ(without, alone);
  EXPECT_EQ(both.shift, alone.shift);
  const Calibration full = fitted(own);
  for (std::size_t h = 0; h < 3; ++h) {
    // Of N(-.3, 16), the factor that gives N(0, 1) its coverage is 4 and a little.
    const double of_earlier = std::exp(2 * std::log(both.factor[h]) - std::log(full.factor[h]) / 2);
    EXPECT_NEAR(of_earlier, 4, .15) << "n of 4 n: the prior; of the rest a third is the own part";
  }
  EXPECT_THROW(fit.finish(n, CalibrationFit(2), n), Error);
}

TEST(Calibration, LeavesACalibratedForecastAlone) {
  const Calibration map = fitted(off_by(0, 1));
  EXPECT_NEAR(map.factor[1], 1, .04);
  EXPECT_NEAR(map.shift[1], 0, .04);
}

TEST(Calibration, MapsASummaryWithItsRows) {
  OwnedBatch batch(3, 4, 21);
  Normals normal(7);
  for (float& place : batch.mean) place = static_cast<float>(3 * normal());
  for (float& scale : batch.scale) scale = static_cast<float>(std::exp(.5 * normal()));
  Calibration map;
  for (std::size_t h = 0; h < 21; ++h) {
    map.factor.push_back(static_cast<float>(std::exp(.3 * normal())));
    map.shift.push_back(static_cast<float>(.3 * normal()));
  }
  MixtureSummary summary(batch.view());
  map.apply(first_series(batch), batch.log_weights(), batch.means(), batch.scales(), summary);
  const MixtureSummary again(batch.view());
  const auto expect_same = [](ConstMatrix<float> a, ConstMatrix<float> b, double tolerance) {
    ASSERT_EQ(a.flat().size(), b.flat().size());
    for (std::size_t i = 0; i < a.flat().size(); ++i) EXPECT_NEAR(a.flat()[i], b.flat()[i], tolerance) << i;
  };
  expect_same(std::as_const(summary).mean(), again.mean(), 1e-5);
  expect_same(std::as_const(summary).half_difference(), again.half_difference(), 1e-5);
  expect_same(std::as_const(summary).quantiles(), again.quantiles(),
              1e-3);  // 1e-6 of the level, where the density is low
  MixtureSummary other(OwnedBatch(2, 4, 21).view());
  EXPECT_THROW(map.apply(first_series(batch), batch.log_weights(), batch.means(), batch.scales(), other), Error);
}

/// Every quantile moves as the formula says, to where the mapped mixture has that level.
TEST(Calibration, MapsEveryQuantileOfAMixture) {
  OwnedBatch batch(1, 3, 2);
  batch.mean = {-2, 100, .5f, 101, 1, 103};
  batch.scale = {.5f, 1, 1, 2, .2f, 3};
  batch.log_weight = {std::log(.2f), std::log(.5f), std::log(.3f)};
  const OwnedBatch before = batch;
  const Calibration map{{2, .5f}, {.25f, -1}};
  map.apply(first_series(batch), batch.log_weights(), batch.means(), batch.scales());
  for (std::size_t h = 0; h < 2; ++h) {
    const StepMixture old_step(before.view(), 0, h), new_step(batch.view(), 0, h);
    const GaussianMixture was = old_step.view(), is = new_step.view();
    const double deviation = std::sqrt(was.variance());
    for (const double level : {.01, .3, .5, .9}) {
      const double expected =
          was.mean() + map.factor[h] * (was.quantile(level) - was.mean()) + map.shift[h] * deviation;
      EXPECT_NEAR(is.quantile(level), expected, 1e-4) << h << " " << level;
    }
  }
}

TEST(Calibration, IgnoresWhatWasNotObserved) {
  OwnedBatch batch = off_by(0, 1);
  for (std::size_t b = 0; b < batch.B; b += 2) {
    batch.observed[b * batch.H] = 0;
    batch.target[b * batch.H] = std::numeric_limits<float>::quiet_NaN();
  }
  EXPECT_NEAR(fitted(batch).factor[0], 1, .05);
  std::fill(batch.observed.begin(), batch.observed.end(), std::uint8_t{0});
  EXPECT_EQ(fitted(batch), (Calibration{{1, 1, 1}, {0, 0, 0}}));
}

/// The factor of step 0 and a series.
double factor_of(const Calibration& map, std::size_t series) {
  return double{map.factor[0]} * double{map.series[series]};
}

TEST(Calibration, FindsTheFactorOfEverySeries) {
  const Calibration map = fit_of_series({.5, 1, 4}, 8000).finish(8000);  // as many windows as were looked at
  ASSERT_EQ(map.series.size(), 3u);
  EXPECT_NEAR(factor_of(map, 0), .5, .02);
  EXPECT_NEAR(factor_of(map, 1), 1, .03);
  EXPECT_NEAR(factor_of(map, 2), 4, .12);
}

/// Alone or among others a series is drawn to 1 by the same windows: widening by n/(n + 32), narrowing by n/(n + 128).
TEST(Calibration, DrawsASeriesAsIfItStoodAlone) {
  const double n = CalibrationFit::prior_windows, many = 4000;
  const CalibrationFit fit = fit_of_series({.5, 1, 4}, 4000, 1);
  const Calibration full = fit.finish(many), some = fit.finish(n);
  const double narrow = std::log(factor_of(full, 0)) * (many + 4 * n) / many;
  const double wide = std::log(factor_of(full, 2)) * (many + n) / many;
  EXPECT_NEAR(std::log(factor_of(some, 0)), narrow / 5, 1e-5);
  EXPECT_NEAR(std::log(factor_of(some, 2)), wide / 2, 1e-5);
}

TEST(Calibration, WhatStoodStillMayMoveAgain) {
  OwnedBatch batch(4000, 1, 3);  // every target on the mean
  EXPECT_NEAR(fitted(batch).factor[1], .1, 1e-4);
  EXPECT_NEAR(factor_of(fit_of_series({0, 1}, 8000).finish(8000), 0), .1, .01) << "of one series";
}

TEST(Calibration, ASeriesSeldomLookedAtFollowsTheOthers) {
  const double n = CalibrationFit::prior_windows;
  OwnedBatch batch = off_by(0, 2, 400);
  std::vector<std::size_t> series(batch.B);  // one row in a hundred is of series 1
  for (std::size_t b = 0; b < batch.B; b += 100) {
    series[b] = 1;
    for (std::size_t h = 0; h < 3; ++h) batch.target[b * 3 + h] = b % 200 == 0 ? 50 : -50;
  }
  CalibrationFit fit(3, 3);
  fit.add(series, batch.view());
  const Calibration map = fit.finish(n);
  EXPECT_NEAR(map.series[0], 1, .05);
  EXPECT_GT(map.series[1], 1.05);
  EXPECT_LT(map.series[1], 1.3) << "4 of 32 windows; all of them would give sqrt(25)";
  EXPECT_EQ(map.series[2], 1) << "never looked at";
}

TEST(Calibration, AnEarlierFitSaysItOfEverySeries) {
  const double n = CalibrationFit::prior_windows;
  const CalibrationFit fit = fit_of_series({1, 4}, 4000, 1), earlier = fit_of_series({4, 1}, 4000, 1);
  const Calibration both = fit.finish(n, earlier, n);
  EXPECT_NEAR(both.series[0], both.series[1], .03) << "each part says of one what the other says of the other";
  EXPECT_THROW(fit.finish(n, CalibrationFit(1, 3), n), Error);
}

TEST(Calibration, StretchesARowByTheFactorOfItsSeries) {
  OwnedBatch batch(2, 1, 1);
  const Calibration map{{2}, {0}, {1.5f, .5f}};
  const std::vector<std::size_t> series{1, 0};
  MixtureSummary summary(batch.view());
  map.apply(series, batch.log_weights(), batch.means(), batch.scales(), summary);
  EXPECT_FLOAT_EQ(batch.scale[0], 1);
  EXPECT_FLOAT_EQ(batch.scale[1], 3);
  EXPECT_NEAR(std::as_const(summary).half_difference()(1, 0), 3 / std::sqrt(std::acos(-1.0)), 1e-5);
  const std::vector<std::size_t> unknown{0, 2};
  EXPECT_THROW(map.apply(unknown, batch.log_weights(), batch.means(), batch.scales()), Error);
  EXPECT_THROW(CalibrationFit(1, 2).add(unknown, batch.view()), Error);
}

TEST(Calibration, RefusesAnotherHorizon) {
  OwnedBatch batch = off_by(0, 1, 4, 2);
  const Calibration map{{1, 1, 1}, {0, 0, 0}};
  EXPECT_THROW(map.apply(first_series(batch), batch.log_weights(), batch.means(), batch.scales()), Error);
  EXPECT_THROW(CalibrationFit(3).add(first_series(batch), batch.view()), Error);
  EXPECT_THROW(CalibrationFit(3).finish(0), Error);
}

}  // namespace
}  // namespace vdn
