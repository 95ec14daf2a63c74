// What the table of operations does not say: masks, extreme values, and whole batches of the mixture kernels.

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>
#include <vdn/kernels/mixture_steps.hpp>

namespace vdn::kernels {
namespace {

constexpr Objective objectives[] = {Objective::tempered_joint, Objective::marginal, Objective::joint, Objective::mixed,
                                    Objective::elbo};

template <class Real>
struct Owned {
  std::size_t rows, components, horizon, draws;
  std::vector<Real> target, mean, scale, log_weight;
  std::vector<std::uint8_t> observed;

  Owned(std::size_t b, std::size_t j, std::size_t h, std::size_t s)
      : rows(b),
        components(j),
        horizon(h),
        draws(s),
        target(b * h),
        mean(b * j * h),
        scale(b * j * h, Real(1)),
        log_weight(b * j, static_cast<Real>(-std::log(static_cast<double>(j)))),
        observed(b * h, 1) {
    for (std::size_t i = 0; i < target.size(); ++i) target[i] = static_cast<Real>(std::sin(1.0 + double(i)));
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] = static_cast<Real>(std::cos(0.7 * double(i)));
      scale[i] = static_cast<Real>(0.5 + 0.4 * std::sin(0.3 * double(i)));
    }
  }
  MixtureBatch<Real> view() const {
    return {{target.data(), rows, horizon},
            {observed.data(), rows, horizon},
            {mean.data(), rows * components, horizon},
            {scale.data(), rows * components, horizon},
            {log_weight.data(), rows, components},
            draws};
  }
};

template <class Real>
struct Result {
  std::vector<Real> nll, mean, scale, log_weight;
};
template <class Real>
Result<Real> gradient_of(Objective objective, const Owned<Real>& owned, Real row_weight = 1) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  Result<Real> out{std::vector<Real>(owned.rows, nan), std::vector<Real>(owned.mean.size(), nan),
                   std::vector<Real>(owned.mean.size(), nan), std::vector<Real>(owned.log_weight.size(), nan)};
  // The workspace holds rubbish on entry.
  std::vector<Real> workspace(mixture_nll_workspace(owned.components, owned.horizon), nan);
  const std::size_t rows = owned.rows * owned.components;
  mixture_nll_gradient<Real>(objective, owned.view(), row_weight, workspace, out.nll,
                             {{out.mean.data(), rows, owned.horizon},
                              {out.scale.data(), rows, owned.horizon},
                              {out.log_weight.data(), owned.rows, owned.components}});
  return out;
}

template <class Real>
class Mixture : public testing::Test {};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(Mixture, Reals);

TYPED_TEST(Mixture, UnobservedRowsAndStepsAreExactlyZero) {
  using Real = TypeParam;
  Owned<Real> owned(2, 6, 21, 2);
  for (std::size_t h = 0; h < 21; ++h) owned.observed[h] = 0;
  for (std::size_t h = 0; h < 21; h += 2) owned.observed[21 + h] = 0;
  for (std::size_t i = 0; i < owned.target.size(); ++i)
    if (!owned.observed[i]) owned.target[i] = std::numeric_limits<Real>::quiet_NaN();
  for (const Objective objective : objectives) {
    const Result<Real> out = gradient_of(objective, owned);
    std::vector<Real> nll(2);
    mixture_nll<Real>(objective, owned.view(), nll);
    EXPECT_EQ(out.nll[0], 0);
    EXPECT_EQ(nll[0], 0);
    EXPECT_TRUE(std::isfinite(out.nll[1]));
    EXPECT_NEAR(out.nll[1], nll[1], 2e-6 * (1 + std::abs(nll[1])));
    for (std::size_t i = 0; i < out.mean.size(); ++i) {
      const bool known = owned.observed[i / (6 * 21) * 21 + i % 21] != 0;
      EXPECT_TRUE(known || (out.mean[i] == 0 && out.scale[i] == 0));
      EXPECT_TRUE(std::isfinite(out.mean[i]));
      EXPECT_TRUE(std::isfinite(out.scale[i]));
    }
    for (std::size_t j = 0; j < 6; ++j) EXPECT_EQ(out.log_weight[j], 0);
  }
}

