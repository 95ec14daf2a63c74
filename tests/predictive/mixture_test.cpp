// The mixture against numerical integration, which uses nothing but its own formula of the density.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/mixture.hpp>

namespace vdn {
namespace {

struct Case {
  std::vector<float> weight, mean, scale;
  GaussianMixture view() const { return {weight, mean, scale}; }
};
const std::vector<Case> cases{
    {{1}, {0.5}, {1.5}}, {{0.25, 0.75}, {-2, 1}, {0.5, 1}}, {{1, 2, 3, 2}, {0, 4, -3, 0.2f}, {0.1f, 2, 0.7f, 3}}};

double integral(const std::function<double(double)>& f, double lo, double hi) {
  constexpr int intervals = 200000;  // Simpson
  const double step = (hi - lo) / intervals;
  double sum = f(lo) + f(hi);
  for (int i = 1; i < intervals; ++i) sum += (i % 2 ? 4 : 2) * f(lo + i * step);
  return sum * step / 3;
}

double density_by_hand(const Case& one, double x) {
  double sum = 0, total = 0;
  for (std::size_t j = 0; j < one.mean.size(); ++j) {
    const double z = (x - one.mean[j]) / one.scale[j];
    sum += one.weight[j] * std::exp(-0.5 * z * z) / (one.scale[j] * std::sqrt(2 * std::acos(-1.0)));
    total += one.weight[j];
  }
  return sum / total;
}

TEST(GaussianMixture, DensityIntegratesToOneAndItsMomentsAgree) {
  for (const Case& one : cases) {
    const GaussianMixture mixture = one.view();
    EXPECT_NEAR(integral([&](double x) { return mixture.density(x); }, -40, 40), 1, 1e-9);
    const double mean = integral([&](double x) { return x * density_by_hand(one, x); }, -40, 40);
    const double variance =
        integral([&](double x) { return (x - mean) * (x - mean) * density_by_hand(one, x); }, -40, 40);
    EXPECT_NEAR(mixture.mean(), mean, 1e-9);
    EXPECT_NEAR(mixture.variance(), variance, 1e-8);
    for (const double x : {-5.0, -0.3, 0.0, 2.0, 9.0})
      EXPECT_NEAR(mixture.log_density(x), std::log(density_by_hand(one, x)), 1e-9);
  }
}

TEST(GaussianMixture, VarianceSplitsIntoWithinAndLatent) {
  const Case one{{1, 3}, {-1, 1}, {0.5, 2}};
  EXPECT_DOUBLE_EQ(one.view().within_variance(), 0.25 * 0.25 + 0.75 * 4);
  EXPECT_DOUBLE_EQ(one.view().latent_variance(), 0.25 * 1.5 * 1.5 + 0.75 * 0.5 * 0.5);
}

TEST(GaussianMixture, CdfIsTheIntegralOfTheDensity) {
  for (const Case& one : cases) {
    for (const double x : {-4.0, -1.0, 0.1, 3.0}) {
      const double expected = integral([&](double t) { return density_by_hand(one, t); }, -40, x);
      EXPECT_NEAR(one.view().cdf(x), expected, 1e-9);
      EXPECT_NEAR(one.view().survival(x), 1 - expected, 1e-9);
    }
  }
}

TEST(GaussianMixture, CrpsIsTheIntegralOfTheSquaredDifference) {
  for (const Case& one : cases) {
    const GaussianMixture mixture = one.view();
    for (const double y : {-6.0, -0.5, 0.3, 2.0, 8.0}) {
      const double below = integral([&](double x) { return std::pow(mixture.cdf(x), 2); }, -40, y);
      const double above = integral([&](double x) { return std::pow(mixture.survival(x), 2); }, y, 40);
      EXPECT_NEAR(mixture.crps(y), below + above, 1e-6);
    }
  }
}

TEST(GaussianMixture, QuantilesInvertTheDistributionFunctionAndNeverCross) {
  std::vector<double> levels{1e-9, 1e-4};
  for (int i = 1; i < 500; ++i) levels.push_back(i / 500.0);
  levels.push_back(1 - 1e-9);
  for (const Case& one : cases) {
    const GaussianMixture mixture = one.view();
    std::vector<double> quantiles(levels.size());
    mixture.quantiles(levels, quantiles);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double q = mixture.quantile(levels[i]);
      if (levels[i] < 0.5) {
        EXPECT_NEAR(mixture.cdf(q) / levels[i], 1, 1e-7);
      } else {
        EXPECT_NEAR(mixture.survival(q) / (1 - levels[i]), 1, 1e-7);
      }
      EXPECT_NEAR(quantiles[i], q, 2e-9 * (1 + std::abs(q)));
      EXPECT_TRUE(i == 0 || quantiles[i] >= quantiles[i - 1]);
    }
  }
}

TEST(GaussianMixture, QuantilesOfFarNarrowModesAreFound) {
  const Case one{{0.5, 0.5}, {-1000, 1000}, {0.01f, 0.01f}};
  EXPECT_NEAR(one.view().quantile(0.25), -1000, 1e-6);
  EXPECT_NEAR(one.view().quantile(0.75), 1000, 1e-6);
  EXPECT_NEAR(one.view().cdf(one.view().quantile(0.5)), 0.5, 1e-9);
}

TEST(GaussianMixture, LogDensityIsFiniteFarAway) {
  EXPECT_TRUE(std::isfinite(cases[2].view().log_density(1e6)));
}

TEST(GaussianMixture, RefusesWhatIsNoMixture) {
  const std::vector<float> one{1}, two{1, 1}, zero{0}, nan{std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THROW(GaussianMixture({}, {}, {}), Error);
  EXPECT_THROW(GaussianMixture(one, two, one), Error);
  EXPECT_THROW(GaussianMixture(zero, one, one), Error);
  EXPECT_THROW(GaussianMixture(nan, one, one), Error);
  EXPECT_THROW(GaussianMixture(one, nan, one), Error);
  EXPECT_THROW(GaussianMixture(one, one, zero), Error);
  const GaussianMixture good(one, one, one);
  EXPECT_THROW(good.quantile(0), Error);
  EXPECT_THROW(good.quantile(1), Error);
  std::vector<double> out(2);
  EXPECT_THROW(good.quantiles(std::vector{0.5, 0.4}, out), Error);
}

TEST(StepMixture, ReadsOneStepOfABatch) {
  const std::vector<float> target(6), mean{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, scale(12, 2.0f);
  const std::vector<float> log_weight{std::log(0.25f), std::log(0.75f), std::log(0.5f), std::log(0.5f)};
  const std::vector<std::uint8_t> observed(6, 1);
  const kernels::MixtureBatch<float> batch{{target.data(), 2, 3}, {observed.data(), 2, 3},   {mean.data(), 4, 3},
                                           {scale.data(), 4, 3},  {log_weight.data(), 2, 2}, 1};
  EXPECT_NEAR(StepMixture(batch, 0, 2).view().mean(), 0.25 * 2 + 0.75 * 5, 1e-6);
  EXPECT_NEAR(StepMixture(batch, 1, 1).view().mean(), 0.5 * 7 + 0.5 * 10, 1e-6);
}

}  // namespace
}  // namespace vdn
