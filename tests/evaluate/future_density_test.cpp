#include <vdn/evaluate/future_density.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace vdn {
namespace {

constexpr std::size_t H = 3;

/// One window's forecast from `count` draws of one component each: draw d has mean d/10 and scale 1 + d.
struct Draws {
  std::vector<float> mean, scale, log_weight;
  kernels::MixtureBatch<float> batch;

  Draws(std::size_t first, std::size_t count) {
    for (std::size_t d = first; d < first + count; ++d) {
      mean.insert(mean.end(), H, .1f * static_cast<float>(d));
      scale.insert(scale.end(), H, 1.0f + static_cast<float>(d));
    }
    log_weight.assign(count, -std::log(static_cast<float>(count)));
    batch.mean = {mean.data(), count, H};
    batch.scale = {scale.data(), count, H};
    batch.log_weight = {log_weight.data(), 1, count};
    batch.draws = count;
  }
};

double log_normal(double y, double mean, double scale) {
  const double z = (y - mean) / scale;
  return -z * z / 2 - std::log(scale) - std::log(2 * 3.14159265358979) / 2;
}

TEST(FutureDensity, IsTheMeanOverAllDrawsHoweverTheyCome) {
  const std::vector<float> values{0, 1, .5f, -1, 2};
  const ConstMatrix<float> targets(values.data(), 1, values.size());
  const std::vector<Window> windows{{0, 1}, {0, 2}};
  double density = 0;
  for (std::size_t d = 0; d < 5; ++d) {
    double future = 0;
    for (std::size_t h = 0; h < H; ++h)
      future += log_normal(double{values[1 + h]}, .1 * static_cast<double>(d), 1.0 + static_cast<double>(d));
    density += std::exp(future) / 5;
  }
  FutureDensity whole(targets, windows, 5), parts(targets, windows, 5);
  whole.add(Draws(0, 5).batch, 0, 0, 5);
  parts.add(Draws(0, 4).batch, 0, 0, 4);
  parts.add(Draws(4, 1).batch, 0, 0, 1);
  EXPECT_NEAR(whole.joint_nll(0), -std::log(density) / 3, 1e-6);
  EXPECT_NEAR(parts.joint_nll(0), -std::log(density) / 3, 1e-6);
}

TEST(FutureDensity, CountsObservedStepsAlone) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values{missing, missing, missing, .5f};
  const ConstMatrix<float> targets(values.data(), 1, values.size());
  const std::vector<Window> windows{{0, 0}, {0, 1}};
  FutureDensity density(targets, windows, 1);
  density.add(Draws(0, 1).batch, 0, 0, 1);
  density.add(Draws(0, 1).batch, 0, 1, 1);
  EXPECT_EQ(density.joint_nll(0), 0.0);
  EXPECT_NEAR(density.joint_nll(1), -log_normal(.5, 0, 1), 1e-6);
}

}  // namespace
}  // namespace vdn
