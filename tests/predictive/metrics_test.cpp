// The accumulator against scores computed one point at a time in double.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/predictive/metrics.hpp>
#include <vdn/predictive/mixture.hpp>

namespace vdn {
namespace {

const std::vector<double> deviations{2.0, 0.5, 30.0};

/// Windows of three series in turn, J components, some steps unobserved, the last window altogether.
struct Windows {
  std::size_t count, components, horizon;
  std::vector<float> target, mean, scale, log_weight;
  std::vector<std::uint8_t> observed;
  std::vector<std::size_t> series;

  Windows(std::size_t n, std::size_t j, std::size_t h)
      : count(n),
        components(j),
        horizon(h),
        target(n * h),
        mean(n * j * h),
        scale(n * j * h),
        log_weight(n * j),
        observed(n * h, 1) {
    for (std::size_t b = 0; b < n; ++b) series.push_back(b % 3);
    for (std::size_t i = 0; i < target.size(); ++i) target[i] = static_cast<float>(2 * std::sin(1.7 * double(i)));
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] = static_cast<float>(std::cos(0.37 * double(i)));
      scale[i] = static_cast<float>(0.8 + 0.5 * std::sin(0.11 * double(i)));
    }
    for (std::size_t b = 0; b < n; ++b)
      for (std::size_t m = 0; m < j; ++m)
        log_weight[b * j + m] = static_cast<float>(std::log(2.0 * double(m + 1) / double(j * (j + 1))));
    for (std::size_t i = 0; i < observed.size(); ++i)
      if (i % 8 == 3 || i / h + 1 == n) observed[i] = 0, target[i] = std::nanf("");
  }
  kernels::MixtureBatch<float> view(Range rows) const {
    const Range own{rows.begin * components, rows.end * components};
    const kernels::MixtureBatch<float> all{{target.data(), count, horizon},
                                           {observed.data(), count, horizon},
                                           {mean.data(), count * components, horizon},
                                           {scale.data(), count * components, horizon},
                                           {log_weight.data(), count, components},
                                           1};
    return {all.target.slice(rows), all.observed.slice(rows),   all.mean.slice(own),
            all.scale.slice(own),   all.log_weight.slice(rows), 1};
  }
  void add_to(MetricAccumulator& accumulator, Range rows) const {
    accumulator.add(std::span(series).subspan(rows.begin, rows.size()), view(rows));
  }
};

/// Mean scores of the points `use` chooses, every one from GaussianMixture.
template <class Use>
Metrics by_hand(const Windows& windows, bool original, Use use) {
  Metrics sum;
  const auto batch = windows.view({0, windows.count});
  for (std::size_t b = 0; b < windows.count; ++b) {
    bool any = false;
    for (std::size_t h = 0; h < windows.horizon; ++h) {
      if (!windows.observed[b * windows.horizon + h] || !use(b, h)) continue;
      const double factor = original ? deviations[windows.series[b]] : 1.0;
      const double y = windows.target[b * windows.horizon + h];
      const StepMixture step(batch, b, h);
      const GaussianMixture mixture = step.view();
      const double probability = mixture.cdf(y);
      sum.mse += factor * factor * std::pow(y - mixture.mean(), 2);
      sum.mae += factor * std::abs(y - mixture.quantile(0.5));
      sum.nll += std::log(factor) - mixture.log_density(y);
      sum.crps += factor * mixture.crps(y);
      sum.coverage_80 += std::abs(probability - 0.5) <= 0.4;
      sum.coverage_90 += std::abs(probability - 0.5) <= 0.45;
      for (int l = 1; l < 20; ++l) {
        const double level = 0.05 * l, q = mixture.quantile(level);
        sum.pinball += factor * (y >= q ? level * (y - q) : (1 - level) * (q - y)) / 19;
      }
      ++sum.points;
      any = true;
    }
    sum.windows += any;
  }
  for (double* value : {&sum.mse, &sum.mae, &sum.nll, &sum.crps, &sum.coverage_80, &sum.coverage_90, &sum.pinball})
    *value /= static_cast<double>(sum.points);
  return sum;
}

