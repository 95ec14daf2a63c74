// The axis of time: strict and by rows, wide and long.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <random>

#include "data/table_support.hpp"
#include "vdn/data/load.hpp"

namespace vdn::test {
namespace {

using Rows = std::vector<std::size_t>;

ReadingOptions strict(std::size_t max_gap = 24, std::vector<std::string> gaps = {}) {
  return {.time_axis = TimeAxis::strict, .max_gap = max_gap, .gaps = std::move(gaps)};
}

SeriesSet read_strict(const std::string& text, std::size_t max_gap = 24, std::vector<std::string> gaps = {}) {
  return read_text(text, strict(max_gap, std::move(gaps)));
}

void expect_strict_refusal(const std::string& text, std::initializer_list<const char*> parts) {
  expect_error(ErrorKind::data, parts, [&] { read_strict(text); });
}

/// NaN equals NaN.
bool same_values(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

/// Values of a table over hours given by number.
std::string hourly(const std::vector<int>& hours) {
  std::string text = "t,a,b\n";
  for (const int hour : hours) {
    text += fmt::format("2024-01-{:02} {:02}:00,{},{}\n", 1 + hour / 24, hour % 24, hour, -hour);
  }
  return text;
}

TEST(StrictAxis, FillsShortHolesAndBreaksAtLongOnes) {
  const SeriesSet set = read_strict(hourly({0, 1, 2, 5, 6, 7, 8, 30, 31, 32, 33, 34, 35}), 3);
  EXPECT_EQ(set.length(), 15u);
  EXPECT_TRUE(same_values({set.series(0).begin(), set.series(0).end()},
                          {0, 1, 2, not_a_number, not_a_number, 5, 6, 7, 8, 30, 31, 32, 33, 34, 35}));
  EXPECT_TRUE(std::isnan(set.series(1)[4]));
  EXPECT_EQ(set.series(1)[14], -35);
  EXPECT_EQ(set.breaks, (Rows{9}));
  EXPECT_EQ(format_time(set.times[4], set.step), "2024-01-01 04:00:00");
  EXPECT_EQ(set.reading.holes, 1u);
  EXPECT_EQ(set.reading.inserted_rows, 2u);
  ASSERT_EQ(set.reading.gaps.size(), 1u);
  EXPECT_EQ(set.reading.gaps[0], (Gap{9, set.times[8], set.times[9], 21, false}));
  EXPECT_TRUE(set.extent.empty());
}

TEST(StrictAxis, AWrongDateCostsNoMemory) {
  const SeriesSet set = read_strict("t,a\n2024-01-01 00:00:00,1\n2024-01-01 00:00:01,2\n9024-01-01 00:00:02,3\n");
  EXPECT_EQ(set.length(), 3u);
  EXPECT_EQ(set.breaks, (Rows{2}));
}

TEST(StrictAxis, DeclaredGaps) {
  const SeriesSet set =
      read_strict(hourly({0, 1, 2, 3, 4, 5}), 24, {"2024-01-01 03:00", "2024-01-01 04:30", "2030-01-01"});
  EXPECT_EQ(set.breaks, (Rows{3, 5}));
  EXPECT_TRUE(set.reading.gaps[0].declared);
  EXPECT_EQ(read_text("t,a\n1,1\n2,2\n5,3\n", {.gaps = {"3"}}).breaks, (Rows{2})) << "by rows too";
  EXPECT_EQ(read_text("t,a\n20240101,1\n20240102,2\n", {.gaps = {"20240102"}}).breaks, (Rows{1}));
  expect_error(ErrorKind::usage, {"--gap", "'noon' is not a time"}, [] { read_strict(hourly({0, 1}), 24, {"noon"}); });
  expect_error(ErrorKind::usage, {"--gap", "give an integer"},
               [] { read_strict("t,a\n1,1\n2,2\n", 24, {"2024-01-01"}); });
}

TEST(StrictAxis, RefusesTimesThatDoNotAscend) {
  expect_strict_refusal(hourly({0, 1, 2, 2, 3}),
                        {"table.csv:5", "the time 2024-01-01 02:00:00 is that of line 4", "--time-axis rows"});
  expect_strict_refusal(hourly({0, 1, 2, 1, 3}),
                        {"table.csv:5", "2024-01-01 01:00:00 is earlier than", "2024-01-01 02:00:00 of line 4"});
  expect_strict_refusal("unique_id,ds,y\na,1,1\nb,1,1\na,2,1\nb,2,1\na,2,1\n",
                        {"table.csv:6", "the time 2 is that of line 4 of series 'a'"});
}

TEST(StrictAxis, OffersToGoByRowsWhereAClockWasSetBackNotWhereNothingIsSorted) {
  std::vector<int> hours(300);
  for (int k = 0; k < 300; ++k) hours[static_cast<std::size_t>(k)] = k < 100 ? k : k - 1;
  expect_strict_refusal(hourly(hours), {"sort the rows by time", "--time-axis rows"});
  std::shuffle(hours.begin(), hours.end(), std::mt19937(1));
  const auto error = error_of([&] { read_strict(hourly(hours)); });
  ASSERT_TRUE(error);
  EXPECT_FALSE(holds(error->what(), "--time-axis")) << error->what();
}

TEST(StrictAxis, ATableWhoseNewestRowStandsFirstIsTurnedRound) {
  const SeriesSet forth = read_strict(hourly({0, 1, 2, 5, 6, 7}), 3), back = read_strict(hourly({7, 6, 5, 2, 1, 0}), 3);
  EXPECT_TRUE(same_values(back.values, forth.values));
  EXPECT_EQ(back.times, forth.times);
  EXPECT_TRUE(back.reading.reversed);
  EXPECT_FALSE(forth.reading.reversed);
  const SeriesSet longer = read_strict("unique_id,ds,y\na,3,3\na,2,2\na,1,1\nb,2,5\nb,1,4\n");
  EXPECT_TRUE(longer.reading.reversed);
  EXPECT_TRUE(same_values(longer.values, {1, 2, 3, 4, 5, not_a_number}));
  expect_strict_refusal(hourly({7, 6, 5, 2, 1, 1}), {"is earlier than"});
  EXPECT_FALSE(read_text(hourly({2, 1, 0})).reading.reversed) << "not by rows";
}

TEST(StrictAxis, TimesWithOffsetsAreThoseOfGreenwich) {
  const SeriesSet set =
      read_strict("t,a\n2024-03-31T00:00:00+01:00,1\n2024-03-31T01:00:00+01:00,2\n2024-03-31T03:00:00+02:00,3\n");
  EXPECT_EQ(set.reading.offsets, 3u);
  EXPECT_EQ(format_time(set.times[2], set.step), "2024-03-31 01:00:00");
  EXPECT_EQ(read_strict(hourly({0, 1, 2})).reading.offsets, 0u);
  std::string days = "t,a\n";  // of local midnights: one is 23 hours long
  for (int day = 28; day < 32; ++day) days += fmt::format("2024-03-{}T00:00:00+01:00,1\n", day);
  expect_strict_refusal(days + "2024-04-01T00:00:00+02:00,1\n",
                        {"table.csv:6", "2024-03-31 22:00:00 UTC is not on the grid", "local times without offsets"});
}

TEST(StrictAxis, RefusesTimesOffTheGrid) {
  expect_strict_refusal(
      "t,a\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-01 02:00,3\n2024-01-01 03:10,4\n"
      "2024-01-01 04:10,5\n",
      {"table.csv:5", "2024-01-01 03:10:00", "every 1 hour from 2024-01-01 00:00:00", "--time-axis rows"});
  expect_strict_refusal(
      "t,a\n2024-05-02,1\n2024-05-03,2\n2024-05-06,3\n2024-05-07,4\n2024-05-11,5\n2024-05-12,6\n"
      "2024-05-13,6\n2024-05-14,6\n2024-05-15,6\n2024-05-16,6\n2024-05-17,6\n2024-05-20,6\n2024-05-21,6\n"
      "2024-05-22 12:00,1\n",
      {"table.csv:15", "every 1 day"});
}

TEST(StrictAxis, RefusesWhereTheStepCannotBeTold) {
  expect_strict_refusal("t,a\n2024-01-01,1\n", {"too short", "it has 1 row", "--time-axis rows"});
  expect_strict_refusal("unique_id,ds,y\na,1,1\nb,2,1\n", {"too short", "no series has more than 1 row"});
  expect_strict_refusal("t,a\n0,1\n1,1\n3,1\n8,1\n20,1\n21,1\n50,1\n", {"step", "cannot be told", "2 of 6"});
}

TEST(StrictAxis, SeriesShareOneStep) {
  std::string text = "unique_id,ds,y\n";
  for (int day = 1; day < 29; ++day) text += fmt::format("daily,2024-01-{:02},1\n", day);
  for (int day = 1; day < 29; day += 7) text += fmt::format("weekly,2024-01-{:02},1\n", day);
  expect_strict_refusal(text, {"series 'daily' has a row every 1 day, series 'weekly' one every 1 week"});
  EXPECT_EQ(read_text(text).count(), 2u) << "by rows nothing is refused";
  text.resize(text.rfind("weekly"));
  EXPECT_EQ(read_strict(text).reading.inserted_rows, 0u) << "three rows say little about a step";
}

TEST(StrictAxis, AKnownStepHelpsShortTables) {
  ReadingOptions options = strict();
  options.known_step = TimeStep{TimeUnit::business_day, 1};
  EXPECT_EQ(read_text("t,a\n2024-05-06,1\n2024-05-07,1\n", options).step, *options.known_step);
  EXPECT_EQ(read_text("t,a\n2024-05-06,1\n", options).step, *options.known_step);
  EXPECT_EQ(read_text("t,a\n2024-05-06,1\n2024-05-13,1\n", options).step, (TimeStep{TimeUnit::second, 7 * 86400}));
}

TEST(StrictAxis, MonthsFromTheThirtieth) {
  const SeriesSet set =
      read_strict("t,a\n2023-10-30,1\n2023-11-30,2\n2023-12-30,3\n2024-01-30,4\n2024-02-29,5\n2024-04-30,6\n");
  EXPECT_EQ(set.step, (TimeStep{TimeUnit::month, 1}));
  EXPECT_EQ(format_time(set.times[5], set.step), "2024-03-30");
}

TEST(StrictAxis, AWideSeriesHasTheRowsFromItsFirstValueToItsLast) {
  const SeriesSet set = read_strict("t,a,b,c,d\n0,,1,,5\n1,,,,5\n2,3,,,\n3,,4,,\n");
  EXPECT_EQ(set.extent, (std::vector<Range>{{2, 3}, {0, 4}, {0, 4}, {0, 2}}));
  EXPECT_EQ(set.reading.late_series, 2u);
  EXPECT_TRUE(read_text("t,a,b\n0,,1\n1,2,\n").extent.empty()) << "not by rows";
}

TEST(TablesInLongForm, AreOneTableWhateverTheOrderOfRows) {
  const std::string tidy = "unique_id,ds,y,store\nx,0,1,s\nx,1,2,s\nx,2,,s\n\"y, z\",1,5,s\n\"y, z\",2,6,s\n";
  const SeriesSet set = read_strict(tidy);
  EXPECT_EQ(set.names, (std::vector<std::string>{"x", "y, z"}));
  EXPECT_EQ(set.time_name, "ds");
  EXPECT_TRUE(same_values(set.values, {1, 2, not_a_number, not_a_number, 5, 6}));
  EXPECT_EQ(set.extent, (std::vector<Range>{{0, 2}, {1, 3}}));
  EXPECT_TRUE(set.reading.long_form);
  EXPECT_EQ(set.reading.unused_columns, (std::vector<std::string>{"store"}));
  const SeriesSet mixed = read_strict("y,unique_id,ds\n1,x,0\n5,\"y, z\",1\n2,x,1\n6,\"y, z\",2\n,x,2\n");
  EXPECT_EQ(mixed.names, set.names);
  EXPECT_TRUE(same_values(mixed.values, set.values));
  EXPECT_EQ(mixed.extent, set.extent);
}

TEST(TablesInLongForm, OtherColumnNames) {
  const SeriesSet set = read_text("when,shop,sales\n2024-01-01,a,1\n2024-01-02,a,2\n",
                                  {.id_column = "shop", .time_column = "when", .value_column = "sales"});
  EXPECT_EQ(set.names, (std::vector<std::string>{"a"}));
  EXPECT_EQ(set.values, (std::vector<double>{1, 2}));
}

TEST(TablesInLongForm, ByRowsTheLastValueOfATimeCounts) {
  const SeriesSet set = read_text("unique_id,ds,y\na,5,1\na,3,2\na,5,9\nb,4,7\n");
  EXPECT_EQ(set.times, (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_TRUE(same_values(set.values, {2, not_a_number, 9, not_a_number, 7, not_a_number}));
  EXPECT_EQ(set.reading.unsorted, 1u);
  EXPECT_EQ(set.reading.duplicates, 0u) << "neighbouring rows only";
}

/// A table of four series with starts, ends, holes, missing values and a gap, in both forms.
TEST(TablesInLongForm, AreTheWideTableInAnotherForm) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::string wide = "ds,a,b,c,d\n", rows[4];
    const std::size_t gap = 20 + random() % 20;
    for (std::size_t t = 0; t < 80; ++t) {
      if (t >= gap && t < gap + 9) continue;
      std::string line = fmt::format("2024-{:02}-{:02}", 1 + t / 28, 1 + t % 28);
      if (t % 28 == 27 && t < 70) continue;  // a hole (with the days that follow in its month)
      for (std::size_t d = 0; d < 4; ++d) {
        const bool begun = t >= 5 * d;
        const std::string value = random() % 5 == 0 && t > 5 * d ? "" : fmt::format("{}", random() % 1000);
        line += "," + (begun ? value : std::string());
        if (begun)
          rows[d] += fmt::format("{},{},{}\n", std::string(1, static_cast<char>('a' + d)), line.substr(0, 10), value);
      }
      wide += line + "\n";
    }
    const SeriesSet a = read_strict(wide, 5),
                    b = read_strict("unique_id,ds,y\n" + rows[0] + rows[1] + rows[2] + rows[3], 5);
    EXPECT_EQ(a.names, b.names);
    EXPECT_EQ(a.times, b.times);
    EXPECT_EQ(a.step, b.step);
    EXPECT_TRUE(same_values(a.values, b.values));
    EXPECT_EQ(a.extent, b.extent);
    EXPECT_EQ(a.breaks, b.breaks);
    EXPECT_EQ(a.reading.gaps, b.reading.gaps);
    EXPECT_FALSE(a.breaks.empty());
    EXPECT_GT(a.reading.inserted_rows, 0u);
  }
}

TEST(TablesInLongForm, ManySeriesAreReadInTheTimeOfTheirRows) {
  std::string text = "unique_id,ds,y\n";
  for (int row = 0; row < 150; ++row) {  // interleaved: every row belongs to another series than the one before
    for (int series = 0; series < 2000; ++series) {
      fmt::format_to(std::back_inserter(text), "series {},{},{}\n", series, row + series % 50, row);
    }
  }
  const auto start = std::chrono::steady_clock::now();
  const SeriesSet set = read_strict(text);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(set.count(), 2000u);
  EXPECT_EQ(set.length(), 199u);
  EXPECT_EQ(set.series(1999)[49], 0);
  EXPECT_LT(seconds, 5.0);
}

TEST(SuspectedMarks, AreReportedAndMaskedOnDemand) {
  std::string text = "t,wind,count,noise,flat\n";
  for (int row = 0; row < 60; ++row) {
    text += fmt::format("{},{},{},{},{}\n", row,
                        row % 20 == 7   ? -9999
                        : row % 20 == 8 ? -999
                                        : row % 13,
                        row % 15 == 3 ? 5000.25 : 10 + row % 7, row == 30 ? 99 : row % 50, row == 5 ? 99 : 0);
  }
  const SeriesSet set = read_text(text);
  EXPECT_EQ(set.reading.suspected,
            (std::vector<SuspectedMark>{{0, -9999, 3, false}, {0, -999, 3, false}, {1, 5000.25, 4, false}}));
  EXPECT_EQ(set.series(0)[7], -9999);
  const SeriesSet masked = read_text(text, {.missing = {"auto"}});
  EXPECT_EQ(time_axis_report(masked).missing, 10u);
  EXPECT_TRUE(std::isnan(masked.series(0)[7]));
  EXPECT_TRUE(masked.reading.suspected[2].masked);
}

TEST(SuspectedMarks, AreNotFoundInHonestData) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::string text = "t,gauss,walk,spikes,price\n";
  double walk = 0;
  for (int row = 0; row < 500; ++row) {
    walk += normal(random);
    const double spike = random() % 97 == 0 ? 40 + 20 * normal(random) : std::abs(normal(random));
    text +=
        fmt::format("{},{},{},{},{}\n", row, normal(random), walk, spike, row % 9 == 0 ? 999 : 500 + random() % 490);
  }
  EXPECT_TRUE(read_text(text).reading.suspected.empty());
}

}  // namespace
}  // namespace vdn::test
