#include <vdn/neuron/activity.hpp>

#include <gtest/gtest.h>

#include "support/finite_difference.hpp"

namespace vdn::neuron {
namespace {

/// Two rows of two neurons with two dimensions each.
struct TwoByTwo {
  std::vector<double> numbers{1, 2, -3, 5, 2, 0, 1, -1};
  ConstMatrix<double> mu{numbers.data(), 2, 4};
};

std::vector<double> sums(const ActivityMeasure& measure) {
  const TwoByTwo data;
  std::vector<double> out(2, 99.0);
  activity_sums<double>(data.mu, measure, out);
  return out;
}

TEST(ActivitySums, MeanSquares) {
  EXPECT_EQ(sums({.dims = 2}), (std::vector<double>{2.5 + 2.0, 17.0 + 1.0}));
}

TEST(ActivitySums, SquaresOfThePooled) {
  EXPECT_EQ(sums({.dims = 2, .pooled = true, .pool_factor = 0.5}), (std::vector<double>{2.25 + 1.0, 1.0 + 0.0}));
  EXPECT_EQ(sums({.dims = 2, .pooled = true, .pool_factor = 1.0}), (std::vector<double>{9.0 + 4.0, 4.0 + 0.0}));
}

TEST(ActivitySums, OfOneDimensionBothAreTheSquare) {
  const TwoByTwo data;
  for (const bool pooled : {false, true}) {
    std::vector<double> out(4);
    activity_sums<double>(data.mu, {.dims = 1, .pooled = pooled}, out);
    EXPECT_EQ(out, (std::vector<double>{5, 4, 10, 26}));
  }
}

TEST(AwakeCounts, RowsAboveTheThreshold) {
  const std::vector<float> kl{2e-4f, 0.0f, 9e-5f, 1.0f, 5.0f, 1e-5f};
  std::vector<float> counts(2, 7.0f);
  awake_counts<float>({kl.data(), 3, 2}, counts);
  EXPECT_EQ(counts, (std::vector<float>{2.0f, 1.0f}));
}

TEST(AddActivityGradient, IsTheSlopeOfTheWeightedSums) {
  for (const ActivityMeasure measure :
       {ActivityMeasure{1}, ActivityMeasure{3}, ActivityMeasure{3, true, 1.0 / 3}, ActivityMeasure{1, true, 1.0}}) {
    const std::size_t N = 2, columns = N * measure.dims, rows = 4;
    std::vector<double> mu = test::numbers(rows * columns, 5), slope{0.7, -1.3}, gradient(mu.size(), 1.0);
    const Matrix<double> view(mu.data(), rows, columns);
    add_activity_gradient<double>(view, measure, slope, {gradient.data(), rows, columns});
    const auto loss = [&] {
      std::vector<double> out(N);
      activity_sums<double>(view, measure, out);
      return test::dot(slope, out);
    };
    for (std::size_t i = 0; i < mu.size(); ++i) {
      EXPECT_NEAR(gradient[i] - 1.0, test::slope(loss, mu[i]), 1e-8) << measure.dims << measure.pooled;
    }
  }
}

}  // namespace
}  // namespace vdn::neuron
