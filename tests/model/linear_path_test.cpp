#include <vdn/model/linear_path.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include <vdn/core/error.hpp>

#include "support/linear_system.hpp"

namespace vdn {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

struct Problem {
  std::size_t series, rows, lookback, horizon;
  std::vector<float> values;
  ConstMatrix<float> matrix() const { return {values.data(), series, rows}; }
  Windows windows(std::size_t stride = 1) const { return Windows(lookback, rows - horizon, series, stride); }
};

/// Seasonal walks far from zero, so that subtracting the last value matters.
Problem make_problem(std::size_t series = 3, std::size_t rows = 150, std::size_t lookback = 9,
                     std::size_t horizon = 5) {
  Problem problem{series, rows, lookback, horizon, std::vector<float>(series * rows)};
  std::mt19937 random(7);
  std::normal_distribution<double> step;
  for (std::size_t d = 0; d < series; ++d) {
    double level = 20.0 * static_cast<double>(d + 1);
    for (std::size_t t = 0; t < rows; ++t) {
      level += .3 * step(random);
      const double season = std::sin(static_cast<double>(t) * .5);
      problem.values[d * rows + t] = static_cast<float>(level + season + .2 * step(random));
    }
  }
  return problem;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The definition, window by window: unknowns are the L - 1 weights and the intercept, which carries no penalty.
LinearPath fit_directly(const Problem& problem, const Windows& windows, double penalty) {
  const std::size_t lookback = problem.lookback, horizon = problem.horizon, n = lookback;
  std::vector<std::vector<double>> a(n, std::vector<double>(n));
  std::vector<std::vector<double>> c(horizon, std::vector<double>(n));
  for (std::size_t i = 0; i < windows.count(); ++i) {
    const float* at = problem.matrix().row(windows[i].series).data() + windows[i].origin - lookback;
    bool complete = true;
    for (std::size_t k = 0; k < lookback + horizon; ++k) complete = complete && !std::isnan(at[k]);
    if (!complete) continue;
    const double last = static_cast<double>(at[lookback - 1]);
    std::vector<double> z(n, 1.0);
    for (std::size_t l = 0; l + 1 < lookback; ++l) z[l] = static_cast<double>(at[l]) - last;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = 0; q < n; ++q) a[p][q] += z[p] * z[q];
      for (std::size_t h = 0; h < horizon; ++h) c[h][p] += z[p] * (static_cast<double>(at[lookback + h]) - last);
    }
  }
  double mean = 0;
  for (std::size_t l = 0; l + 1 < lookback; ++l) mean += a[l][l] / static_cast<double>(lookback);
  for (std::size_t l = 0; l + 1 < lookback; ++l) a[l][l] += penalty * mean;
  LinearPath line{lookback, horizon, std::vector<double>(horizon * lookback), std::vector<double>(horizon)};
  for (std::size_t h = 0; h < horizon; ++h) {
    const auto solution = test::eliminate(a, c[h]);
    std::copy_n(solution.begin(), lookback - 1, line.weight.begin() + static_cast<std::ptrdiff_t>(h * lookback));
    line.bias[h] = solution.back();
  }
  return line;
}

void expect_direct_solution(const Problem& problem, const Windows& windows, double penalty) {
  Scheduler scheduler(2);
  const auto line =
      fit_linear_path(problem.matrix(), windows, problem.lookback, problem.horizon, {.penalty = penalty}, scheduler);
  const auto direct = fit_directly(problem, windows, penalty);
  ASSERT_EQ(line.weight.size(), direct.weight.size());
  for (std::size_t i = 0; i < line.weight.size(); ++i) EXPECT_NEAR(line.weight[i], direct.weight[i], 1e-9);
  for (std::size_t h = 0; h < line.horizon; ++h) EXPECT_NEAR(line.bias[h], direct.bias[h], 1e-9);
}

TEST(LinearPath, IsTheDirectSolution) {
  for (const double penalty : {0.0, 1e-3, 1.0, 100.0}) {
    expect_direct_solution(make_problem(), make_problem().windows(), penalty);
  }
}

