// What validation chooses, against forecasts window by window.

#include <vdn/model/line_choice.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include <vdn/model/line_folds.hpp>

namespace vdn {
namespace {

constexpr std::size_t rows = 900, horizon = 4, train_end = 600;

/// Autoregressions x_t = a_d x_{t-1} + b_d x_{t-12} + noise.
std::vector<float> recursions(const std::vector<std::pair<double, double>>& weights) {
  std::vector<float> values;
  std::mt19937 random(5);
  std::normal_distribution<double> noise;
  for (const auto& [a, b] : weights) {
    std::vector<double> x(rows + 200);
    for (std::size_t t = 12; t < x.size(); ++t) x[t] = a * x[t - 1] + b * x[t - 12] + noise(random);
    values.insert(values.end(), x.end() - rows, x.end());
  }
  return values;
}

Windows training_of(std::size_t series, std::size_t longest) {
  return Windows(longest, train_end - horizon, series);
}

Windows validation_of(std::size_t series) {
  return Windows(train_end, rows - horizon, series);
}

LineGrid grid_of(std::vector<std::size_t> lookbacks) {
  return {std::move(lookbacks), {1e-4, 1e-2, 1.0}, {0, 1}, {0, 1}, {0, 3}, {.01, 1.0}};
}

LineChoice choose(const std::vector<float>& values, std::size_t series, const LineGrid& grid) {
  Scheduler scheduler(2);
  const auto choice = choose_line({values.data(), series, rows}, training_of(series, grid.lookbacks.back()),
                                  validation_of(series), horizon, grid, scheduler);
  EXPECT_TRUE(choice.has_value());
  return choice.value_or(LineChoice{});
}

TEST(LineChoice, TakesTheLookbackThatHoldsTheSeason) {
  const auto values = recursions({{.2, .7}, {.2, .7}});
  EXPECT_EQ(choose(values, 2, grid_of({4, 8, 16})).lookback, 16u);
}

TEST(LineChoice, ALongerLookbackMustEarnItsPlace) {
  const auto values = recursions({{.2, .7}, {.2, .7}});
  LineGrid grid = grid_of({4, 16, 24});
  const LineChoice best = choose(values, 2, grid);
  grid.longer_gain = .05;  // the season is worth more than that, what lies behind it is not
  EXPECT_EQ(choose(values, 2, grid).lookback, 16u);
  grid.longer_gain = .9;
  const LineChoice shortest = choose(values, 2, grid);
  EXPECT_EQ(shortest.lookback, 4u);
  EXPECT_GT(shortest.error, best.error);
  grid.lookbacks = {4};
  EXPECT_EQ(choose(values, 2, grid).options.penalty, shortest.options.penalty) << "the best of its own";
}

TEST(LineChoice, CorrectsSeriesThatDifferAndOnlyThose) {
  const LineGrid grid = grid_of({16});
  EXPECT_EQ(choose(recursions({{.95, 0}, {-.9, 0}, {.1, .8}}), 3, grid).options.rank, 3u);
  EXPECT_EQ(choose(recursions({{.5, .3}, {.5, .3}, {.5, .3}, {.5, .3}}), 4, grid).options.rank, 0u);
}

TEST(LineChoice, DriftsOnlyWithSeriesThatRise) {
  std::vector<float> rising = recursions({{.5, 0}, {.5, 0}});
  EXPECT_FALSE(choose(rising, 2, grid_of({4})).options.drift);
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t t = 0; t < rows; ++t) rising[d * rows + t] += 1.5F * static_cast<float>(t);
  }
  EXPECT_TRUE(choose(rising, 2, grid_of({4})).options.drift);
}

TEST(LineChoice, LetsGoOfALevelThatReturnsToItsMean) {
  EXPECT_TRUE(choose(recursions({{.3, 0}, {.3, 0}}), 2, grid_of({4})).options.free_level);
}

