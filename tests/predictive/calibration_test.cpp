// The map found on targets whose distribution is known, and what it does to a mixture.

#include <gtest/gtest.h>

#include <limits>
#include <utility>

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

Calibration fitted(const OwnedBatch& batch, double windows = plenty) {
  CalibrationFit fit(batch.H);
  fit.add(batch.view());
  return fit.finish(windows);
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
  map.apply(batch.log_weights(), batch.means(), batch.scales());
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
  EXPECT_NEAR(half.factor[1], 1 + (full.factor[1] - 1) / 2, 1e-6);
  EXPECT_NEAR(half.shift[1], full.shift[1] / 5, 1e-6) << "a shift needs four times as many";
}

TEST(Calibration, NarrowsOnMoreEvidenceThanItWidens) {
  const OwnedBatch batch = off_by(0, .5);
  const Calibration full = fitted(batch), some = fitted(batch, CalibrationFit::prior_windows);
  EXPECT_NEAR(full.factor[1], .5, .03);
  EXPECT_NEAR(some.factor[1], 1 + (full.factor[1] - 1) / 5, 1e-5);
}

TEST(Calibration, StretchesAtMostFourfold) {
  EXPECT_NEAR(fitted(off_by(0, 3)).factor[1], 3, .1);
  EXPECT_NEAR(fitted(off_by(0, 50)).factor[1], 4, 1e-5);
}

TEST(Calibration, DoesNotBlowUpWhereTheMeanLiesAboveNearlyAll) {
  OwnedBatch batch(1000, 2, 3);  // demand that is mostly none: no interval about 1.2 has an upper end above it
  for (std::size_t j = 0; j < batch.B * batch.J; ++j) {
    const bool some = j % 2 == 1;
    batch.log_weight[j] = std::log(some ? .04f : .96f);
    for (std::size_t h = 0; h < 3; ++h) {
      batch.mean[j * 3 + h] = some ? 30.0f : 0.0f;
      batch.scale[j * 3 + h] = some ? 1.0f : .01f;
    }
  }
  for (std::size_t i = 0; i < batch.target.size(); i += 5) batch.target[i] = 30;
  for (const float factor : fitted(batch).factor) EXPECT_LE(factor, 4);
}

TEST(Calibration, AnEarlierFitSaysHowWideNotWhere) {
  const OwnedBatch own = off_by(.5, 2), other = off_by(-.3, 4);
  CalibrationFit fit(3), earlier(3);
  fit.add(own.view());
  earlier.add(other.view());
  const double n = CalibrationFit::prior_windows;
  const Calibration alone = fit.finish(n), both = fit.finish(n, earlier, 2 * n), without = fit.finish(n, earlier, 0);
  EXPECT_EQ(without, alone);
  EXPECT_EQ(both.shift, alone.shift);
  const Calibration full = fitted(own);
  for (std::size_t h = 0; h < 3; ++h) {
    // Of N(-.3, 16), the factor that gives N(0, 1) its coverage is 4 and a little.
    const double of_earlier = 3 * ((both.factor[h] - 1) * 4 / 3 - (full.factor[h] - 1) / 3) / 2 + 1;
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
  map.apply(batch.log_weights(), batch.means(), batch.scales(), summary);
  const MixtureSummary again(batch.view());
  const auto expect_same = [](ConstMatrix<float> a, ConstMatrix<float> b) {
    ASSERT_EQ(a.flat().size(), b.flat().size());
    for (std::size_t i = 0; i < a.flat().size(); ++i) EXPECT_NEAR(a.flat()[i], b.flat()[i], 1e-5) << i;
  };
  expect_same(std::as_const(summary).mean(), again.mean());
  expect_same(std::as_const(summary).half_difference(), again.half_difference());
  // A quantile is found to 1e-6 of its level: where the density is low, two that are right lie far apart.
  const ConstMatrix<float> quantiles = std::as_const(summary).quantiles();
  const std::size_t Q = scoring_levels.size();
  for (std::size_t i = 0; i < quantiles.flat().size(); ++i) {
    const std::size_t row = i / batch.H, h = i % batch.H;
    const double level = StepMixture(batch.view(), row / Q, h).view().cdf(quantiles(row, h));
    EXPECT_NEAR(level, scoring_levels[row % Q], 1e-5) << i;
  }
  MixtureSummary other(OwnedBatch(2, 4, 21).view());
  EXPECT_THROW(map.apply(batch.log_weights(), batch.means(), batch.scales(), other), Error);
}

/// Every quantile moves as the formula says, to where the mapped mixture has that level.
TEST(Calibration, MapsEveryQuantileOfAMixture) {
  OwnedBatch batch(1, 3, 2);
  batch.mean = {-2, 100, .5f, 101, 1, 103};
  batch.scale = {.5f, 1, 1, 2, .2f, 3};
  batch.log_weight = {std::log(.2f), std::log(.5f), std::log(.3f)};
  const OwnedBatch before = batch;
  const Calibration map{{2, .5f}, {.25f, -1}};
  map.apply(batch.log_weights(), batch.means(), batch.scales());
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

TEST(Calibration, RefusesAnotherHorizon) {
  OwnedBatch batch = off_by(0, 1, 4, 2);
  const Calibration map{{1, 1, 1}, {0, 0, 0}};
  EXPECT_THROW(map.apply(batch.log_weights(), batch.means(), batch.scales()), Error);
  EXPECT_THROW(CalibrationFit(3).add(batch.view()), Error);
  EXPECT_THROW(CalibrationFit(3).finish(0), Error);
}

}  // namespace
}  // namespace vdn
