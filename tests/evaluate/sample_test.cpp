// Paths of a forecaster against its own mixture, and their scores against brute force.

#include <vdn/evaluate/sample.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/path_score.hpp>
#include <vdn/evaluate/predict.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;

constexpr std::size_t count = 10000;

Forecaster fitted(CalibrationMode calibration, std::size_t draws = 4) {
  Settings settings = test::small_settings();
  settings.calibration = calibration;
  settings.score_draws = draws;
  Scheduler scheduler(2);
  TrainingObserver silent;
  return fit_forecaster(small_data(), {.settings = settings}, scheduler, silent);
}

PredictOptions asking(std::vector<double> levels, std::size_t paths) {
  return {std::move(levels), paths};
}

std::vector<Prediction> ask(Forecaster& model, const std::vector<std::optional<std::size_t>>& origins,
                            const PredictOptions& options, std::size_t threads = 2) {
  Scheduler scheduler(threads);
  return predict(model, small_data().series, origins, options, scheduler);
}

/// The share of a series' paths at or below `value` at step h.
double share_below(const Prediction& p, std::size_t d, std::size_t h, double value) {
  std::size_t below = 0;
  for (std::size_t n = 0; n < p.paths; ++n) below += static_cast<double>(p.paths_of(d)(n, h)) <= value;
  return static_cast<double>(below) / static_cast<double>(p.paths);
}

/// Path n's level, summed over the horizon.
double level_of(const Prediction& p, std::size_t d, std::size_t n) {
  double sum = 0;
  for (std::size_t h = 0; h < p.horizon; ++h) sum += static_cast<double>(p.paths_of(d)(n, h));
  return sum;
}

double correlation_of_levels(const Prediction& p) {
  double a = 0, b = 0, ab = 0, aa = 0, bb = 0;
  const auto n = static_cast<double>(p.paths);
  for (std::size_t i = 0; i < p.paths; ++i) {
    const double x = level_of(p, 0, i), y = level_of(p, 1, i);
    a += x / n, b += y / n, ab += x * y / n, aa += x * x / n, bb += y * y / n;
  }
  return (ab - a * b) / std::sqrt((aa - a * a) * (bb - b * b));
}

// Shared draws make path n of all series one future; every series keeps its paths.
TEST(PathsOfAForecaster, ArePairedAcrossSeriesUnderSharedDraws) {
  Forecaster model = fitted(CalibrationMode::split);
  ASSERT_EQ(model.series_dependence().factor.size(), 4u) << "measured by the fit";
  model.series_dependence().factor = {1.0f, 0.0f, -.8f, .6f};
  const PredictOptions options = asking({}, 2000);
  EXPECT_NEAR(correlation_of_levels(ask(model, {400}, options).front()), 0, .08) << "not shared";
  model.use_draw_sharing(DrawSharing::series);
  const Prediction paired = ask(model, {400}, options).front();
  EXPECT_LT(correlation_of_levels(paired), -.6);
  EXPECT_EQ(ask(model, {400}, options, 1).front().path_values, paired.path_values) << "any number of threads";
  model.series_dependence() = {};
  const Prediction apart = ask(model, {400}, options).front();
  for (std::size_t d = 0; d < 2; ++d) {
    std::vector<double> some, same;
    for (std::size_t n = 0; n < paired.paths; ++n) {
      some.push_back(level_of(paired, d, n));
      same.push_back(level_of(apart, d, n));
    }
    std::sort(some.begin(), some.end());
    std::sort(same.begin(), same.end());
    EXPECT_EQ(some, same);
  }
}