/// Noise ten times as wide in one stretch of ten: of many weights least squares follow it.
TEST(LineChoice, WeighsWindowsOfAPastThatIsWildNowAndThen) {
  std::vector<float> values(2 * rows);
  std::mt19937 random(2);
  std::normal_distribution<float> noise;
  for (std::size_t i = 1; i < values.size(); ++i) {
    values[i] = .8F * values[i - 1] + (i % 100 < 10 ? 10.0F : 1.0F) * noise(random);
  }
  LineGrid grid{{24}, {1e-4}, {0}, {0}, {0}, {1.0}};
  const LineChoice squares = choose(values, 2, grid);
  EXPECT_FALSE(squares.options.robust) << "it was not offered";
  grid.robust = {0, 1};
  const LineChoice robust = choose(values, 2, grid);
  EXPECT_TRUE(robust.options.robust);
  EXPECT_LT(robust.error, squares.error);
}

/// Demand that is mostly none: what lies far off is the demand.
TEST(LineChoice, LetsAllWindowsCountAlikeWhereTheFarOnesAreTheMean) {
  std::vector<float> values(2 * rows);
  std::mt19937 random(2);
  for (float& value : values) value = random() % 12 == 0 ? 10.0F : 0.0F;
  LineGrid grid = grid_of({8});
  grid.robust = {0, 1};
  EXPECT_FALSE(choose(values, 2, grid).options.robust);
  grid.robust = {1};
  EXPECT_TRUE(choose(values, 2, grid).options.robust) << "nothing else is allowed";
}

TEST(LineChoice, ErrorIsThatOfTheForecastsOfTheLineItNames) {
  const auto values = recursions({{.6, .2}, {.2, .6}});
  LineGrid grid = grid_of({12});
  grid.ranks = {0};
  const LineChoice choice = choose(values, 2, grid);
  Scheduler scheduler(1);
  const ConstMatrix<float> scaled(values.data(), 2, rows);
  const auto folds = rolling_folds(training_of(2, 12), validation_of(2), horizon);
  double log_error = 0;
  std::vector<float> forecast(horizon);
  for (const LineFold& fold : folds) {
    const LinearPath line = fit_linear_path(scaled, fold.known, 12, horizon, choice.options, scheduler);
    double sum = 0;
    for (std::size_t i = 0; i < fold.judged.count(); ++i) {
      const Window w = fold.judged[i];
      line.forecast(w.series, scaled.row(w.series).subspan(w.origin - 12, 12), std::span<float>(forecast));
      for (std::size_t h = 0; h < horizon; ++h) sum += std::pow(scaled(w.series, w.origin + h) - forecast[h], 2);
    }
    log_error += std::log(sum / static_cast<double>(fold.judged.count() * horizon));
  }
  EXPECT_EQ(choice.folds, 5u);
  EXPECT_NEAR(choice.error, std::exp(log_error / 5), 1e-5);
}

std::vector<CycleCandidate> cycles_of(std::initializer_list<std::size_t> lengths) {
  std::vector<CycleCandidate> cycles;
  for (const std::size_t length : lengths) {
    cycles.push_back({length, {}});
    for (std::size_t t = 0; length > 0 && t < rows; ++t) {
      cycles.back().phases.push_back(static_cast<std::uint32_t>(t % length));
    }
  }
  return cycles;
}

/// A sharp pattern of 30 rows on autoregressions.
std::vector<float> with_pattern() {
  std::vector<float> values = recursions({{.6, 0}, {.6, 0}});
  for (std::size_t t = 0; t < rows; ++t) {
    for (std::size_t d = 0; d < 2; ++d) values[d * rows + t] += t % 30 == 7 || t % 30 == 18 ? 6.0F : 0.0F;
  }
  return values;
}

TEST(LineChoice, TakesACycleAShortWindowDoesNotShow) {
  LineGrid grid = grid_of({8});
  grid.cycles = cycles_of({0, 10, 30});
  grid.cycle_gain = .01;
  EXPECT_EQ(choose(with_pattern(), 2, grid).options.cycle, 30u);
  EXPECT_EQ(choose(recursions({{.6, .2}, {.6, .2}}), 2, grid).options.cycle, 0u);
  grid.cycle_gain = .99;
  EXPECT_EQ(choose(with_pattern(), 2, grid).options.cycle, 0u);
}

TEST(LineChoice, LooksAtNoCycleThatFitsTwiceIntoTheLookbackUnlessItIsSet) {
  LineGrid grid = grid_of({60});
  grid.cycles = cycles_of({0, 30});
  EXPECT_EQ(choose(with_pattern(), 2, grid).options.cycle, 0u);
  grid.cycles = cycles_of({30});
  EXPECT_EQ(choose(with_pattern(), 2, grid).options.cycle, 30u);
}

