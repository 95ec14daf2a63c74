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

/// Sums of a cycle's rest, against every window's rest summed by the streamed form.
TEST(LineMoments, OfPeriodicWindowsAreThoseOfWhatTheCycleLeaves) {
  const std::size_t lookback = 7, horizon = 6, rows = 300, cycle = 12;
  std::vector<float> series = far_series(rows);
  series[150] = std::nanf("");
  std::vector<std::uint32_t> phases(rows);
  for (std::size_t t = 0; t < rows; ++t) phases[t] = static_cast<std::uint32_t>((t + 5) % cycle);
  SeasonalProfile profile{cycle, {}};
  for (const double value : test::numbers(cycle, 9)) profile.values.push_back(static_cast<float>(value));
  const std::vector<std::size_t> steps{0, 3, 5};
  const WindowRun run{0, 0, lookback, static_cast<std::uint32_t>(rows - lookback - horizon + 1), 1};
  LineMoments moments(lookback, steps.size()), want(lookback, horizon);
  const WindowSample sample{1000, &profile, phases};
  add_sampled_windows({series, {&run, 1}, 0, sample, lookback, steps}, {}, moments);
  for (std::size_t k = 0; k < run.count; ++k) {
    const auto window = std::span<const float>(series).subspan(k, lookback + horizon);
    const auto phases_here = std::span<const std::uint32_t>(phases).subspan(k, lookback + horizon);
    const float a = profile_amplitude(window.first(lookback), phases_here.first(lookback), profile.values);
    std::vector<float> rest;
    for (std::size_t i = 0; i < window.size(); ++i) rest.push_back(window[i] - a * profile.values[phases_here[i]]);
    const WindowRun one{0, 0, lookback, 1, 1};
    add_complete_windows(rest, {&one, 1}, want);
  }
  ASSERT_EQ(moments.count, want.count);
  ASSERT_GT(moments.count, 250u);
  const std::vector<std::size_t> all{0, 1, 2};
  const LineSums got(moments, lookback, all), expected(want, lookback, steps);
  const double n = static_cast<double>(want.count);
  const auto near = [n](const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
      EXPECT_NEAR(a[i], b[i], 1e-5 * (n + std::abs(b[i]))) << i;  // rests near 40 in single precision
  };
  near(got.product, expected.product);
  near(got.cross, expected.cross);
  near(got.feature_sum, expected.feature_sum);
  near(got.target_sum, expected.target_sum);
  near(got.target_square, expected.target_square);
}

/// Weights of 2 and 0 are windows that are there twice or not at all.
TEST(LineMoments, OfWeightedWindows) {
  const std::size_t lookback = 3, rows = 40;
  const std::vector<float> series = far_series(rows);
  const std::vector<std::size_t> steps{0, 1};
  const WindowRun run{0, 0, lookback, static_cast<std::uint32_t>(rows - lookback - 1), 1};
  const SampledWindows windows(series, {&run, 1}, 0, {.most = rows}, lookback, steps);
  std::vector<double> weights;
  LineMoments weighted(lookback, 2), want(lookback, 2);
  for (std::size_t k = 0; k < windows.count(); ++k) {
    weights.push_back(k % 2 == 0 ? 2 : 0);
    const WindowRun one{0, 0, static_cast<std::uint32_t>(lookback + k), 1, 1};
    const SampledWindows single(series, {&one, 1}, 0, {.most = 1}, lookback, steps);
    for (int copy = 0; k % 2 == 0 && copy < 2; ++copy) add_sampled_windows(single, {}, want);
  }
  add_sampled_windows(windows, weights, weighted);
  for (std::size_t i = 0; i < want.product.size(); ++i) EXPECT_NEAR(weighted.product[i], want.product[i], 1e-7);
  for (std::size_t i = 0; i < want.sum.size(); ++i) EXPECT_NEAR(weighted.sum[i], want.sum[i], 1e-9);
  for (std::size_t h = 0; h < 2; ++h) EXPECT_NEAR(weighted.target_square[h], want.target_square[h], 1e-7);
}

}  // namespace
}  // namespace vdn
