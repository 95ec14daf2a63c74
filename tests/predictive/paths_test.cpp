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

TEST(Paths, RefuseShapesThatDoNotFit) {
  const OwnedBatch batch(1, 1, horizon);
  std::vector<float> drawn(2 * horizon);
  EXPECT_THROW(sample_paths(batch.view(), 1, {}, numbers(), {drawn.data(), 2, horizon}), Error);
  EXPECT_THROW(sample_paths(batch.view(), 0, {}, numbers(), {drawn.data(), 4, 2}), Error);
}

}  // namespace
}  // namespace vdn