TEST(LineChoice, ErrorOfAPeriodicLineIsThatOfItsForecasts) {
  const std::size_t lookback = 8;
  const auto values = with_pattern();
  LineGrid grid = grid_of({lookback});
  grid.ranks = {0};
  grid.cycles = cycles_of({0, 30});
  const LineChoice choice = choose(values, 2, grid);
  ASSERT_EQ(choice.options.cycle, 30u);
  Scheduler scheduler(1);
  const ConstMatrix<float> scaled(values.data(), 2, rows);
  const auto& phases = grid.cycles[1].phases;
  double log_error = 0;
  const auto folds = rolling_folds(training_of(2, lookback), validation_of(2), horizon);
  std::vector<float> context(lookback), forecast(horizon);
  for (const LineFold& fold : folds) {
    const LinearPath line = fit_linear_path(scaled, fold.known, lookback, horizon, choice.options, scheduler, phases,
                                            {0, fold.known.last_origin() + horizon});
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < fold.judged.count(); ++i) {
      const Window w = fold.judged[i];
      const std::size_t first = w.origin - lookback;
      const auto profile = line.profile.of(w.series);
      const auto row = scaled.row(w.series).subspan(first, lookback);
      const float a = profile_amplitude(row, std::span(phases).subspan(first, lookback), profile);
      for (std::size_t l = 0; l < lookback; ++l) context[l] = row[l] - a * profile[phases[first + l]];
      line.forecast(w.series, context, std::span<float>(forecast));
      for (std::size_t h = 0; h < horizon; ++h) {
        sum += std::pow(scaled(w.series, w.origin + h) - forecast[h] - a * profile[phases[w.origin + h]], 2);
      }
      ++count;
    }
    log_error += std::log(sum / static_cast<double>(count * horizon));
  }
  // The choice looks at 32 windows of a series, evenly spaced; here at all of them.
  const double all = std::exp(log_error / static_cast<double>(folds.size()));
  EXPECT_NEAR(choice.error, all, .15 * all);
}

TEST(LineChoice, SameForAnyNumberOfThreads) {
  const auto values = recursions({{.6, .2}, {.2, .6}, {.4, .4}});
  const LineGrid grid = grid_of({6, 12});
  const LineChoice two = choose(values, 3, grid);
  Scheduler one(1);
  const auto same = choose_line({values.data(), 3, rows}, training_of(3, 12), validation_of(3), horizon, grid, one);
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->error, two.error);
  EXPECT_EQ(same->options.series_penalty, two.options.series_penalty);
}

TEST(LineChoice, AFoldWithTooFewCompleteWindowsDoesNotCount) {
  const auto values = recursions({{.95, 0}, {-.9, 0}, {.1, .8}});  // so different that series get their own maps
  Scheduler scheduler(1);
  const Windows training(24, 123, 3), validation(124, 300, 3);
  LineGrid grid = grid_of({4, 24});
  const auto choice = choose_line({values.data(), 3, rows}, training, validation, horizon, grid, scheduler);
  ASSERT_TRUE(choice.has_value());
  EXPECT_EQ(choice->folds, 5u);
  const auto later = choose_line({values.data(), 3, rows}, Windows(24, 50, 3), validation, horizon, grid, scheduler);
  ASSERT_TRUE(later.has_value());
  EXPECT_LT(later->folds, 5u);
  grid.ranks = {3};
  const auto own = choose_line({values.data(), 3, rows}, Windows(24, 50, 3), validation, horizon, grid, scheduler);
  EXPECT_EQ(own->folds, later->folds) << "series are judged at the same folds";
}

TEST(LineChoice, NothingWithTooFewCompleteWindows) {
  const auto values = recursions({{.5, .3}});
  Scheduler scheduler(1);
  const Windows few(16, 40, 1);
  EXPECT_FALSE(
      choose_line({values.data(), 1, rows}, few, validation_of(1), horizon, grid_of({16}), scheduler).has_value());
}

}  // namespace
}  // namespace vdn