/// A level is a quantile of the paths, calibrated or not. 512 draws stand for the ten thousand the paths take.
TEST(PathsOfAForecaster, HaveTheQuantilesOfItsMixture) {
  for (const CalibrationMode mode : {CalibrationMode::none, CalibrationMode::split}) {
    Forecaster model = fitted(mode, 512);
    const std::vector<double> levels{.01, .05, .1, .25, .5, .75, .9, .95, .99};
    const Prediction p = ask(model, {400}, asking(levels, count)).front();
    for (std::size_t d = 0; d < 2; ++d) {
      for (std::size_t h = 0; h < p.horizon; ++h) {
        for (std::size_t q = 0; q < levels.size(); ++q) {
          const double error = std::sqrt(levels[q] * (1 - levels[q]) * (1.0 / count + 1.0 / 512));
          EXPECT_NEAR(share_below(p, d, h, p.quantiles[(d * p.horizon + h) * levels.size() + q]), levels[q], 4 * error);
        }
      }
    }
  }
}

TEST(PathsOfAForecaster, QuantilesNeverCross) {
  Forecaster model = fitted(CalibrationMode::split);
  std::vector<double> levels;
  for (int i = 1; i < 1000; ++i) levels.push_back(i / 1000.0);
  for (const Prediction& p : ask(model, {300, 350, 400}, asking(levels, 0))) {
    for (std::size_t at = 0; at + 1 < p.quantiles.size(); ++at) {
      const bool same_step = (at + 1) % levels.size() != 0;
      EXPECT_TRUE(!same_step || p.quantiles[at] <= p.quantiles[at + 1]) << at;
    }
  }
}

TEST(PathsOfAForecaster, AreTheSameHoweverTheyAreAskedFor) {
  Forecaster model = fitted(CalibrationMode::split);
  const auto one = ask(model, {400}, asking({.5}, 150), 1).front();
  const auto many = ask(model, {390, 400}, asking({.1, .5}, 150), 2);
  EXPECT_EQ(one.path_values, many[1].path_values);
  EXPECT_NE(many[0].path_values, many[1].path_values);
  // Whole chunks of latent draws, 128 each, do not depend on how many follow.
  const auto fewer = ask(model, {400}, asking({.5}, 128)).front();
  EXPECT_TRUE(std::equal(fewer.path_values.begin(), fewer.path_values.begin() + 128 * 4, one.path_values.begin()));
}

TEST(PathsOfAForecaster, OfATwinWithoutDrawsKeepItsMixture) {
  Settings settings = with_twin(test::small_settings(), Twin::deterministic);
  Scheduler scheduler(2);
  TrainingObserver silent;
  Forecaster twin = fit_forecaster(small_data(), {.settings = settings}, scheduler, silent);
  const Prediction p = ask(twin, {400}, asking({.2, .8}, count)).front();
  EXPECT_NEAR(share_below(p, 0, 3, p.quantiles[3 * 2]), .2, .02);
  EXPECT_NEAR(share_below(p, 1, 0, p.quantiles[4 * 2 + 1]), .8, .02);
}

struct Scored {
  Forecaster model = fitted(CalibrationMode::none);
  std::vector<float> scaled = scale_for(model, small_data().series);
  ConstMatrix<float> matrix{scaled.data(), 2, 400};
  Scheduler scheduler{2};
};

TEST(ScorePaths, AgreesWithBruteForce) {
  Scored s;
  const std::vector<Window> windows{{0, 350}, {1, 360}, {0, 380}};
  const PathScores scores = score_paths(s.model, s.matrix, windows, 40, s.scheduler);
  std::vector<float> drawn(3 * 40 * 4);
  PathSampler(s.model).sample(s.matrix, windows, 40, {drawn.data(), 120, 4}, s.scheduler);
  double energy = 0, crps = 0;
  for (std::size_t w = 0; w < 3; ++w) {
    const Matrix<float> x(drawn.data() + w * 160, 40, 4);
    const auto target = s.matrix.row(windows[w].series).subspan(windows[w].origin, 4);
    const auto distance = [](std::span<const float> a, std::span<const float> b) {
      double sum = 0;
      for (std::size_t h = 0; h < 4; ++h) sum += (double{a[h]} - b[h]) * (double{a[h]} - b[h]);
      return std::sqrt(sum);
    };
    const auto total = [](std::span<const float> a) { return double{a[0]} + a[1] + a[2] + a[3]; };
    for (std::size_t n = 0; n < 40; ++n) {
      energy += distance(x.row(n), target) / 40;
      crps += std::abs(total(x.row(n)) - total(target)) / 40;
      for (std::size_t m = 0; m < 40; ++m) {
        energy -= distance(x.row(n), x.row(m)) / 3200;
        crps -= std::abs(total(x.row(n)) - total(x.row(m))) / 3200;
      }
    }
  }
  EXPECT_EQ(scores.windows, 3u);
  EXPECT_NEAR(scores.energy, energy / 3, 1e-5);
  EXPECT_NEAR(scores.sum_crps, crps / 3, 1e-5);
}

