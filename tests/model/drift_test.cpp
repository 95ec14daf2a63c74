// The regime's cloud, distances from it, scores over time.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include <vdn/model/drift.hpp>

namespace vdn {
namespace {

/// Two directions of deviation 3 and 1 in a space of `columns`, and noise of .01 everywhere.
std::vector<float> ellipse(std::size_t rows, std::size_t columns) {
  std::mt19937 bits(5);
  std::normal_distribution<float> normal;
  std::vector<float> points;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      points.push_back(7.0f + (c == 0 ? 3.0f : c == 1 ? 1.0f : 0.01f) * normal(bits));
    }
  }
  return points;
}

TEST(RegimeCloud, DistancesCountInDeviationsOfEachDirection) {
  for (const std::size_t columns : {6u, 300u}) {  // fewer and more than the 200 points
    const std::vector<float> points = ellipse(200, columns);
    const RegimeCloud cloud = fit_cloud({points.data(), 200, columns});
    ASSERT_EQ(cloud.directions(), drift_directions);
    EXPECT_NEAR(cloud.variance[0], 9.0, 1.5);
    EXPECT_NEAR(cloud.variance[1], 1.0, 0.2);
    EXPECT_GT(std::abs(cloud.basis[0]), 0.99);
    EXPECT_NEAR(cloud.distance(cloud.mean), 0.0, 1e-6);
    std::vector<float> far = cloud.mean, farther = cloud.mean;
    far[0] += 6.0f;
    farther[1] += 6.0f;
    EXPECT_NEAR(cloud.distance(far), 2.0 / std::sqrt(5.0), 0.3);  // 2 deviations along one of 4 + 1
    EXPECT_NEAR(cloud.distance(farther), 6.0 / std::sqrt(5.0), 0.9);
    double square = 0.0;
    for (std::size_t r = 0; r < 200; ++r) {
      const double d = cloud.distance({points.data() + r * columns, columns});
      square += d * d / 200.0;
    }
    EXPECT_NEAR(square, 1.0, 1e-3);  // 1 is usual
  }
}

TEST(RegimeCloud, WhatNeverMovesHasALength) {
  const std::vector<float> points(20, 2.0f);
  const RegimeCloud cloud = fit_cloud({points.data(), 5, 4});
  EXPECT_EQ(cloud.distance(std::vector<float>(4, 2.0f)), 0.0);
  EXPECT_TRUE(std::isfinite(cloud.distance(std::vector<float>(4, 3.0f))));
}

DriftReference two_series() {
  DriftReference d;
  const std::vector<float> points = ellipse(50, 4);
  d.level = d.move = fit_cloud({points.data(), 50, 4});
  d.activity = {1, 1, 1, 1};
  d.location = {1, 2, 1, 2, 1, 2};
  d.spread = {0.5f, 1, 0.5f, 1, 0.5f, 1};
  for (int i = 0; i <= 100; ++i) d.levels.push_back(static_cast<float>(i));
  return d;
}

TEST(DriftReference, ThresholdsAreQuantiles) {
  const DriftReference d = two_series();
  EXPECT_DOUBLE_EQ(d.threshold(0.01), 99.0);
  EXPECT_DOUBLE_EQ(d.threshold(0.5), 50.0);
  EXPECT_NEAR(d.threshold(0.005), 99.5, 1e-9);
}

TEST(DriftReference, SoundnessSeesWhatIsWrong) {
  EXPECT_TRUE(sound(DriftReference{}));
  EXPECT_TRUE(sound(two_series()));
  const auto broken = [](auto change) {
    DriftReference d = two_series();
    change(d);
    return !sound(d);
  };
  EXPECT_TRUE(broken([](auto& d) { d.levels.clear(); }));
  EXPECT_TRUE(broken([](auto& d) { d.spread[0] = 0; }));
  EXPECT_TRUE(broken([](auto& d) { d.level.variance[0] = -1; }));
  EXPECT_TRUE(broken([](auto& d) { d.move.basis.pop_back(); }));
  EXPECT_TRUE(broken([](auto& d) { d.levels[3] = 1000; }));
  EXPECT_TRUE(broken([](auto& d) { d.level.mean[1] = NAN; }));
}

TEST(DriftTracker, AveragesOverTimeAndTakesTheLargest) {
  const DriftReference d = two_series();
  DriftTracker tracker(d);
  EXPECT_DOUBLE_EQ(tracker.add(0, {1.0, 2.0, 1.0}), 2.0);          // level 0 deviations, move 2, surprise 0
  EXPECT_DOUBLE_EQ(tracker.add(0, {1.0, 1.0, 1.0}), 1.5);          // 2 + .25 (0 - 2)
  EXPECT_DOUBLE_EQ(tracker.add(1, {5.0, 2.0, 2.0}), 3.0);          // the other series by its own location and spread
  EXPECT_DOUBLE_EQ(tracker.add(0, {1e9, 1.0, 1.0}), 0.25 * 20.0);  // one window counts 20 deviations at most
  EXPECT_DOUBLE_EQ(tracker.add(1, {2.0, 2.0, 18.0}), 0.25 * 16.0);
}

TEST(DriftTracker, WhatIsNotKnownLeavesTheScoreAlone) {
  const DriftReference d = two_series();
  DriftTracker tracker(d);
  EXPECT_DOUBLE_EQ(tracker.add(1, {2.0, 2.0, NAN}), 0.0);
  EXPECT_DOUBLE_EQ(tracker.add(1, {2.0, 2.0, 6.0}), 4.0);  // the first surprise that is known
  EXPECT_DOUBLE_EQ(tracker.add(1, {2.0, 2.0, NAN}), 4.0);
}

TEST(DriftLag, IsASeasonThatFits) {
  EXPECT_EQ(drift_lag(336, 24), 24u);
  EXPECT_EQ(drift_lag(336, 1), 42u);
  EXPECT_EQ(drift_lag(4, 24), 1u);
}

}  // namespace
}  // namespace vdn
