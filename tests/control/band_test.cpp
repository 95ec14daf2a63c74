#include <vdn/control/band.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vdn::control {
namespace {

ControlSettings with_spread(Spread spread) {
  ControlSettings s;
  s.band_target = 0.1;
  s.band_spread = spread;
  return s;
}

TEST(Bands, HomogeneousOnesAreAllAlike) {
  const Bands bands = make_bands(with_spread(Spread::homogeneous), 3, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_DOUBLE_EQ(bands.low[i], 0.08);
    EXPECT_DOUBLE_EQ(bands.high[i], 0.16);
  }
}

TEST(Bands, HeterogeneousOnesReachFromTargetOverSToTargetTimesS) {
  const Bands bands = make_bands(with_spread(Spread::heterogeneous), 5, 0);
  const double targets[] = {0.1 / 8, 0.1 / std::sqrt(8.0), 0.1, 0.1 * std::sqrt(8.0), 0.8};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(bands.low[i], 0.8 * targets[i], 1e-12);
    EXPECT_NEAR(bands.high[i], 1.6 * targets[i], 1e-12);
  }
}

TEST(Bands, ShuffledOnesAreTheSameTargetsInTheSeedsOrder) {
  const auto in_order = make_bands(with_spread(Spread::heterogeneous), 64, 0).low;
  const auto first = make_bands(with_spread(Spread::shuffled), 64, 1).low;
  EXPECT_EQ(first, make_bands(with_spread(Spread::shuffled), 64, 1).low);
  EXPECT_NE(first, make_bands(with_spread(Spread::shuffled), 64, 2).low);
  EXPECT_NE(first, in_order);
  auto sorted = first;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, in_order);
}

TEST(Bands, OccupancyCountsNeurons) {
  const Bands bands = make_bands(with_spread(Spread::homogeneous), 4, 0);
  const Occupancy shares = occupancy(bands, std::vector<double>{0.01, 0.09, 0.2, 0.3});
  EXPECT_DOUBLE_EQ(shares.low, 0.25);
  EXPECT_DOUBLE_EQ(shares.high, 0.5);
  EXPECT_DOUBLE_EQ(shares.inside(), 0.25);
}

TEST(Bands, PersistenceDeviationFollowsTheBandAndIsCut) {
  const Bands bands = make_bands(with_spread(Spread::homogeneous), 4, 0);
  EXPECT_NEAR(persistence_deviation(bands, 0.8), 0.8 * std::sqrt(std::sqrt(0.08 * 0.16)), 1e-12);
  EXPECT_EQ(persistence_deviation(bands, 1e-3), 0.03);
  EXPECT_EQ(persistence_deviation(bands, 1e3), 1.0);
}

}  // namespace
}  // namespace vdn::control
