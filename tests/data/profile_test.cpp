#include "vdn/data/profile.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "data/table_support.hpp"

namespace vdn {
namespace {

using namespace test;

DataProfile profile_with(const SeriesSet& set, std::size_t threads = 1) {
  Scheduler scheduler(threads);
  return profile(set, scheduler);
}

std::vector<double> daily_sine(std::size_t rows) {
  std::vector<double> values;
  for (std::size_t t = 0; t < rows; ++t) values.push_back(std::sin(6.283185307179586 * static_cast<double>(t) / 24));
  return values;
}

TEST(Profile, OfAHandMadeSeries) {
  const double x = not_a_number;
  const SeriesSet set = make_set({{x, 3, 3, x, x, 3, 1, 1, 1, 7, x, 5, x}});
  const DataProfile found = profile_with(set);
  const SeriesProfile& s = found.series[0];
  EXPECT_EQ(s.rows.begin, 1u);
  EXPECT_EQ(s.rows.end, 12u);
  EXPECT_EQ(s.observed, 8u);
  EXPECT_EQ(s.missing, 3u);
  EXPECT_EQ(s.longest_missing, 2u);
  EXPECT_EQ(s.low, 1);
  EXPECT_EQ(s.high, 7);
  EXPECT_EQ(s.median, 3);              // 1 1 1 3 3 3 5 7
  EXPECT_DOUBLE_EQ(s.mean, 3);         // 24 / 8
  EXPECT_DOUBLE_EQ(s.deviation, 2.0);  // (3 * 4 + 0 + 4 + 16) / 8 = 4
  EXPECT_EQ(s.atom, 1);                // as often as 3, and smaller
  EXPECT_EQ(s.atom_count, 3u);
  EXPECT_DOUBLE_EQ(s.atom_share(), 3.0 / 8);
  EXPECT_EQ(s.constant.row, 6u);
  EXPECT_EQ(s.constant.rows, 3u);
  EXPECT_EQ(s.constant.value, 1);
  EXPECT_TRUE(s.seasons.empty());
  EXPECT_TRUE(found.axis.regular());
}

TEST(Profile, OfEmptyAndConstantSeries) {
  const SeriesSet set = make_set({std::vector<double>(30, not_a_number), std::vector<double>(30, 4.0)});
  const DataProfile found = profile_with(set);
  EXPECT_EQ(found.series[0].observed, 0u);
  EXPECT_TRUE(std::isnan(found.series[0].low));
  EXPECT_EQ(found.series[0].atom_share(), 0.0);
  EXPECT_EQ(notable(found.series[0], set), std::vector<std::string>{"no value"});
  EXPECT_EQ(found.series[1].deviation, 0.0);
  EXPECT_EQ(notable(found.series[1], set), std::vector<std::string>{"constant"});
}

TEST(Profile, NamesWhatIsWorthALook) {
  std::vector<double> values = daily_sine(400);
  for (std::size_t t = 100; t < 150; ++t) values[t] = 0.25;
  for (std::size_t t = 200; t < 240; ++t) values[t] = not_a_number;
  const SeriesSet set = make_set({values, daily_sine(400)});
  const DataProfile found = profile_with(set);
  EXPECT_EQ(notable(found.series[0], set),
            (std::vector<std::string>{"10% missing", "14% are 0.25", "50 rows of 0.25 from 1970-01-05 04:00:00"}));
  EXPECT_TRUE(notable(found.series[1], set).empty());
}

TEST(Profile, PassesOnWhatReadingSuspects) {
  SeriesSet set = make_set({{1, 2, 3, -999, 5}, {1, 2, 3, 4, 5}, {7, 7, 8, 9, 99}});
  set.reading.suspected = {{0, -999, 1, false}, {2, 99, 1, true}};
  const DataProfile found = profile_with(set);
  EXPECT_EQ(found.series[0].mark.value, -999);
  EXPECT_EQ(found.series[1].mark.count, 0u);
  EXPECT_EQ(found.series[2].mark.count, 0u) << "masked already";
  EXPECT_EQ(notable(found.series[0], set).at(0), "-999 (once) may stand for missing values");
}

TEST(Profile, CountsSeasonsInStepsOfTime) {
  SeriesSet set = make_set({daily_sine(600)});
  // Rows 200 to 210 are not there: 11 hours later in the day from then on.
  set.times.erase(set.times.begin() + 200, set.times.begin() + 211);
  set.values.erase(set.values.begin() + 200, set.values.begin() + 211);
  const DataProfile found = profile_with(set);
  EXPECT_EQ(found.axis.gaps, 1u);
  ASSERT_EQ(found.series[0].seasons.size(), 1u);
  EXPECT_EQ(found.series[0].seasons[0].rows, 24u);
  EXPECT_GT(found.series[0].seasons[0].strength, 0.99);
  // A repeated time is no grid: row by row.
  set.times[300] = set.times[299];
  EXPECT_EQ(profile_with(set).axis.duplicates, 1u);
}

TEST(Profile, SumsUpTheSeasonsOfAllSeries) {
  std::vector<double> noise = daily_sine(800);
  std::uint64_t bits = 1;
  for (double& x : noise) x = static_cast<double>((bits = bits * 6364136223846793005u + 1442695040888963407u) >> 40);
  const SeriesSet set = make_set({daily_sine(800), noise, daily_sine(800), noise, noise});
  const DataProfile found = profile_with(set);
  ASSERT_EQ(found.seasons.size(), 1u);
  EXPECT_EQ(found.seasons[0].rows, 24u);
  EXPECT_EQ(found.seasons[0].series, 2u);
  EXPECT_GT(found.seasons[0].strength, 0.99);
  EXPECT_EQ(season_span(found).longest, 24u);
  EXPECT_EQ(season_span(found).shortest, 24u);
  EXPECT_EQ(season_span(profile_with(make_set({daily_sine(800), noise, noise, noise, noise}))).longest, 0u)
      << "one in five";
}

TEST(Profile, IsTheSameForAnyNumberOfThreads) {
  const SeriesSet set = read_csv((source_folder() / "data" / "flights.csv").string());
  const DataProfile one = profile_with(set, 1), many = profile_with(set, 4);
  for (std::size_t d = 0; d < set.count(); ++d) {
    EXPECT_EQ(one.series[d].seasons, many.series[d].seasons);
    EXPECT_EQ(one.series[d].deviation, many.series[d].deviation);
  }
  EXPECT_EQ(season_span(one).shortest, 24u);
  EXPECT_EQ(season_span(one).longest, 168u);
}

TEST(SuggestLookback, IsWholeSeasonsThatFit) {
  const auto rows = [](std::size_t shortest, std::size_t longest, std::size_t training, std::size_t horizon) {
    return suggest_lookback({shortest, longest}, training, horizon);
  };
  EXPECT_EQ(rows(24, 24, 8640, 96), 336u);
  EXPECT_EQ(rows(24, 168, 8640, 96), 336u);
  EXPECT_EQ(rows(144, 144, 36887, 96), 432u);
  EXPECT_EQ(rows(144, 1008, 36887, 96), 2016u);
  EXPECT_EQ(rows(52, 52, 676, 24), 156u);
  EXPECT_EQ(rows(7, 7, 700, 28), 175u);
  EXPECT_EQ(rows(0, 0, 5311, 96), 96u);
  EXPECT_EQ(rows(0, 0, 200, 10), 50u);
  EXPECT_EQ(rows(12, 12, 84, 12), 36u);
  EXPECT_EQ(rows(12, 12, 60, 12), 24u);   // half of 48
  EXPECT_EQ(rows(52, 52, 100, 20), 40u);  // no whole season fits
  EXPECT_EQ(rows(0, 0, 3, 10), 1u);
}

}  // namespace
}  // namespace vdn
