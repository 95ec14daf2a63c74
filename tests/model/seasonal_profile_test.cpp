#include <vdn/model/seasonal_profile.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

std::vector<std::uint32_t> counted(std::size_t rows, std::size_t cycle) {
  std::vector<std::uint32_t> phases(rows);
  for (std::size_t t = 0; t < rows; ++t) phases[t] = static_cast<std::uint32_t>(t % cycle);
  return phases;
}

/// The pattern of phase p, of sum 0.
double pattern(std::size_t p, std::size_t cycle) {
  return std::sin(2 * 3.14159265358979 * static_cast<double>(p) / static_cast<double>(cycle)) + (p == 1 ? .5 : 0) -
         .5 / static_cast<double>(cycle);
}

TEST(SeasonalProfile, IsThePatternOnAStraightLine) {
  for (const std::size_t cycle : {7u, 12u}) {
    const std::size_t rows = 20 * cycle;
    std::vector<float> x(rows);
    for (std::size_t t = 0; t < rows; ++t) {
      x[t] = static_cast<float>(3 + .02 * static_cast<double>(t) + pattern(t % cycle, cycle));
    }
    x[40] = x[41] = std::nanf("");
    const auto profile = fit_profile({x.data(), 1, rows}, counted(rows, cycle), {0, rows}, cycle);
    ASSERT_EQ(profile.cycle, cycle);
    // A missing value moves the averages around it a little.
    for (std::size_t p = 0; p < cycle; ++p) EXPECT_NEAR(profile.of(0)[p], pattern(p, cycle), .03) << cycle << " " << p;
    EXPECT_NEAR(std::accumulate(profile.values.begin(), profile.values.end(), 0.0), 0, 1e-5);
  }
}

TEST(SeasonalProfile, IsOfTheKnownRowsAlone) {
  const std::size_t cycle = 6, rows = 120;
  std::vector<float> x(rows);
  for (std::size_t t = 0; t < rows; ++t) x[t] = static_cast<float>(pattern(t % cycle, cycle));
  const auto phases = counted(rows, cycle);
  const auto before = fit_profile({x.data(), 1, rows}, phases, {0, 60}, cycle);
  for (std::size_t t = 60; t < rows; ++t) x[t] = 100;
  EXPECT_EQ(fit_profile({x.data(), 1, rows}, phases, {0, 60}, cycle).values, before.values);
}

TEST(SeasonalProfile, OfNoiseIsNearlyZeroAndThatOfAFewCyclesIsZero) {
  const std::size_t cycle = 24, rows = 2400;
  std::mt19937 random(3);
  std::normal_distribution<float> noise;
  std::vector<float> x(rows);
  for (float& value : x) value = noise(random);
  const auto profile = fit_profile({x.data(), 1, rows}, counted(rows, cycle), {0, rows}, cycle);
  for (const float s : profile.values) EXPECT_LT(std::abs(s), .06F);  // the phases' means deviate by .1
  for (std::size_t t = 0; t < rows; ++t) x[t] = static_cast<float>(pattern(t % cycle, cycle));
  for (const float s : fit_profile({x.data(), 1, rows}, counted(rows, cycle), {0, 60}, cycle).values) EXPECT_EQ(s, 0);
}

TEST(SeasonalProfile, AmplitudeIsTheShrunkRegressionOnTheProfile) {
  const std::vector<float> profile{1, -.5F, .25F, -.75F};
  const std::vector<std::uint32_t> phases{1, 2, 3, 0, 1, 2};
  const double energy = (1 + .25 + .0625 + .5625) / 4;
  for (const double a : {0.0, .4, 1.3}) {
    std::vector<float> context;
    for (const std::uint32_t p : phases) context.push_back(static_cast<float>(7 + a * double{profile[p]}));
    double sum = 0, squares = 0;
    for (const std::uint32_t p : phases) {
      sum += double{profile[p]};
      squares += double{profile[p]} * double{profile[p]};
    }
    const double about_mean = squares - sum * sum / 6, ridge = .1 * 6 * energy;
    EXPECT_NEAR(profile_amplitude(context, phases, profile), (a * about_mean + ridge) / (about_mean + ridge), 1e-5);
  }
}

TEST(SeasonalProfile, AmplitudeStaysBetweenZeroAndTwo) {
  const std::vector<float> profile{1, -1};
  const std::vector<std::uint32_t> phases{0, 1, 0, 1};
  const auto of = [&](const std::vector<float>& context) { return profile_amplitude(context, phases, profile); };
  EXPECT_EQ(of({9, -9, 9, -9}), 2);
  EXPECT_EQ(of({-9, 9, -9, 9}), 0);
  const float missing = std::nanf("");
  EXPECT_EQ(of({missing, missing, missing, missing}), 1);
  EXPECT_NEAR(of({1, missing, 1, -1}), 1, 1e-6);
  EXPECT_EQ(profile_amplitude(std::vector<float>{5, 6}, counted(2, 2), std::vector<float>{0, 0}), 1);
}

TEST(SeasonalProfile, RefusesThePhasesOfAnotherTable) {
  const std::vector<float> x(10);
  EXPECT_THROW(fit_profile({x.data(), 1, 10}, counted(9, 3), {0, 9}, 3), Error);
}

}  // namespace
}  // namespace vdn
