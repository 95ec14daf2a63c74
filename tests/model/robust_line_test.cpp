// One step of reweighting against its definition, window by window.

#include <vdn/model/robust_line.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <vdn/model/linear_path.hpp>

#include "support/finite_difference.hpp"
#include "support/linear_system.hpp"

namespace vdn {
namespace {

constexpr std::size_t series = 2, rows = 240, lookback = 6, horizon = 4;
constexpr WindowSample every{.most = rows};

/// Noise whose deviation changes from one stretch of 30 rows to the next, and one missing value.
std::vector<float> uneven() {
  std::vector<float> values(series * rows);
  const std::vector<double> noise = test::numbers(values.size(), 4);
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double deviation = i / 30 % 3 == 0 ? 3.0 : .5;
    values[i] = static_cast<float>(.7 * double{values[i - 1]} + deviation * noise[i]);
  }
  values[100] = std::numeric_limits<float>::quiet_NaN();
  return values;
}

struct OneWindow {
  std::vector<double> features, targets;
};

std::vector<OneWindow> complete_windows(const std::vector<float>& values) {
  std::vector<OneWindow> all;
  for (std::size_t d = 0; d < series; ++d) {
    for (std::size_t origin = lookback; origin + horizon <= rows; ++origin) {
      const float* at = values.data() + d * rows + origin - lookback;
      OneWindow window{{}, {}};
      bool complete = true;
      for (std::size_t i = 0; i < lookback + horizon; ++i) complete = complete && !std::isnan(at[i]);
      if (!complete) continue;
      const double last = double{at[lookback - 1]};
      for (std::size_t i = 0; i + 1 < lookback; ++i) window.features.push_back(double{at[i]} - last);
      for (std::size_t h = 0; h < horizon; ++h) window.targets.push_back(double{at[lookback + h]} - last);
      all.push_back(window);
    }
  }
  return all;
}

/// w_i of the header's formula for the line `weight`, which has no bias.
std::vector<double> weights_of(const std::vector<OneWindow>& windows, const std::vector<double>& weight) {
  std::vector<double> w;
  double mean = 0, total = 0;
  for (const OneWindow& window : windows) {
    double error = 0;
    for (std::size_t h = 0; h < horizon; ++h) {
      const auto row = std::span(weight).subspan(h * lookback, lookback - 1);
      error += std::pow(window.targets[h] - test::dot(row, window.features), 2) / horizon;
    }
    w.push_back(error);
    mean += error / static_cast<double>(windows.size());
  }
  for (double& error : w) total += error = 1 / (error / mean + .05);
  for (double& weight_of_window : w) weight_of_window *= static_cast<double>(windows.size()) / total;
  return w;
}

LineWeights least_squares(const std::vector<float>& values, const Windows& windows, const LineOptions& options) {
  Scheduler scheduler(1);
  LinearPath line = fit_linear_path({values.data(), series, rows}, windows, lookback, horizon, options, scheduler);
  return {line.weight, line.bias};
}

const Windows windows(lookback, rows - horizon, series);
const std::vector<std::size_t> steps{0, 1, 2, 3};

TEST(RobustLine, IsTheRidgeRegressionOfWeightedWindows) {
  const std::vector<float> values = uneven();
  const LineOptions options{.penalty = .02, .drift = false};
  const LineWeights plain = least_squares(values, windows, options);
  Scheduler scheduler(2);
  const LineWeights robust =
      reweighted_line(plain, {values.data(), series, rows}, windows, lookback, every, steps, options, scheduler);

  const std::vector<OneWindow> all = complete_windows(values);
  const std::vector<double> w = weights_of(all, plain.weight);
  const std::size_t n = lookback - 1;
  std::vector<std::vector<double>> normal(n, std::vector<double>(n));
  double diagonal = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto& f = all[k].features;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) normal[i][j] += w[k] * f[i] * f[j];
      diagonal += w[k] * f[i] * f[i] / static_cast<double>(lookback);
    }
  }
  for (std::size_t i = 0; i < n; ++i) normal[i][i] += options.penalty * diagonal;
  for (std::size_t h = 0; h < horizon; ++h) {
    std::vector<double> right(n);
    for (std::size_t k = 0; k < all.size(); ++k) {
      for (std::size_t i = 0; i < n; ++i) right[i] += w[k] * all[k].features[i] * all[k].targets[h];
    }
    const std::vector<double> want = test::eliminate(normal, right);
    for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(robust.weight[h * lookback + i], want[i], 1e-9) << h << " " << i;
  }
}