void expect_close(const Metrics& a, const Metrics& b, double relative) {
  const auto near = [&](double x, double y, const char* name) {
    EXPECT_NEAR(x, y, relative * std::max(1e-3, std::abs(y))) << name;
  };
  near(a.mse, b.mse, "mse");
  near(a.mae, b.mae, "mae");
  near(a.nll, b.nll, "nll");
  near(a.crps, b.crps, "crps");
  near(a.coverage_80, b.coverage_80, "coverage_80");
  near(a.coverage_90, b.coverage_90, "coverage_90");
  near(a.pinball, b.pinball, "pinball");
  EXPECT_EQ(a.windows, b.windows);
  EXPECT_EQ(a.points, b.points);
}

TEST(MetricAccumulator, AgreesWithScoresPointByPoint) {
  for (const std::size_t components : {1u, 5u, 16u}) {
    const Windows windows(10, components, 21);
    MetricAccumulator accumulator(21, deviations);
    windows.add_to(accumulator, {0, 10});
    const auto all = [](std::size_t, std::size_t) { return true; };
    expect_close(accumulator.scaled(), by_hand(windows, false, all), 2e-6);
    expect_close(accumulator.original(), by_hand(windows, true, all), 2e-6);
    for (const std::size_t step : {0u, 3u, 20u}) {
      const auto use = [=](std::size_t, std::size_t h) { return h == step; };
      expect_close(accumulator.scaled_by_step()[step], by_hand(windows, false, use), 5e-6);
      expect_close(accumulator.original_by_step()[step], by_hand(windows, true, use), 5e-6);
    }
    for (std::size_t series = 0; series < 3; ++series) {
      const auto use = [&](std::size_t b, std::size_t) { return windows.series[b] == series; };
      expect_close(accumulator.scaled_by_series()[series], by_hand(windows, false, use), 5e-6);
      expect_close(accumulator.original_by_series()[series], by_hand(windows, true, use), 5e-6);
    }
  }
}

TEST(MetricAccumulator, BatchesAndBlocksChangeNothing) {
  const Windows windows(40, 4, 13);
  MetricAccumulator whole(13, deviations), ones(13, deviations), merged(13, deviations);
  windows.add_to(whole, {0, 40});
  for (std::size_t b = 0; b < 40; ++b) windows.add_to(ones, {b, b + 1});
  for (std::size_t first = 0; first < 40; first += 8) {
    MetricAccumulator block(13, deviations);
    windows.add_to(block, {first, first + 8});
    merged.merge(block);
  }
  for (const MetricAccumulator* other : {&ones, &merged}) {
    expect_close(other->scaled(), whole.scaled(), 1e-12);
    expect_close(other->original(), whole.original(), 1e-12);
    for (std::size_t h = 0; h < 13; ++h) expect_close(other->original_by_step()[h], whole.original_by_step()[h], 1e-12);
    for (std::size_t d = 0; d < 3; ++d) expect_close(other->scaled_by_series()[d], whole.scaled_by_series()[d], 1e-12);
  }
  EXPECT_EQ(ones.scaled().crps, whole.scaled().crps);  // the very bits
}

