#include <vdn/evaluate/disturb.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace vdn {
namespace {

constexpr std::size_t rows = 4800;
const std::vector<float> ones(2 * rows, 1.0f);
const ConstMatrix<float> scaled(ones.data(), 2, rows);

TEST(Disturbed, NoiseHasItsDeviationAndDependsOnSeedAlone) {
  const auto noisy = disturbed(scaled, Disturbance::noise, 0.5, 1);
  double squares = 0;
  for (const float value : noisy) squares += (double{value} - 1) * (double{value} - 1);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(noisy.size())), .5, .02);
  EXPECT_EQ(noisy, disturbed(scaled, Disturbance::noise, 0.5, 1));
  EXPECT_NE(noisy, disturbed(scaled, Disturbance::noise, 0.5, 2));
  EXPECT_NE(noisy[0], noisy[rows]) << "series differ";
}

TEST(Disturbed, MissingTakesWholeStretchesOfADay) {
  const auto gone = disturbed(scaled, Disturbance::missing, 0.2, 1);
  std::size_t missing = 0;
  for (std::size_t t = 0; t < gone.size(); ++t) {
    missing += std::isnan(gone[t]) ? 1 : 0;
    if (t % 24 != 0) {
      EXPECT_EQ(std::isnan(gone[t]), std::isnan(gone[t - 1]));
    }
  }
  EXPECT_NEAR(static_cast<double>(missing) / static_cast<double>(gone.size()), .2, .08);
}

TEST(Disturbed, ShiftJumpsAndJumpsBack) {
  const auto shifted = disturbed(scaled, Disturbance::shift, 2.0, 1);
  EXPECT_EQ(shifted[47], 1.0f);
  EXPECT_EQ(shifted[48], 3.0f);
  EXPECT_EQ(shifted[95], 3.0f);
  EXPECT_EQ(shifted[96], 1.0f);
}

}  // namespace
}  // namespace vdn
