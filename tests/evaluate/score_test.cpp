#include <vdn/evaluate/score.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr std::size_t series_count = 3, rows = 120, lookback = 4, horizon = 5;

/// A mixture whose numbers depend on the window alone.
class KnownForecast : public ForecastModel {
 public:
  explicit KnownForecast(std::size_t components = 2) : components_(components) {}
  std::string name() const override { return "known"; }
  std::size_t horizon() const override { return vdn::horizon; }
  std::size_t context_rows() const override { return lookback; }
  void forecast(ConstMatrix<float>, std::span<const Window> windows, ForecastBatch& out, Scheduler&) override {
    out.resize(windows.size(), 1, components_, horizon());
    for (std::size_t b = 0; b < windows.size(); ++b) {
      asked.push_back(windows[b]);
      for (std::size_t j = 0; j < components_; ++j) {
        out.log_weight()(b, j) = -std::log(static_cast<float>(components_));
        for (std::size_t h = 0; h < horizon(); ++h) {
          const float place = static_cast<float>(windows[b].series) + .1f * static_cast<float>(windows[b].origin % 7);
          out.mean()(b * components_ + j, h) = place + .3f * static_cast<float>(j);
          out.scale()(b * components_ + j, h) = .5f + .1f * static_cast<float>(h);
        }
      }
    }
  }
  std::vector<Window> asked;

 private:
  std::size_t components_;
};

std::vector<float> noise() {
  std::vector<float> values(series_count * rows);
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (float& value : values) value = normal(random);
  return values;
}

const std::vector<double> deviations{1, 2, .5};

Score score_noise(KnownForecast& known, const std::vector<float>& values, std::size_t threads,
                  const ScoreOptions& options) {
  Scheduler scheduler(threads);
  return score(known, ConstMatrix<float>(values.data(), series_count, rows), deviations,
               Windows(lookback, rows - horizon, series_count), scheduler, options);
}

TEST(Score, AsksForEveryWindowOnceInOrder) {
  KnownForecast known;
  const auto result = score_noise(known, noise(), 2, {.batch = 50});
  const Windows windows(lookback, rows - horizon, series_count);
  ASSERT_EQ(known.asked.size(), windows.count());
  for (std::size_t i = 0; i < windows.count(); ++i) EXPECT_EQ(known.asked[i], windows[i]);
  EXPECT_EQ(result.windows, windows.count());
  EXPECT_EQ(result.metrics.scaled().windows, windows.count());
  EXPECT_EQ(result.metrics.scaled().points, windows.count() * horizon);
  EXPECT_FALSE(result.interrupted);
}

TEST(Score, IsThePlainMeanOverPoints) {
  KnownForecast known(1);
  auto values = noise();
  values[70] = std::numeric_limits<float>::quiet_NaN();
  const auto result = score_noise(known, values, 2, {});
  double squares = 0, absolute = 0, scaled_back = 0, count = 0;
  const Windows windows(lookback, rows - horizon, series_count);
  for (std::size_t i = 0; i < windows.count(); ++i) {
    const float mean = static_cast<float>(windows[i].series) + .1f * static_cast<float>(windows[i].origin % 7);
    for (std::size_t h = 0; h < horizon; ++h) {
      const float y = values[windows[i].series * rows + windows[i].origin + h];
      if (std::isnan(y)) continue;
      const double miss = static_cast<double>(y) - static_cast<double>(mean);
      squares += miss * miss;
      absolute += std::abs(miss);
      scaled_back += miss * miss * deviations[windows[i].series] * deviations[windows[i].series];
      count += 1;
    }
  }
  EXPECT_EQ(result.metrics.scaled().points, static_cast<std::size_t>(count));
  EXPECT_NEAR(result.metrics.scaled().mse, squares / count, 1e-6);
  EXPECT_NEAR(result.metrics.scaled().mae, absolute / count, 1e-6);
  EXPECT_NEAR(result.metrics.original().mse, scaled_back / count, 1e-6);
}

void expect_same(const Metrics& a, const Metrics& b, double tolerance) {
  EXPECT_NEAR(a.mse, b.mse, tolerance);
  EXPECT_NEAR(a.mae, b.mae, tolerance);
  EXPECT_NEAR(a.nll, b.nll, tolerance);
  EXPECT_NEAR(a.crps, b.crps, tolerance);
  EXPECT_NEAR(a.coverage_80, b.coverage_80, tolerance);
  EXPECT_NEAR(a.coverage_90, b.coverage_90, tolerance);
  EXPECT_NEAR(a.pinball, b.pinball, tolerance);
  EXPECT_EQ(a.windows, b.windows);
  EXPECT_EQ(a.points, b.points);
}

TEST(Score, DoesNotDependOnTheBatch) {
  const auto values = noise();
  KnownForecast known;
  const auto all = score_noise(known, values, 1, {.batch = 100000});
  for (const std::size_t batch : {1u, 7u, 32u, 100u}) {
    const auto result = score_noise(known, values, 1, {.batch = batch});
    expect_same(result.metrics.scaled(), all.metrics.scaled(), 1e-12);
    expect_same(result.metrics.original(), all.metrics.original(), 1e-12);
  }
}

TEST(Score, HasTheSameBitsForAnyNumberOfThreads) {
  const auto values = noise();
  KnownForecast known;
  const auto one = score_noise(known, values, 1, {.batch = 100});
  for (const std::size_t threads : {2u, 4u}) {
    const auto result = score_noise(known, values, threads, {.batch = 100});
    expect_same(result.metrics.scaled(), one.metrics.scaled(), 0);
    expect_same(result.metrics.original(), one.metrics.original(), 0);
  }
}

TEST(Score, StopsWhenInterrupted) {
  KnownForecast known;
  const std::atomic<bool> interrupt{true};
  const auto result = score_noise(known, noise(), 1, {.interrupt = &interrupt});
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.windows, 0u);
}

TEST(Score, SaysWhatIsWrong) {
  KnownForecast known;
  const auto values = noise();
  const ConstMatrix<float> scaled(values.data(), series_count, rows);
  Scheduler scheduler(1);
  const auto fails = [&](const std::vector<double>& units, const Windows& windows, const ScoreOptions& options) {
    EXPECT_THROW(score(known, scaled, units, windows, scheduler, options), Error);
  };
  const Windows good(lookback, rows - horizon, series_count);
  fails({1, 2}, good, {});
  fails(deviations, good, {.batch = 0});
  fails(deviations, Windows(lookback, 20, 2), {});
  fails(deviations, Windows(lookback, rows - horizon + 1, series_count), {});
}

}  // namespace
}  // namespace vdn
