// Sample paths: the mixture's marginals, one component a path, dependence as asked.

#include <gtest/gtest.h>

#include <algorithm>

#include <vdn/core/error.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/predictive/path_dependence.hpp>
#include <vdn/predictive/paths.hpp>

#include "predictive/mixture_support.hpp"

namespace vdn {
namespace {

using test::OwnedBatch;

constexpr std::size_t horizon = 4, count = 10000;

OwnedBatch three_components() {
  OwnedBatch batch(2, 3, horizon);
  for (std::size_t h = 0; h < horizon; ++h) {
    const auto step = static_cast<float>(h);
    for (std::size_t b = 0; b < 2; ++b) {
      batch.means()(3 * b, h) = -3 + step;
      batch.means()(3 * b + 1, h) = 10 * step;
      batch.means()(3 * b + 2, h) = 5;
      batch.scales()(3 * b, h) = .5f + step;
      batch.scales()(3 * b + 1, h) = 1;
      batch.scales()(3 * b + 2, h) = 2;
    }
  }
  batch.log_weight = {std::log(.2f), std::log(.5f), std::log(.3f), std::log(.2f), std::log(.5f), std::log(.3f)};
  return batch;
}

PathNumbers numbers(std::uint32_t first = 0) {
  return {{stream_key(1, Purpose::paths), 7, 42, 0}, first};
}

std::vector<float> dependent_factor() {
  return PathDependence{{1, .8, .64, .512}}.factor(horizon);
}

/// Quantiles of the paths have the level they should, within four standard errors.
void expect_marginals(const OwnedBatch& batch, ConstMatrix<float> paths) {
  for (std::size_t h = 0; h < horizon; ++h) {
    std::vector<float> values;
    for (std::size_t n = 0; n < paths.rows; ++n) values.push_back(paths(n, h));
    std::sort(values.begin(), values.end());
    const StepMixture step(batch.view(), 1, h);
    for (const double level : {.01, .05, .1, .25, .5, .75, .9, .95, .99}) {
      const double at = values[static_cast<std::size_t>(level * static_cast<double>(values.size()))];
      EXPECT_NEAR(step.view().cdf(at), level, 4 * std::sqrt(level * (1 - level) / count)) << h << " " << level;
    }
  }
}

TEST(Paths, KeepTheMarginalsOfTheMixture) {
  const OwnedBatch batch = three_components();
  const std::vector<float> factor = dependent_factor();
  std::vector<float> drawn(count * horizon);
  const Matrix<float> paths(drawn.data(), count, horizon);
  sample_paths(batch.view(), 1, {factor.data(), horizon, horizon}, numbers(), paths);
  expect_marginals(batch, paths);
  sample_paths(batch.view(), 1, {}, numbers(), paths);
  expect_marginals(batch, paths);
  sample_independent(batch.view(), 1, numbers(), paths);
  expect_marginals(batch, paths);
}

TEST(Paths, HoldOneComponentAsOftenAsItWeighs) {
  OwnedBatch batch = three_components();
  std::fill(batch.scale.begin(), batch.scale.end(), 1e-6f);
  std::vector<float> drawn(count * horizon);
  const Matrix<float> paths(drawn.data(), count, horizon);
  sample_paths(batch.view(), 0, {}, numbers(), paths);
  std::size_t times[3] = {};
  for (std::size_t n = 0; n < count; ++n) {
    std::size_t held = 0;
    while (held < 3 && std::abs(paths(n, 0) - batch.means()(held, 0)) > .01f) ++held;
    ASSERT_LT(held, 3u);
    ++times[held];
    for (std::size_t h = 0; h < horizon; ++h) EXPECT_NEAR(paths(n, h), batch.means()(held, h), .01f);
  }
  EXPECT_NEAR(static_cast<double>(times[0]), .2 * count, 1.5);  // stratified: not a matter of luck
  EXPECT_NEAR(static_cast<double>(times[1]), .5 * count, 1.5);
}

TEST(Paths, ResidualsAreCorrelatedAsAsked) {
  const OwnedBatch batch(1, 1, horizon);
  const std::vector<float> factor = dependent_factor();
  std::vector<float> drawn(count * horizon);
  const Matrix<float> paths(drawn.data(), count, horizon);
  sample_paths(batch.view(), 0, {factor.data(), horizon, horizon}, numbers(), paths);
  double lag1 = 0, lag3 = 0;
  for (std::size_t n = 0; n < count; ++n) {
    lag1 += double{paths(n, 1)} * paths(n, 2) / count;
    lag3 += double{paths(n, 0)} * paths(n, 3) / count;
  }
  EXPECT_NEAR(lag1, .8, .05);
  EXPECT_NEAR(lag3, .512, .05);
}

TEST(Paths, DependOnTheirKeyAndNumberAlone) {
  const OwnedBatch batch(2, 1, horizon);
  std::vector<float> first(8 * horizon), again(8 * horizon), later(4 * horizon), other(8 * horizon);
  sample_paths(batch.view(), 0, {}, numbers(), {first.data(), 8, horizon});
  sample_paths(batch.view(), 1, {}, numbers(), {again.data(), 8, horizon});
  EXPECT_EQ(first, again);
  sample_paths(batch.view(), 0, {}, numbers(4), {later.data(), 4, horizon});
  EXPECT_TRUE(std::equal(later.begin(), later.end(), first.begin() + 4 * horizon));
  PathNumbers elsewhere = numbers();
  elsewhere.key.origin = 43;
  sample_paths(batch.view(), 0, {}, elsewhere, {other.data(), 8, horizon});
  EXPECT_NE(first, other);
}

TEST(Paths, OddOnesMirrorTheOneBefore) {
  OwnedBatch batch(1, 1, horizon);
  for (std::size_t h = 0; h < horizon; ++h) batch.means()(0, h) = static_cast<float>(h);
  const std::vector<float> factor = dependent_factor();
  for (const ConstMatrix<float> root : {ConstMatrix<float>{}, ConstMatrix<float>(factor.data(), horizon, horizon)}) {
    std::vector<float> drawn(9 * horizon);
    const Matrix<float> paths(drawn.data(), 9, horizon);
    sample_paths(batch.view(), 0, root, numbers(1), paths);  // number 1 mirrors number 0, which is not among them
    for (std::size_t n = 1; n < 9; n += 2) {
      EXPECT_NE(paths(n, 0), paths(n - 1, 0));
      for (std::size_t h = 0; h < horizon; ++h) {
        EXPECT_NEAR(paths(n, h) + paths(n + 1, h), 2 * static_cast<float>(h), 1e-5);
      }
    }
  }
}

/// A hundred draws of four components of one weight each: whatever the window, the components of all draws together
/// are used as often as they weigh.
TEST(Paths, ComponentsWithinDrawsAreSpreadEvenly) {
  constexpr std::size_t draws = 100, components = 4;
  constexpr double weight[components] = {.1, .2, .3, .4};
  OwnedBatch batch(1, draws * components, 1);
  std::fill(batch.scale.begin(), batch.scale.end(), 1e-6f);
  for (std::size_t j = 0; j < draws * components; ++j) {
    batch.log_weight[j] = static_cast<float>(std::log(weight[j % components] / draws));
    batch.means()(j, 0) = static_cast<float>(j);
  }
  for (std::uint32_t origin = 0; origin < 50; ++origin) {
    PathNumbers window = numbers();
    window.key.origin = origin;
    std::vector<float> drawn(draws);
    sample_paths(batch.view(), 0, {}, window, {drawn.data(), draws, 1});
    double times[components] = {};
    for (std::size_t n = 0; n < draws; ++n) {
      const auto j = static_cast<std::size_t>(std::lround(drawn[n]));
      ASSERT_EQ(j / components, n) << "one path of every draw";
      ++times[j % components];
    }
    for (std::size_t m = 0; m < components; ++m) EXPECT_NEAR(times[m], weight[m] * draws, 2.5) << origin;
  }
}

/// Mean square error of the paths' mean over windows, against paths of windows of their own, which are independent.
TEST(Paths, StandForTheirDistributionBetterThanIndependentOnes) {
  const OwnedBatch batch = three_components();
  constexpr std::uint32_t N = 50, windows = 400;
  double spread[2] = {};
  for (std::uint32_t origin = 0; origin < windows; ++origin) {
    std::vector<float> together(N * horizon), apart(N * horizon);
    PathNumbers window = numbers();
    window.key.origin = origin;
    sample_paths(batch.view(), 0, {}, window, {together.data(), N, horizon});
    for (std::uint32_t n = 0; n < N; ++n) {
      window.key.origin = windows + origin * N + n;
      sample_paths(batch.view(), 0, {}, window, {apart.data() + n * horizon, 1, horizon});
    }
    const StepMixture step(batch.view(), 0, 1);
    for (const auto& [paths, sum] : {std::pair{&together, &spread[0]}, std::pair{&apart, &spread[1]}}) {
      double mean = 0;
      for (std::size_t n = 0; n < N; ++n) mean += double{(*paths)[n * horizon + 1]} / N;
      *sum += std::pow(mean - step.view().mean(), 2);
    }
  }
  EXPECT_LT(spread[0], .2 * spread[1]);
}

TEST(Paths, RefuseShapesThatDoNotFit) {
  const OwnedBatch batch(1, 1, horizon);
  std::vector<float> drawn(2 * horizon);
  EXPECT_THROW(sample_paths(batch.view(), 1, {}, numbers(), {drawn.data(), 2, horizon}), Error);
  EXPECT_THROW(sample_paths(batch.view(), 0, {}, numbers(), {drawn.data(), 4, 2}), Error);
}

}  // namespace
}  // namespace vdn