TEST(LinearPath, IsTheDirectSolutionForAnyStrideAndShape) {
  const auto problem = make_problem();
  for (const std::size_t stride : {2u, 3u, 13u, 14u, 20u}) {
    expect_direct_solution(problem, problem.windows(stride), .01);
  }
  const auto many = make_problem(11, 40, 2, 9);
  expect_direct_solution(many, many.windows(), .01);
  const auto none = make_problem(2, 40, 1, 4);  // a look-back of one row has nothing but the intercept
  expect_direct_solution(none, none.windows(), .01);
}

TEST(LinearPath, LeavesOutWindowsWithMissingValues) {
  auto problem = make_problem();
  for (const std::size_t at : {0u, 31u, 33u, 90u, 149u, 150u + 70u}) problem.values[at] = missing;
  for (std::size_t t = 300; t < 450; ++t) problem.values[t] = missing;  // series 2 as a whole
  for (const std::size_t stride : {1u, 4u}) expect_direct_solution(problem, problem.windows(stride), .01);
}

/// The problem with every missing value filled with the last observed one, at the beginning the first one.
Problem filled(Problem problem) {
  for (std::size_t d = 0; d < problem.series; ++d) {
    float* row = problem.values.data() + d * problem.rows;
    float last = *std::find_if(row, row + problem.rows, [](float value) { return !std::isnan(value); });
    for (std::size_t t = 0; t < problem.rows; ++t) last = row[t] = std::isnan(row[t]) ? last : row[t];
  }
  return problem;
}

TEST(LinearPath, FillsMissingValuesWhereTooFewWindowsAreComplete) {
  auto problem = make_problem();
  for (std::size_t at = 0; at < problem.values.size(); at += 8) problem.values[at] = missing;  // no complete window
  Scheduler scheduler(2);
  const auto line =
      fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.penalty = .01, .least_context = 9}, scheduler);
  const auto direct = fit_directly(filled(problem), problem.windows(), .01);
  for (std::size_t i = 0; i < line.weight.size(); ++i) EXPECT_NEAR(line.weight[i], direct.weight[i], 1e-9);
  for (std::size_t h = 0; h < 5; ++h) EXPECT_NEAR(line.bias[h], direct.bias[h], 1e-9);
}

TEST(LinearPath, PadsContextsWhereTooFewWindowsAreComplete) {
  const auto problem = make_problem(3, 16);  // three windows a series, 9 < 18
  Scheduler scheduler(2);
  const auto line =
      fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.penalty = .01, .least_context = 4}, scheduler);
  Problem padded{3, 16 + 5, 9, 5, {}};  // five copies of the first value before each series: origins 4 ... 8 join
  for (std::size_t d = 0; d < 3; ++d) {
    padded.values.insert(padded.values.end(), 5, problem.values[d * 16]);
    for (std::size_t t = 0; t < 16; ++t) padded.values.push_back(problem.values[d * 16 + t]);
  }
  const auto direct = fit_directly(padded, padded.windows(), .01);
  for (std::size_t i = 0; i < line.weight.size(); ++i) EXPECT_NEAR(line.weight[i], direct.weight[i], 1e-9);
  for (std::size_t h = 0; h < 5; ++h) EXPECT_NEAR(line.bias[h], direct.bias[h], 1e-9);
}

TEST(LinearPath, RunsAreTheWindowsTheyHold) {
  auto problem = make_problem(3, 150);
  problem.values[70] = missing;
  const Windows runs = Windows::of_runs({{0, 0, 9, 40}, {0, 60, 69, 77}, {1, 0, 9, 50, 2}, {2, 100, 104, 30}}, 3);
  Scheduler scheduler(2);
  const auto line = fit_linear_path(problem.matrix(), runs, 9, 5, {.penalty = .01}, scheduler);
  std::vector<WindowRun> whole{{0, 0, 9, 40}, {0, 60, 69, 77}, {1, 0, 9, 50, 2}, {2, 100, 109, 25}};
  const auto direct = fit_directly(problem, Windows::of_runs(whole, 3), .01);
  for (std::size_t i = 0; i < line.weight.size(); ++i) EXPECT_NEAR(line.weight[i], direct.weight[i], 1e-9);
}