TEST(MetricAccumulator, CalibratedForecastsHaveTheScoresTheoryGives) {
  // Standard normal forecasts, targets at evenly spread normal quantiles.
  Windows windows(400, 1, 25);
  std::fill(windows.mean.begin(), windows.mean.end(), 0.0f);
  std::fill(windows.scale.begin(), windows.scale.end(), 1.0f);
  std::fill(windows.observed.begin(), windows.observed.end(), std::uint8_t{1});
  const std::vector<float> one{1}, zero{0};
  const GaussianMixture normal(one, zero, one);
  for (std::size_t i = 0; i < 10000; ++i)
    windows.target[i] = static_cast<float>(normal.quantile((static_cast<double>(i) + 0.5) / 10000));
  MetricAccumulator accumulator(25, deviations);
  windows.add_to(accumulator, {0, 400});
  const Metrics metrics = accumulator.scaled();
  EXPECT_NEAR(metrics.coverage_80, 0.8, 1e-4);
  EXPECT_NEAR(metrics.coverage_90, 0.9, 1e-4);
  const double pi = std::acos(-1.0);
  EXPECT_NEAR(metrics.mse, 1, 1e-3);
  EXPECT_NEAR(metrics.mae, std::sqrt(2 / pi), 1e-4);
  EXPECT_NEAR(metrics.nll, 0.5 * std::log(2 * pi) + 0.5, 1e-3);
  EXPECT_NEAR(metrics.crps, 1 / std::sqrt(pi), 1e-4);
  // Minimal expected pinball loss of a level is phi(its quantile).
  double expected = 0;
  for (int l = 1; l < 20; ++l) expected += normal.density(normal.quantile(0.05 * l)) / 19;
  EXPECT_NEAR(metrics.pinball, expected, 1e-4);
}

TEST(MetricAccumulator, CountsWhereTheTruthFell) {
  const Windows windows(40, 5, 21);
  MetricAccumulator whole(21, deviations), merged(21, deviations);
  windows.add_to(whole, {0, 40});
  for (std::size_t first = 0; first < 40; first += 8) {
    MetricAccumulator block(21, deviations);
    windows.add_to(block, {first, first + 8});
    merged.merge(block);
  }
  EXPECT_EQ(merged.pit(), whole.pit());
  // One probability at a time, from GaussianMixture.
  PitCounts expected{};
  const auto batch = windows.view({0, 40});
  for (std::size_t i = 0; i < 40 * 21; ++i) {
    if (!windows.observed[i]) continue;
    const StepMixture step(batch, i / 21, i % 21);
    ++expected[static_cast<std::size_t>(20 * step.view().cdf(double{windows.target[i]}))];
  }
  EXPECT_EQ(whole.pit(), expected);
  EXPECT_DOUBLE_EQ(central_coverage(whole.pit(), 0.8), whole.scaled().coverage_80);
  EXPECT_DOUBLE_EQ(central_coverage(whole.pit(), 0.9), whole.scaled().coverage_90);
}

TEST(CentralCoverage, IsTheShareOfTheMiddleBins) {
  PitCounts counts{};
  counts[0] = 10, counts[9] = 30, counts[10] = 20, counts[11] = 40;
  EXPECT_DOUBLE_EQ(central_coverage(counts, 0.1), 0.5);
  EXPECT_DOUBLE_EQ(central_coverage(counts, 0.2), 0.9);
  EXPECT_DOUBLE_EQ(central_coverage(counts, 0.9), 0.9);
  EXPECT_DOUBLE_EQ(central_coverage(counts, 1.0), 1.0);
  EXPECT_TRUE(std::isnan(central_coverage({}, 0.5)));
}

TEST(MetricAccumulator, NothingObservedIsNotANumber) {
  const MetricAccumulator empty(4, deviations);
  EXPECT_TRUE(std::isnan(empty.scaled().mse));
  EXPECT_EQ(empty.scaled().windows, 0u);
}

TEST(MetricAccumulator, RefusesWhatDoesNotFit) {
  EXPECT_THROW(MetricAccumulator(0, deviations), Error);
  EXPECT_THROW(MetricAccumulator(3, std::vector<double>{1.0, 0.0}), Error);
  Windows windows(4, 2, 5);
  MetricAccumulator accumulator(5, deviations), other(6, deviations);
  EXPECT_THROW(windows.add_to(other, {0, 2}), Error);
  EXPECT_THROW(accumulator.merge(other), Error);
  windows.series[1] = 3;
  EXPECT_THROW(windows.add_to(accumulator, {0, 2}), Error);
  windows.series[1] = 1;
  windows.mean[0] = std::nanf("");
  EXPECT_THROW(windows.add_to(accumulator, {0, 2}), Error);
}

}  // namespace
}  // namespace vdn
