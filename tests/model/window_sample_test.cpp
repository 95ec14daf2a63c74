#include <vdn/model/window_sample.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace vdn {
namespace {

constexpr std::size_t lookback = 3;

std::vector<float> count_up(std::size_t rows) {
  std::vector<float> series;
  for (std::size_t t = 0; t < rows; ++t) series.push_back(static_cast<float>(t));
  return series;
}

WindowRun run_of(std::size_t rows, std::size_t last_step) {
  return {0, 0, lookback, static_cast<std::uint32_t>(rows - lookback - last_step), 1};
}

TEST(WindowSample, ReadsContextAndTheTargetsAskedFor) {
  const std::vector<float> series = count_up(20);
  const std::vector<std::size_t> steps{0, 4};
  const WindowRun run = run_of(20, 4);
  const SampledWindows windows(series, {&run, 1}, 0, {.most = 100}, lookback, steps);
  ASSERT_EQ(windows.count(), 13u);
  std::vector<double> row(5);
  windows.read(2, row);
  EXPECT_EQ(row, (std::vector<double>{2, 3, 4, 5, 9}));
}

TEST(WindowSample, LeavesOutWindowsThatMissAValue) {
  std::vector<float> series = count_up(20);
  series[10] = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::size_t> steps{0, 4};
  const WindowRun run = run_of(20, 4);
  const SampledWindows windows(series, {&run, 1}, 0, {.most = 100}, lookback, steps);
  EXPECT_EQ(windows.count(), 13u - 8u) << "eight windows of eight rows hold row 10";
  EXPECT_EQ(next_missing(series)[3], 10u);
  EXPECT_EQ(next_missing(series)[11], 20u);
}

TEST(WindowSample, TakesTheCycleOutByTheAmplitudeOfTheContext) {
  const std::vector<float> series = count_up(20);
  std::vector<std::uint32_t> phases;
  for (std::uint32_t t = 0; t < 20; ++t) phases.push_back(t % 2);
  const SeasonalProfile profile{2, {9, 9, -1, 1}};  // of two series; it is the second
  const std::vector<std::size_t> steps{1};
  const WindowRun run = run_of(20, 1);
  const SampledWindows windows(series, {&run, 1}, 1, {100, &profile, phases}, lookback, steps);
  std::vector<double> row(4);
  windows.read(1, row);
  const double a =
      double{profile_amplitude(std::span(series).subspan(1, 3), std::span(phases).subspan(1, 3), profile.of(1))};
  EXPECT_GT(a, 0);
  EXPECT_EQ(row, (std::vector<double>{1 - a, 2 + a, 3 - a, 5 - a}));
}

/// At a fixed distance of 10 all would stand at one phase of ten.
TEST(WindowSample, OfSomeWindowsStandsAtAllPhases) {
  const std::vector<float> series = count_up(1000);
  const std::vector<std::size_t> steps{0};
  const WindowRun run = run_of(1000, 0);
  const SampledWindows windows(series, {&run, 1}, 0, {.most = 100}, lookback, steps);
  EXPECT_LE(windows.count(), 100u);
  EXPECT_GE(windows.count(), 90u);
  std::vector<std::size_t> of_phase(10);
  std::vector<double> row(4);
  for (std::size_t k = 0; k < windows.count(); ++k) {
    windows.read(k, row);
    ++of_phase[static_cast<std::size_t>(row[0]) % 10];
  }
  for (const std::size_t count : of_phase) EXPECT_NEAR(static_cast<double>(count), 10, 6);
}

}  // namespace
}  // namespace vdn