TEST(LinearPath, HasTheSameBitsForAnyNumberOfThreads) {
  const auto problem = make_problem(11, 200);
  Scheduler one(1);
  const auto expected = fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.rank = 3}, one);
  for (const std::size_t threads : {2u, 4u}) {
    Scheduler scheduler(threads);
    const auto line = fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.rank = 3}, scheduler);
    EXPECT_EQ(line.weight, expected.weight);
    EXPECT_EQ(line.bias, expected.bias);
  }
}

TEST(LinearPath, ForecastsTheSameOneByOneAndTogether) {
  const auto problem = make_problem();
  Scheduler scheduler(1);
  const auto line =
      fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.free_level = true, .rank = 2}, scheduler);
  const Window together_windows[2] = {{0, 19, 0}, {1, 29, 0}};
  std::vector<double> contexts, together(2 * 5), alone(5);
  std::vector<float> single(5);
  const std::size_t starts[2] = {10, 170};
  for (const std::size_t at : starts) {
    contexts.insert(contexts.end(), problem.values.data() + at, problem.values.data() + at + 9);
  }
  const auto copy = contexts;
  line.forecast(together_windows, Matrix<double>(contexts.data(), 2, 9), Matrix<double>(together.data(), 2, 5));
  for (std::size_t b = 0; b < 2; ++b) {
    const auto context = std::span<const double>(copy).subspan(b * 9, 9);
    line.forecast(b, context, std::span<double>(alone));
    line.forecast(b, std::span<const float>(problem.values).subspan(starts[b], 9), std::span<float>(single));
    for (std::size_t h = 0; h < 5; ++h) {
      std::vector<double> features(copy.begin() + static_cast<std::ptrdiff_t>(b * 9),
                                   copy.begin() + static_cast<std::ptrdiff_t>(b * 9 + 9));
      for (std::size_t l = 0; l < 8; ++l) features[l] -= context[8];
      double direct = context[8] + line.bias_of(b)[h] + dot(line.weights().row(h), features);
      for (std::size_t k = 0; k < 2; ++k) direct += line.out_of(b)(h, k) * dot(line.in_of(b).row(k), features);
      EXPECT_NEAR(alone[h], direct, 1e-12);
      EXPECT_NEAR(together[b * 5 + h], direct, 1e-12);
      EXPECT_NEAR(single[h], direct, 1e-5);
    }
  }
}

/// The sums of every complete window of a problem, all steps.
LineSums sums_of(const Problem& problem, std::size_t series) {
  LineMoments moments(problem.lookback, problem.horizon);
  add_complete_windows(problem.matrix().row(series), problem.windows().runs_of(series), moments);
  return LineSums(moments, problem.lookback, horizon_steps(problem.horizon, problem.horizon));
}

class SolveLineByDrift : public ::testing::TestWithParam<bool> {};

