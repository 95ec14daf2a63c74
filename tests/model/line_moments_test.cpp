// Streamed sums against sums window by window.

#include <vdn/model/line_moments.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "support/finite_difference.hpp"

namespace vdn {
namespace {

struct Direct {
  std::vector<std::vector<double>> features, targets;  // by window
};

/// Features and targets of every window of one series, as LineSums defines them.
Direct windows_of(std::span<const float> series, std::size_t longest, std::size_t lookback, std::size_t horizon,
                  std::size_t stride, std::span<const std::size_t> steps) {
  Direct all;
  for (std::size_t origin = longest; origin + horizon <= series.size(); origin += stride) {
    const double last = double{series[origin - 1]};
    std::vector<double> f, t;
    for (std::size_t l = 0; l + 1 < lookback; ++l) f.push_back(double{series[origin - lookback + l]} - last);
    f.push_back(last);
    for (const std::size_t h : steps) t.push_back(double{series[origin + h]} - last);
    all.features.push_back(f);
    all.targets.push_back(t);
  }
  return all;
}

std::vector<float> far_series(std::size_t rows) {
  std::vector<float> series(rows);
  const std::vector<double> noise = test::numbers(rows, 3);
  for (std::size_t t = 0; t < rows; ++t) {
    series[t] = static_cast<float>(40 + std::sin(.4 * static_cast<double>(t)) + noise[t]);
  }
  return series;
}

TEST(LineMoments, GiveTheSumsOfEveryShorterLookback) {
  const std::size_t longest = 9, horizon = 5;
  const std::vector<float> series = far_series(80);
  for (const std::size_t stride : {1u, 2u, 16u}) {
    const WindowRun run{0, 0, longest, static_cast<std::uint32_t>((80 - longest - horizon) / stride + 1),
                        static_cast<std::uint32_t>(stride)};
    LineMoments moments(longest, horizon);
    add_complete_windows(series, {&run, 1}, moments);
    for (const std::size_t lookback : {1u, 2u, 6u, 9u}) {
      const std::vector<std::size_t> steps{0, 2, 4};
      const LineSums sums(moments, lookback, steps);
      const Direct direct = windows_of(series, longest, lookback, horizon, stride, steps);
      ASSERT_EQ(sums.count, static_cast<double>(direct.features.size()));
      for (std::size_t i = 0; i < lookback; ++i) {
        double sum = 0;
        for (const auto& f : direct.features) sum += f[i];
        EXPECT_NEAR(sums.feature_sum[i], sum, 1e-9 * std::max(1.0, std::abs(sum)));
        for (std::size_t j = 0; j < lookback; ++j) {
          double product = 0;
          for (const auto& f : direct.features) product += f[i] * f[j];
          EXPECT_NEAR(sums.product[i * lookback + j], product, 1e-9 * std::max(1.0, std::abs(product)));
        }
        for (std::size_t k = 0; k < steps.size(); ++k) {
          double cross = 0;
          for (std::size_t w = 0; w < direct.features.size(); ++w)
            cross += direct.features[w][i] * direct.targets[w][k];
          EXPECT_NEAR(sums.cross[k * lookback + i], cross, 1e-9 * std::max(1.0, std::abs(cross)));
        }
      }
      for (std::size_t k = 0; k < steps.size(); ++k) {
        double sum = 0, square = 0;
        for (const auto& t : direct.targets) {
          sum += t[k];
          square += t[k] * t[k];
        }
        EXPECT_NEAR(sums.target_sum[k], sum, 1e-9);
        EXPECT_NEAR(sums.target_square[k], square, 1e-9);
      }
    }
  }
}

TEST(LineMoments, SquaredErrorIsThatOfTheForecasts) {
  const std::size_t lookback = 7, horizon = 4;
  const std::vector<float> series = far_series(60);
  const WindowRun run{0, 0, lookback, 60 - lookback - horizon + 1, 1};
  LineMoments moments(lookback, horizon);
  add_complete_windows(series, {&run, 1}, moments);
  const std::vector<std::size_t> steps = horizon_steps(horizon, horizon);
  const LineSums sums(moments, lookback, steps);
  std::vector<double> weight = test::numbers(horizon * lookback, 5);
  for (std::size_t h = 0; h < horizon; ++h) weight[(h + 1) * lookback - 1] *= .01;  // the level is 40
  const std::vector<double> bias = test::numbers(horizon, 6);
  const Direct direct = windows_of(series, lookback, lookback, horizon, 1, steps);
  double error = 0;
  for (std::size_t w = 0; w < direct.features.size(); ++w) {
    for (std::size_t h = 0; h < horizon; ++h) {
      const double forecast =
          bias[h] + test::dot(std::span(weight).subspan(h * lookback, lookback), direct.features[w]);
      error += std::pow(direct.targets[w][h] - forecast, 2);
    }
  }
  EXPECT_NEAR(sums.squared_error({weight.data(), horizon, lookback}, bias), error, 1e-9 * error);
}

TEST(HorizonSteps, AreEvenlySpaced) {
  EXPECT_EQ(horizon_steps(3, 24), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(horizon_steps(96, 4), (std::vector<std::size_t>{12, 36, 60, 84}));
  EXPECT_EQ(horizon_steps(720, 24).size(), 24u);
}

}  // namespace
}  // namespace vdn