TYPED_TEST(Mixture, ExtremeValuesStayFinite) {
  using Real = TypeParam;
  Owned<Real> owned(3, 4, 37, 2);
  for (Real& scale : owned.scale) scale = Real(0.01);
  for (std::size_t h = 0; h < 37; ++h) owned.target[h] = 50;
  for (std::size_t h = 0; h < 37; ++h) owned.target[37 + h] = Real(1e12);
  owned.log_weight = {0, -80, -90, -1000, 0, -80, -90, -1000, 0, -80, -90, -1000};
  for (const Objective objective : objectives) {
    const Result<Real> out = gradient_of(objective, owned);
    for (const auto* values : {&out.nll, &out.mean, &out.scale, &out.log_weight})
      for (const Real value : *values) EXPECT_TRUE(std::isfinite(value));
    std::vector<Real> nll(3);
    mixture_nll<Real>(objective, owned.view(), nll);
    for (std::size_t b = 0; b < 3; ++b) EXPECT_NEAR(nll[b] / out.nll[b], 1, 1e-5);
  }
  std::vector<Real> crps(3 * 37), dmean(owned.mean.size()), dscale(owned.mean.size());
  mixture_crps_gradient<Real>(owned.view(), {crps.data(), 3, 37}, {dmean.data(), 12, 37}, {dscale.data(), 12, 37});
  for (const auto* values : {&crps, &dmean, &dscale})
    for (const Real value : *values) EXPECT_TRUE(std::isfinite(value));
}

TYPED_TEST(Mixture, NodesAreNormalsOfOneMean) {
  using Real = TypeParam;
  Owned<Real> owned(2, 4, 21, 2), spread(2, 8, 21, 2);
  const double scale[] = {.7, 2.5}, weight[] = {.8, .2};
  spread.target = owned.target;
  for (std::size_t n = 0; n < 2 * 8; ++n) {  // normal n is node n % 2 of component n / 2
    spread.log_weight[n] = owned.log_weight[n / 2] + static_cast<Real>(std::log(weight[n % 2]));
    for (std::size_t h = 0; h < 21; ++h) {
      spread.mean[n * 21 + h] = owned.mean[n / 2 * 21 + h];
      spread.scale[n * 21 + h] = static_cast<Real>(scale[n % 2]) * owned.scale[n / 2 * 21 + h];
    }
  }
  MixtureBatch<Real> batch = owned.view();
  batch.nodes = {.count = 2, .scale = {scale[0], scale[1]}, .log_weight = {std::log(weight[0]), std::log(weight[1])}};
  for (const Objective objective : objectives) {
    std::vector<Real> with(2), normals(2);
    mixture_nll<Real>(objective, batch, with);
    mixture_nll<Real>(objective, spread.view(), normals);
    for (std::size_t b = 0; b < 2; ++b) EXPECT_NEAR(with[b], normals[b], sizeof(Real) == 8 ? 1e-13 : 2e-6);
  }
}

TYPED_TEST(Mixture, ObjectivesAgreeWhereTheyMust) {
  using Real = TypeParam;
  // One component: marginal, joint, mixed, elbo and tempered are the same mean of -log N.
  const Owned<Real> one(2, 1, 18, 1);
  const auto first = gradient_of(Objective::marginal, one);
  for (const Objective objective : objectives) {
    const auto other = gradient_of(objective, one);
    for (std::size_t b = 0; b < 2; ++b) EXPECT_NEAR(first.nll[b], other.nll[b], 1e-5);
    for (std::size_t i = 0; i < first.mean.size(); ++i) EXPECT_NEAR(first.mean[i], other.mean[i], 1e-5);
  }
  const Owned<Real> many(2, 8, 18, 4);
  const auto marginal = gradient_of(Objective::marginal, many, Real(0.5));
  const auto joint = gradient_of(Objective::joint, many, Real(0.5));
  const auto mixed = gradient_of(Objective::mixed, many, Real(0.5));
  for (std::size_t b = 0; b < 2; ++b) EXPECT_NEAR(mixed.nll[b], 0.5 * (marginal.nll[b] + joint.nll[b]), 1e-5);
  for (std::size_t i = 0; i < mixed.mean.size(); ++i) {
    EXPECT_NEAR(mixed.mean[i], 0.5 * (marginal.mean[i] + joint.mean[i]), 1e-5);
    EXPECT_NEAR(mixed.scale[i], 0.5 * (marginal.scale[i] + joint.scale[i]), 1e-5);
  }
}