TEST_P(SolveLineByDrift, IsWhereTheGradientVanishes) {
  const bool drift = GetParam();
  const auto problem = make_problem();
  const LineSums s = sums_of(problem, 1);
  const std::size_t F = s.features, T = s.targets;
  const std::vector<double> prior(T * F, .05);
  const double penalty = .3;
  const LineWeights line = solve_line(s, {.penalty = penalty, .free_level = true, .drift = drift}, prior);
  double diagonal = 0;
  for (std::size_t i = 0; i + 1 < F; ++i) diagonal += s.product[i * F + i] / static_cast<double>(F);
  const double mean_square = s.feature_sum[F - 1] * s.feature_sum[F - 1] / s.count;
  const double level = s.product[F * F - 1] - (drift ? mean_square : 0.0);
  for (std::size_t k = 0; k < T; ++k) {
    const std::span<const double> weight(&line.weight[k * F], F);
    const double of_bias = s.count * line.bias[k] + dot(weight, s.feature_sum) - s.target_sum[k];
    EXPECT_NEAR(drift ? of_bias : line.bias[k], 0, 1e-8);
    for (std::size_t i = 0; i < F; ++i) {
      const double ridge = i + 1 < F ? penalty * diagonal : 1e-3 * level;
      const double slope = dot({&s.product[i * F], F}, weight) - s.cross[k * F + i] + line.bias[k] * s.feature_sum[i] +
                           ridge * (weight[i] - prior[k * F + i]);
      EXPECT_NEAR(slope, 0, 1e-7 * s.product[i * F + i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Drift, SolveLineByDrift, ::testing::Bool());

TEST(SolveLine, ALargePenaltyGivesThePrior) {
  const LineSums s = sums_of(make_problem(), 0);
  std::vector<double> prior(s.targets * s.features, .02);
  for (std::size_t k = 0; k < s.targets; ++k) prior[(k + 1) * s.features - 1] = 0;  // the level is carried
  const LineWeights line = solve_line(s, {.penalty = 1e9}, prior);
  for (std::size_t i = 0; i < prior.size(); ++i) EXPECT_NEAR(line.weight[i], prior[i], 1e-6);
}

/// Weights of series d as one matrix.
std::vector<double> map_of(const LinearPath& line, std::size_t d) {
  std::vector<double> map = line.weight;
  for (std::size_t h = 0; h < line.horizon; ++h) {
    for (std::size_t l = 0; l < line.lookback; ++l) {
      for (std::size_t k = 0; k < line.rank; ++k) {
        map[h * line.lookback + l] += line.out_of(d)(h, k) * line.in_of(d)(k, l);
      }
    }
  }
  return map;
}

TEST(LinearPath, AFullRankIsTheSeriesOwnLineAndALowerOneItsBestCut) {
  const auto problem = make_problem();
  Scheduler scheduler(2);
  LineOptions options{.free_level = true, .series_penalty = .1};
  const auto fit = [&](std::size_t rank) {
    options.rank = rank;
    return fit_linear_path(problem.matrix(), problem.windows(), 9, 5, options, scheduler);
  };
  const LinearPath pooled = fit(0), full = fit(5);
  ASSERT_EQ(full.rank, 5u) << "no more than the horizon";
  for (std::size_t d = 0; d < 3; ++d) {
    const LineSums s = sums_of(problem, d);
    const LineWeights own = solve_line(s, {.penalty = .1, .free_level = true}, pooled.weight);
    const std::vector<double> map = map_of(full, d);
    for (std::size_t i = 0; i < map.size(); ++i) EXPECT_NEAR(map[i], own.weight[i], 1e-9);
    for (std::size_t h = 0; h < 5; ++h) EXPECT_NEAR(full.bias_of(d)[h], own.bias[h], 1e-8);
    const LineWeights unchanged = solve_line(s, {.penalty = 1e12, .free_level = true}, pooled.weight);
    double before = s.squared_error(pooled.weights(), unchanged.bias);
    for (const std::size_t rank : {1u, 2u, 3u, 5u}) {
      const LinearPath cut = fit(rank);
      const std::vector<double> weight = map_of(cut, d);
      const double error = s.squared_error({weight.data(), 5, 9}, cut.bias_of(d));
      EXPECT_LE(error, before * (1 + 1e-9)) << "series " << d << ", rank " << rank;
      before = error;
    }
  }
}

TEST(LinearPath, WithoutDriftHasNoConstant) {
  const auto problem = make_problem();
  Scheduler scheduler(1);
  const LinearPath line =
      fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.drift = false, .rank = 2}, scheduler);
  const std::vector<double> still(9, 3.25);
  std::vector<double> out(5);
  for (std::size_t d = 0; d < 3; ++d) {
    line.forecast(d, still, out);
    for (const double value : out) EXPECT_NEAR(value, 3.25, 1e-12) << "what does not move stays";
  }
}

TEST(LinearPath, RepeatsAConstantSeries) {
  const Problem problem{1, 60, 8, 3, std::vector<float>(60, 2.7f)};
  Scheduler scheduler(1);
  const auto line = fit_linear_path(problem.matrix(), problem.windows(), 8, 3, {.penalty = 0}, scheduler);
  for (const double weight : line.weight) EXPECT_EQ(weight, 0);
  for (const double bias : line.bias) EXPECT_NEAR(bias, 0, 1e-12);
}

/// Days whose height comes and goes, seen for half a day: a line of the rows alone cannot know what follows.
TEST(LinearPath, APeriodicOneKnowsWhatAShortWindowDoesNotShow) {
  constexpr std::size_t cycle = 24, rows = 3000, lookback = 12, horizon = 24;
  std::vector<float> values(rows);
  std::vector<std::uint32_t> phases(rows);
  std::mt19937 random(4);
  std::normal_distribution<double> noise(0, .05);
  for (std::size_t t = 0; t < rows; ++t) {
    phases[t] = static_cast<std::uint32_t>(t % cycle);
    const double phase = static_cast<double>(t % cycle), height = 1 + .5 * std::sin(static_cast<double>(t) / 200);
    values[t] = static_cast<float>(height * (std::abs(phase - 9) < 5 ? 1 : 0) + noise(random));
  }
  const ConstMatrix<float> scaled(values.data(), 1, rows);
  Scheduler scheduler(2);
  const Windows training(lookback, 2000 - horizon, 1);
  LineOptions options;
  const auto error_of = [&](const LinearPath& line) {
    double sum = 0;
    std::vector<double> context(lookback), forecast(horizon);
    for (std::size_t origin = 2000; origin + horizon <= rows; ++origin) {
      const auto row = scaled.row(0).subspan(origin - lookback, lookback);
      const auto place = std::span<const std::uint32_t>(phases).subspan(origin - lookback, lookback);
      const float a = line.profile.empty() ? 0 : profile_amplitude(row, place, line.profile.of(0));
      const auto cycle_at = [&](std::size_t t) {
        return line.profile.empty() ? 0.0 : double{a} * double{line.profile.of(0)[phases[t]]};
      };
      for (std::size_t l = 0; l < lookback; ++l) context[l] = double{row[l]} - cycle_at(origin - lookback + l);
      line.forecast(0, std::span<const double>(context), std::span<double>(forecast));
      for (std::size_t h = 0; h < horizon; ++h) {
        sum += std::pow(double{values[origin + h]} - forecast[h] - cycle_at(origin + h), 2);
      }
    }
    return sum;
  };
  const double plain = error_of(fit_linear_path(scaled, training, lookback, horizon, options, scheduler));
  options.cycle = cycle;
  const LinearPath line = fit_linear_path(scaled, training, lookback, horizon, options, scheduler, phases, {0, 2000});
  EXPECT_EQ(line.profile.cycle, cycle);
  EXPECT_LT(error_of(line), .5 * plain);
  options.rank = 2;
  const LinearPath ranked = fit_linear_path(scaled, training, lookback, horizon, options, scheduler, phases, {0, 2000});
  EXPECT_EQ(ranked.profile.values, line.profile.values);
  Scheduler one(1);
  const LinearPath same = fit_linear_path(scaled, training, lookback, horizon, options, one, phases, {0, 2000});
  EXPECT_EQ(same.weight, ranked.weight);
  EXPECT_EQ(same.series_in, ranked.series_in);
  EXPECT_THROW(fit_linear_path(scaled, Windows(lookback, lookback + 5, 1), lookback, horizon, options, scheduler,
                               phases, {0, 2000}),
               Error)
      << "six windows are too few";
  EXPECT_THROW(fit_linear_path(scaled, training, lookback, horizon, options, scheduler, phases, {0, 71}), Error)
      << "not three cycles";
}

TEST(LinearPath, SaysWhatIsWrong) {
  Scheduler scheduler(1);
  auto problem = make_problem(1, 30);
  const auto kind_of_failure = [&](double penalty, Windows windows) {
    try {
      fit_linear_path(problem.matrix(), windows, 9, 5, {.penalty = penalty}, scheduler);
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind{};
  };
  EXPECT_EQ(kind_of_failure(-1, problem.windows()), ErrorKind::config);
  EXPECT_EQ(kind_of_failure(1, Windows(9, 26, 1)), ErrorKind::software);
  EXPECT_EQ(kind_of_failure(1, Windows(1, 0, 1)), ErrorKind::data);
  for (std::size_t t = 0; t < 30; ++t) problem.values[t] = static_cast<float>(t % 2);  // two patterns, eight unknowns
  try {
    fit_linear_path(problem.matrix(), problem.windows(), 9, 5, {.penalty = 0}, scheduler);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("line.penalty"), std::string::npos);
  }
  EXPECT_EQ(kind_of_failure(1e-3, problem.windows()), ErrorKind{});
  std::fill(problem.values.begin(), problem.values.end(), missing);
  EXPECT_EQ(kind_of_failure(1e-3, Windows(9, 20, 1)), ErrorKind::data) << "no window has an observed value";
}

}  // namespace
}  // namespace vdn
