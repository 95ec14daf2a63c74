#include <vdn/evaluate/sample_steps.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace vdn {
namespace {

/// One row, two steps: .25 N(-2, .5^2) + .75 N(1, 1) and N(10, 2^2) twice.
struct Batch {
  std::vector<float> mean{-2, 10, 1, 10}, scale{.5f, 2, 1, 2}, log_weight{std::log(.25f), std::log(.75f)};
  kernels::MixtureBatch<float> view() const {
    return {{}, {}, {mean.data(), 2, 2}, {scale.data(), 2, 2}, {log_weight.data(), 1, 2}, 1};
  }
};

std::vector<float> sample(std::size_t count, const kernels::DrawKey& key) {
  std::vector<float> values(2 * count);
  sample_steps(Batch().view(), 0, key, {values.data(), 2, count});
  return values;
}

const kernels::DrawKey key{.stream = stream_key(3, Purpose::paths), .series = 4, .origin = 500};

TEST(SampleSteps, FollowsTheMixture) {
  constexpr std::size_t count = 200000;
  const auto values = sample(count, key);
  const auto share_below = [&](std::size_t step, double x) {
    std::size_t below = 0;
    for (std::size_t p = 0; p < count; ++p) below += static_cast<double>(values[step * count + p]) < x;
    return static_cast<double>(below) / count;
  };
  const auto normal = [](double z) { return .5 * std::erfc(-z / std::sqrt(2.0)); };
  for (const double x : {-3.0, -2.0, -1.0, 0.0, 1.0, 3.0}) {
    EXPECT_NEAR(share_below(0, x), .25 * normal((x + 2) / .5) + .75 * normal(x - 1), .005) << x;
  }
  for (const double x : {6.0, 9.0, 10.0, 13.0}) EXPECT_NEAR(share_below(1, x), normal((x - 10) / 2), .005) << x;
}

TEST(SampleSteps, StepsAreIndependent) {
  constexpr std::size_t count = 100000;
  const auto values = sample(count, key);
  double product = 0, first = 0, second = 0;
  for (std::size_t p = 0; p < count; ++p) {
    const double a = values[p], b = values[count + p];
    first += a / count;
    second += b / count;
    product += a * b / count;
  }
  EXPECT_NEAR(product - first * second, 0, .05);
}

TEST(SampleSteps, IsAFunctionOfSeedSeriesAndOriginAlone) {
  const auto values = sample(100, key);
  EXPECT_EQ(values, sample(100, key));
  const auto longer = sample(200, key);  // more paths leave the first ones alone
  for (std::size_t p = 0; p < 100; ++p) EXPECT_EQ(values[p], longer[p]);
  kernels::DrawKey other = key;
  std::set<float> firsts{values[0]};
  other.series = 5;
  firsts.insert(sample(100, other)[0]);
  other = key;
  other.origin = 596;
  firsts.insert(sample(100, other)[0]);
  other = key;
  other.stream = stream_key(4, Purpose::paths);
  firsts.insert(sample(100, other)[0]);
  EXPECT_EQ(firsts.size(), 4u);
}

TEST(SampleSteps, NeverDrawsAComponentWithoutWeight) {
  Batch batch;
  batch.log_weight = {0.0f, -INFINITY};
  std::vector<float> values(2 * 5000);
  sample_steps(batch.view(), 0, key, {values.data(), 2, 5000});
  for (std::size_t p = 0; p < 5000; ++p) EXPECT_LT(values[p], 1.5f);
}

}  // namespace
}  // namespace vdn