TEST(MixtureFast, AgreesWithPlainOnAWholeBatch) {
  const Owned<float> fast(5, 16, 96, 4);
  Owned<double> plain(5, 16, 96, 4);
  for (std::size_t i = 0; i < fast.mean.size(); ++i) {
    plain.mean[i] = fast.mean[i];
    plain.scale[i] = fast.scale[i];
  }
  for (std::size_t i = 0; i < fast.target.size(); ++i) plain.target[i] = fast.target[i];
  for (std::size_t i = 0; i < fast.log_weight.size(); ++i) plain.log_weight[i] = fast.log_weight[i];
  for (const Objective objective : objectives) {
    const auto a = gradient_of(objective, fast, 0.25f);
    const auto b = gradient_of(objective, plain, 0.25);
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < a.mean.size(); ++i) {
      difference += std::pow(a.mean[i] - b.mean[i], 2) + std::pow(a.scale[i] - b.scale[i], 2);
      norm += b.mean[i] * b.mean[i] + b.scale[i] * b.scale[i];
    }
    EXPECT_LT(std::sqrt(difference / norm), 1e-5) << static_cast<int>(objective);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(a.nll[i], b.nll[i], 1e-5 * std::abs(b.nll[i]));
  }
}

TEST(MixtureFast, CrpsIsCloseOverFiveDecadesOfScale) {
  for (const double width : {1e-3, 1e-2, 1.0, 1e2}) {
    Owned<float> fast(1, 8, 40, 1);
    Owned<double> plain(1, 8, 40, 1);
    for (std::size_t i = 0; i < fast.mean.size(); ++i)
      plain.scale[i] = fast.scale[i] *= static_cast<float>(width), plain.mean[i] = fast.mean[i];
    for (std::size_t i = 0; i < fast.target.size(); ++i) plain.target[i] = fast.target[i];
    for (std::size_t i = 0; i < fast.log_weight.size(); ++i) plain.log_weight[i] = fast.log_weight[i];
    std::vector<float> a(40);
    std::vector<double> b(40);
    mixture_crps<float>(fast.view(), {a.data(), 1, 40});
    mixture_crps<double>(plain.view(), {b.data(), 1, 40});
    for (std::size_t h = 0; h < 40; ++h) EXPECT_NEAR(a[h], b[h], 2e-6 * (1 + width));
  }
}

TYPED_TEST(Mixture, CrpsIsTheErrorLessHalfTheDifference) {
  using Real = TypeParam;
  Owned<Real> owned(3, 4, 37, 2);
  owned.observed[5] = 0;
  std::vector<Real> crps(3 * 37), error(crps), half(crps);
  mixture_crps<Real>(owned.view(), {crps.data(), 3, 37});
  mixture_absolute_error<Real>(owned.view(), {error.data(), 3, 37});
  mixture_half_difference<Real>(owned.view(), {half.data(), 3, 37});
  EXPECT_EQ(error[5], 0);
  EXPECT_GT(half[5], 0);  // looks at no target
  for (std::size_t i = 0; i < crps.size(); ++i) {
    EXPECT_NEAR(crps[i], owned.observed[i] ? error[i] - half[i] : 0, 1e-6) << i;
  }
}

TYPED_TEST(Mixture, MeanDifferenceOfNormalsByHand) {
  using Real = TypeParam;
  // X - X' of N(0, 1) and N(2, 1), half each: N(0, 2) with probability 1/2, N(+-2, 2) else.
  Owned<Real> owned(1, 2, 1, 1);
  owned.mean = {0, 2};
  owned.scale = {1, 1};
  owned.log_weight = {static_cast<Real>(std::log(.5)), static_cast<Real>(std::log(.5))};
  Real half = 0;
  mixture_half_difference<Real>(owned.view(), {&half, 1, 1});
  const double pi = std::acos(-1.0), root = std::sqrt(2.0);
  const double apart = root * std::sqrt(2 / pi) * std::exp(-1.0) + 2 * std::erf(1.0);  // E|N(2, 2)|
  EXPECT_NEAR(half, .5 * (.5 * 2 / std::sqrt(pi) + .5 * apart), 1e-6);
}

