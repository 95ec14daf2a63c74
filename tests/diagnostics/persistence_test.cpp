#include <vdn/diagnostics/persistence.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vdn {
namespace {

TEST(PersistenceSums, IsTheCorrelationOfAPair) {
  const float now[] = {1, 2, 4}, before[] = {2, 1, 6};
  PersistenceSums sums(1, 1);
  sums.add_series({now, 3, 1}, {before, 3, 1});
  // Deviations -4/3, -1/3, 5/3 and -1, -2, 3: 7 / sqrt(42/9 * 14).
  EXPECT_NEAR(sums.autocorrelation()[0], 7 / std::sqrt(42.0 / 9 * 14), 1e-6);
}

TEST(PersistenceSums, SeriesThatDifferDoNotPersist) {
  // Within each of two far series the neuron turns its sign: -1, whatever the distance of the series.
  PersistenceSums sums(1, 1);
  for (const float level : {0.0f, 100.0f}) {
    const std::vector<float> now{level + 1, level - 1}, before{level - 1, level + 1};
    sums.add_series({now.data(), 2, 1}, {before.data(), 2, 1});
  }
  EXPECT_NEAR(sums.autocorrelation()[0], -1, 1e-6);
}

TEST(PersistenceSums, DimensionsAreSummed) {
  // Dimension 0 stays (variance 8), dimension 1 turns (variance 2): (8 - 2) / (8 + 2). The second neuron never moves.
  const float now[] = {2, 1, 7, 7, -2, -1, 7, 7}, before[] = {2, -1, 7, 7, -2, 1, 7, 7};
  PersistenceSums sums(2, 2);
  sums.add_series({now, 2, 4}, {before, 2, 4});
  EXPECT_NEAR(sums.autocorrelation()[0], 0.6, 1e-6);
  EXPECT_TRUE(std::isnan(sums.autocorrelation()[1]));
}

TEST(PersistenceSums, OnePairSaysNothing) {
  const float one[] = {3};
  PersistenceSums sums(1, 1);
  sums.add_series({one, 1, 1}, {one, 1, 1});
  EXPECT_TRUE(std::isnan(sums.autocorrelation()[0]));
}

}  // namespace
}  // namespace vdn
