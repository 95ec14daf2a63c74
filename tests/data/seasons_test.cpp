#include "vdn/data/seasons.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "data/table_support.hpp"

namespace vdn {
namespace {

using namespace test;

constexpr TimeStep hour{TimeUnit::second, 3600}, row{TimeUnit::index, 1};
constexpr double turn = 6.283185307179586;

using Rule = std::function<double(double t, double noise)>;

/// n values of rule(t, standard normal noise).
std::vector<double> made(std::size_t n, const Rule& rule, std::uint64_t seed = 1) {
  std::mt19937_64 bits(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (std::size_t t = 0; t < n; ++t) values.push_back(rule(static_cast<double>(t), normal(bits)));
  return values;
}

std::vector<double> random_walk(std::size_t n, std::uint64_t seed) {
  double level = 0;
  return made(
      n, [&](double, double noise) { return level += noise; }, seed);
}

std::vector<std::size_t> rows_of(const std::vector<Season>& seasons) {
  std::vector<std::size_t> rows;
  for (const Season& season : seasons) rows.push_back(season.rows);
  return rows;
}

using Rows = std::vector<std::size_t>;

TEST(CalendarSeasons, AreWholeNumbersOfSteps) {
  EXPECT_EQ(calendar_seasons(hour), (Rows{24, 168, 8766}));
  EXPECT_EQ(calendar_seasons({TimeUnit::second, 600}), (Rows{6, 144, 1008, 52596}));
  EXPECT_EQ(calendar_seasons({TimeUnit::second, 86400}), (Rows{7, 365}));
  EXPECT_EQ(calendar_seasons({TimeUnit::second, 604800}), (Rows{52}));
  EXPECT_EQ(calendar_seasons({TimeUnit::second, 7 * 60}), (Rows{1440, 75137}));  // a week is 1440 of them, a day none
  EXPECT_EQ(calendar_seasons({TimeUnit::month, 1}), (Rows{12}));
  EXPECT_EQ(calendar_seasons({TimeUnit::month, 3}), (Rows{4}));
  EXPECT_EQ(calendar_seasons({TimeUnit::month, 12}), Rows{});
  EXPECT_EQ(calendar_seasons(row), Rows{});
}

TEST(DescribeSeason, SaysRowsAndTime) {
  EXPECT_EQ(describe_season(24, hour), "24 rows (1 day)");
  EXPECT_EQ(describe_season(168, hour), "168 rows (1 week)");
  EXPECT_EQ(describe_season(30, hour), "30 rows (30 hours)");
  EXPECT_EQ(describe_season(8766, hour), "8766 rows (1 year)");
  EXPECT_EQ(describe_season(52, {TimeUnit::second, 604800}), "52 rows (1 year)");
  EXPECT_EQ(describe_season(12, {TimeUnit::month, 1}), "12 rows (1 year)");
  EXPECT_EQ(describe_season(12, row), "12 rows");
}

TEST(FindSeasons, MeasuresTheShareOfAKnownPattern) {
  // Variance 1/2 of the sine; noise of variance s^2 keeps 1 - 1/m of it when the average over m rows is taken off.
  for (const double s : {0.3, 1.0, 2.0}) {
    const auto seasons =
        find_seasons(made(20000, [&](double t, double noise) { return std::sin(turn * t / 24) + s * noise; }), hour);
    ASSERT_EQ(rows_of(seasons), Rows{24}) << s;
    EXPECT_NEAR(seasons[0].strength, 0.5 / (0.5 + s * s * 23 / 24), 0.015) << s;
  }
}

TEST(FindSeasons, FindsDayAndWeekUnderTrendAndNoise) {
  const auto values = made(4000, [](double t, double noise) {
    const bool weekend = static_cast<int>(t / 24) % 7 >= 5;
    return 0.01 * t + 3 * std::sin(turn * t / 24) + std::sin(turn * t / 12) - (weekend ? 2.0 : 0.0) + 0.5 * noise;
  });
  EXPECT_EQ(rows_of(find_seasons(values, hour)), (Rows{24, 168}));
}

TEST(FindSeasons, FindsPeriodsTheCalendarDoesNotKnow) {
  const auto sines = made(
      3000, [](double t, double noise) { return 2 * std::sin(turn * t / 37) + 1.5 * std::cos(turn * t / 90) + noise; });
  EXPECT_EQ(rows_of(find_seasons(sines, row)), (Rows{37, 90}));
  const auto spikes =
      made(2000, [](double t, double noise) { return (static_cast<int>(t) % 31 == 0 ? 10.0 : 0.0) + noise; });
  EXPECT_EQ(rows_of(find_seasons(spikes, row)), Rows{31});
  // Hourly, yet of 30 rows, as tides are not of the clock.
  EXPECT_EQ(rows_of(find_seasons(made(2000, [](double t, double noise) { return 3 * std::sin(turn * t / 30) + noise; }),
                                 hour)),
            Rows{30});
}

TEST(FindSeasons, FindsASeasonOnARandomWalk) {
  auto values = random_walk(3000, 3);
  for (std::size_t t = 0; t < values.size(); ++t) values[t] += 4 * std::sin(turn * static_cast<double>(t) / 20);
  EXPECT_EQ(rows_of(find_seasons(values, row)), Rows{20});
}

TEST(FindSeasons, FindsNoneWhereThereIsNone) {
  std::size_t walks = 0, noises = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    walks += find_seasons(random_walk(1500, seed), hour).size();
    noises += find_seasons(made(
                               1500, [](double, double noise) { return noise; }, seed),
                           hour)
                  .size();
  }
  EXPECT_LE(walks, 1u) << "of 100 random walks";
  EXPECT_EQ(noises, 0u);
}

TEST(FindSeasons, PassesOverMissingValuesAndSentinels) {
  auto values = made(3000, [](double t, double noise) { return 2 * std::sin(turn * t / 24) + noise; });
  const auto whole = find_seasons(values, hour);
  for (std::size_t t = 0; t < values.size(); t += 5) values[t] = not_a_number;
  for (std::size_t t = 1000; t < 1200; ++t) values[t] = not_a_number;
  values[501] = values[77] = -9999;
  const auto holed = find_seasons(values, hour);
  ASSERT_EQ(rows_of(holed), Rows{24});
  EXPECT_NEAR(holed[0].strength, whole[0].strength, 0.07);
}

TEST(FindSeasons, TakesTheMonthsOfAFewYears) {
  const auto values =
      made(72, [](double t, double noise) { return 100 + t + 10 * std::sin(turn * t / 12) + 2 * noise; });
  EXPECT_EQ(rows_of(find_seasons(values, {TimeUnit::month, 1})), Rows{12});
}

TEST(FindSeasons, HasNothingToSayOfShortConstantOrEmptySeries) {
  EXPECT_TRUE(find_seasons({}, hour).empty());
  EXPECT_TRUE(find_seasons(made(30, [](double t, double) { return std::sin(turn * t / 24); }), hour).empty());
  EXPECT_TRUE(find_seasons(std::vector<double>(500, 7.0), hour).empty());
  EXPECT_TRUE(find_seasons(std::vector<double>(500, not_a_number), hour).empty());
  for (std::size_t n = 1; n < 40; ++n) find_seasons(random_walk(n, n), hour);  // no length is too short to be asked
}

TEST(FindSeasons, OfTheBenchmarksAreTheKnownOnes) {
  const auto seasons_of = [](const std::string& path, const char* name) {
    const SeriesSet set = read_csv(path);
    for (std::size_t d = 0; d < set.count(); ++d) {
      if (set.names[d] == name) return rows_of(find_seasons(set.series(d), set.step));
    }
    ADD_FAILURE() << name;
    return Rows{};
  };
  VDN_REQUIRE_DATA(weather, "weather.csv.gz");
  VDN_REQUIRE_DATA(ili, "national_illness.csv.gz");
  VDN_REQUIRE_DATA(exchange, "exchange_rate.csv.gz");
  VDN_REQUIRE_DATA(ett, "ETTh1.csv.gz");
  EXPECT_EQ(seasons_of(weather, "T (degC)"), Rows{144});
  EXPECT_EQ(seasons_of(ili, "OT"), Rows{52});
  EXPECT_EQ(seasons_of(ett, "OT"), Rows{24});
  for (const char* name : {"0", "1", "2", "3", "4", "5", "6", "OT"}) EXPECT_EQ(seasons_of(exchange, name), Rows{});
}

TEST(FindSeasons, OfTheBundledSetAreDayAndWeek) {
  const SeriesSet set = read_csv((source_folder() / "data" / "flights.csv").string());
  for (std::size_t d = 0; d < set.count(); ++d) {
    const auto rows = rows_of(find_seasons(set.series(d), set.step));
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0], 24u);
    if (set.names[d] == "LAX") {
      EXPECT_EQ(rows, (Rows{24, 168}));
    }
  }
}

}  // namespace
}  // namespace vdn