TEST(MixtureFast, QuantilesInvertTheDistributionOfHardMixtures) {
  // Narrow and wide components, far modes, uneven weights.
  Owned<double> plain(1, 4, 16, 1);
  Owned<float> fast(1, 4, 16, 1);
  for (std::size_t h = 0; h < 16; ++h) {
    const double far = 0.5 * double(h);
    const double means[] = {0, far, -2 * far, 0.1}, scales[] = {0.01, 1, 0.3, 5.0 + double(h)};
    for (std::size_t j = 0; j < 4; ++j) {
      plain.mean[j * 16 + h] = fast.mean[j * 16 + h] = static_cast<float>(means[j]);
      plain.scale[j * 16 + h] = fast.scale[j * 16 + h] = static_cast<float>(scales[j]);
    }
  }
  for (std::size_t j = 0; j < 4; ++j)
    plain.log_weight[j] = fast.log_weight[j] = static_cast<float>(std::log(0.1 * double(j + 1)));
  std::vector<double> levels;
  for (int i = 1; i < 200; ++i) levels.push_back(i / 200.0);
  std::vector<float> quantiles(levels.size() * 16);
  mixture_quantiles<float>(fast.view(), levels, {quantiles.data(), levels.size(), 16});
  std::vector<double> cdf(16);
  for (std::size_t l = 0; l < levels.size(); ++l) {
    for (std::size_t h = 0; h < 16; ++h) {
      plain.target[h] = quantiles[l * 16 + h];
      EXPECT_TRUE(l == 0 || quantiles[l * 16 + h] >= quantiles[(l - 1) * 16 + h]);
    }
    mixture_cdf<double>(plain.view(), {cdf.data(), 1, 16});
    for (std::size_t h = 0; h < 16; ++h) EXPECT_NEAR(cdf[h], levels[l], 1.5e-6) << "step " << h;
  }
}

TEST(MixtureFast, QuantilesOfRandomMixturesAreAtTheirLevels) {
  // Steps that have little to do with those before, components from a hundredth to a hundred wide.
  constexpr std::size_t rows = 40, components = 24, horizon = 37;
  Owned<double> plain(rows, components, horizon, 1);
  Owned<float> fast(rows, components, horizon, 1);
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  for (std::size_t i = 0; i < fast.mean.size(); ++i) {
    plain.mean[i] = fast.mean[i] = 2 * normal(random);
    plain.scale[i] = fast.scale[i] = std::exp(1.5f * normal(random));
  }
  for (std::size_t b = 0; b < rows; ++b) {
    double total = 0;
    const auto row = std::span(fast.log_weight).subspan(b * components, components);
    for (float& weight : row) total += std::exp(double{weight = 2 * normal(random)});
    for (float& weight : row) weight -= static_cast<float>(std::log(total));
    std::copy(row.begin(), row.end(), plain.log_weight.begin() + static_cast<std::ptrdiff_t>(b * components));
  }
  const std::vector<double> levels{.001, .025, .1, .25, .5, .75, .9, .975, .999};
  std::vector<float> quantiles(rows * levels.size() * horizon);
  mixture_quantiles<float>(fast.view(), levels, {quantiles.data(), rows * levels.size(), horizon});
  // Within a millionth of the level a little above and below: single precision tells no places apart that are closer.
  const auto cdf_near = [&](std::size_t l, double nudge) {
    std::vector<double> cdf(rows * horizon);
    for (std::size_t i = 0; i < cdf.size(); ++i) {
      const double place = quantiles[(i / horizon * levels.size() + l) * horizon + i % horizon];
      plain.target[i] = place + nudge * std::abs(place);
    }
    mixture_cdf<double>(plain.view(), {cdf.data(), rows, horizon});
    return cdf;
  };
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const std::vector<double> below = cdf_near(l, -2.5e-7), above = cdf_near(l, 2.5e-7);
    for (std::size_t i = 0; i < below.size(); ++i) {
      EXPECT_LT(below[i], levels[l] + 1e-6) << i;
      EXPECT_GT(above[i], levels[l] - 1e-6) << i;
    }
  }
}

TYPED_TEST(Mixture, EnergyScoreByHand) {
  using Real = TypeParam;
  // Step 1 is unobserved. Distances to the target 5 and sqrt(153), between the paths 8.
  const std::vector<Real> target{0, 99, 0}, paths{3, 1, 4, 3, 7, 12};
  const std::vector<std::uint8_t> observed{1, 0, 1};
  const Real score = energy_score<Real>(target, observed, {paths.data(), 2, 3});
  const double to_target = (5 + std::sqrt(153.0)) / 2, apart = 2 * 8.0 / (2 * 4);
  EXPECT_NEAR(score, to_target - apart, 1e-5);
  const std::vector<Real> same{1, 2, 3, 1, 2, 3};
  std::vector<Real> gradient(6);
  energy_score_gradient<Real>(std::span(same).first(3), observed, {same.data(), 2, 3}, {gradient.data(), 2, 3});
  for (const Real value : gradient) EXPECT_EQ(value, 0);
}

TEST(NormalQuantile, InvertsTheDistributionFunction) {
  for (const double level : {1e-12, 1e-5, 0.02, 0.0243, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9}) {
    const double x = normal_quantile(level);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / level, 1, 1e-12);
  }
  EXPECT_EQ(normal_quantile(0.5), 0);
}

}  // namespace
}  // namespace vdn::kernels