/// By the draws of the paths, more of them than a chunk holds.
TEST(ScorePaths, JointNllIsOfComponentsHeldOverTheObservedSteps) {
  Scored s;
  const std::vector<Window> windows{{0, 350}, {1, 360}};
  s.scaled[352] = std::nanf("");
  ForecastBatch batch;
  constexpr std::size_t paths = 150;
  s.model.forecast(s.matrix, windows, {0, paths}, batch, s.scheduler);
  double want = 0;
  for (std::size_t b = 0; b < 2; ++b) {
    double density = 0, observed = 0;
    for (std::size_t j = 0; j < batch.components(); ++j) {
      double log_density = double{batch.log_weight()(b, j)};
      observed = 0;
      for (std::size_t h = 0; h < 4; ++h) {
        const double y = double{s.matrix(windows[b].series, windows[b].origin + h)};
        if (std::isnan(y)) continue;
        const std::size_t row = b * batch.components() + j;
        const double scale = double{batch.scale()(row, h)}, z = (y - double{batch.mean()(row, h)}) / scale;
        log_density -= .5 * z * z + std::log(scale) + .5 * std::log(2 * 3.14159265358979);
        observed += 1;
      }
      density += std::exp(log_density);
    }
    want -= std::log(density) / observed / 2;
  }
  EXPECT_NEAR(score_paths(s.model, s.matrix, windows, paths, s.scheduler).joint_nll, want, 1e-4);
}

/// Truth that is one of the model's own paths is covered as often as promised.
TEST(ScorePaths, CoversItsOwnPaths) {
  Scored s;
  std::vector<Window> windows;
  for (std::uint32_t origin = 30; origin < 390; origin += 4) windows.push_back({0, origin});
  double inside_80 = 0, inside_90 = 0, rounds = 0;
  std::vector<float> drawn(windows.size() * 20 * 4);
  const Matrix<float> paths(drawn.data(), windows.size() * 20, 4);
  PathSampler(s.model).sample(s.matrix, windows, 20, paths, s.scheduler);
  for (std::size_t n = 0; n < 20; ++n) {
    // One window after the other: the truth of a window is context of the next ones.
    for (std::size_t w = n % 6; w < windows.size(); w += 6) {
      std::vector<float> own = s.scaled;
      std::copy_n(paths.row(w * 20 + n).data(), 4, own.data() + windows[w].origin);
      const std::span<const Window> one(&windows[w], 1);
      const PathScores scores = score_paths(s.model, {own.data(), 2, 400}, one, 60, s.scheduler);
      inside_80 += scores.sum_coverage_80;
      inside_90 += scores.sum_coverage_90;
      ++rounds;
    }
  }
  EXPECT_NEAR(inside_80 / rounds, .8, 4 * std::sqrt(.16 / rounds));
  EXPECT_NEAR(inside_90 / rounds, .9, 4 * std::sqrt(.09 / rounds));
}

TEST(ScorePaths, RefusesWhatHasNoScore) {
  Scored s;
  const std::vector<Window> windows{{0, 350}};
  EXPECT_THROW(score_paths(s.model, s.matrix, windows, 1, s.scheduler), Error);
  std::fill(s.scaled.begin() + 350, s.scaled.begin() + 354, std::nanf(""));
  EXPECT_THROW(score_paths(s.model, s.matrix, windows, 10, s.scheduler), Error);
}

}  // namespace
}  // namespace vdn