TEST(RobustLine, OfALinearPathIsOneStepFromLeastSquares) {
  const std::vector<float> values = uneven();
  LineOptions options{.penalty = .01};
  const LineWeights plain = least_squares(values, windows, options);
  Scheduler scheduler(1);
  const LineWeights want =
      reweighted_line(plain, {values.data(), series, rows}, windows, lookback, every, steps, options, scheduler);
  options.robust = true;
  const LineWeights robust = least_squares(values, windows, options);
  EXPECT_EQ(robust.weight, want.weight);
  EXPECT_EQ(robust.bias, want.bias);
  EXPECT_NE(robust.weight, plain.weight);
}

/// x_t = .8 x_{t-1} + noise, ten times as wide in one stretch of ten: least squares hear little else.
TEST(RobustLine, IsNearerToTheTruthWhereNoiseIsUneven) {
  constexpr std::size_t many = 600, lines = 40;
  const Windows all(2, many - 1, 1);
  Scheduler scheduler(2);
  double plain_square = 0, robust_square = 0;
  for (unsigned seed = 0; seed < lines; ++seed) {
    std::vector<float> values(many);
    std::mt19937 random(seed);
    std::normal_distribution<double> noise;
    for (std::size_t t = 1; t < many; ++t) {
      values[t] = static_cast<float>(.8 * double{values[t - 1]} + (t % 100 < 10 ? 10 : 1) * noise(random));
    }
    const auto off = [&](bool robust) {
      const LineOptions options{.penalty = 0, .free_level = true, .robust = robust};
      const LinearPath line = fit_linear_path({values.data(), 1, many}, all, 2, 1, options, scheduler);
      return line.weight[1] + .2;  // last + weight[1] last: .8 in all
    };
    plain_square += std::pow(off(false), 2);
    robust_square += std::pow(off(true), 2);
  }
  EXPECT_LT(robust_square, .6 * plain_square);
}

TEST(RobustLine, StaysWhereNothingIsMissedOrWindowsAreFew) {
  const LineWeights plain{std::vector<double>(horizon * lookback, .25), std::vector<double>(horizon)};
  Scheduler scheduler(1);
  const std::vector<float> still(series * rows, 2.0F), values = uneven();
  const auto step = [&](const std::vector<float>& of, const Windows& some, const LineWeights& from) {
    return reweighted_line(from, {of.data(), series, rows}, some, lookback, every, steps, {}, scheduler).weight;
  };
  LineWeights repeats{std::vector<double>(horizon * lookback), std::vector<double>(horizon)};
  EXPECT_EQ(step(still, windows, repeats), repeats.weight);
  EXPECT_EQ(step(values, Windows(lookback, lookback + 4, series), plain), plain.weight) << "ten windows, twice six";
  EXPECT_NE(step(values, Windows(lookback, lookback + 5, series), plain), plain.weight);
}

TEST(RobustLine, HasTheSameBitsForAnyNumberOfThreads) {
  const std::vector<float> values = uneven();
  const LineWeights plain = least_squares(values, windows, {});
  Scheduler one(1), three(3);
  const ConstMatrix<float> scaled(values.data(), series, rows);
  const LineWeights a = reweighted_line(plain, scaled, windows, lookback, every, steps, {}, one);
  const LineWeights b = reweighted_line(plain, scaled, windows, lookback, every, steps, {}, three);
  EXPECT_EQ(a.weight, b.weight);
  EXPECT_EQ(a.bias, b.bias);
}

}  // namespace
}  // namespace vdn
