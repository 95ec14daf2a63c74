#include "vdn/data/calendar.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace vdn {
namespace {

constexpr TimeStep hourly{TimeUnit::second, 3600}, daily{TimeUnit::second, 86400}, monthly{TimeUnit::month, 1};

std::int64_t at(const char* text) {
  const auto time = parse_time(text);
  EXPECT_TRUE(time) << text;
  return time.value_or(0);
}

TEST(Calendar, ParsesItsForms) {
  EXPECT_EQ(at("1970-01-01"), 0);
  EXPECT_EQ(at("1969-12-31 23:59:59"), -1);
  EXPECT_EQ(at("2016-07-01 02:03:04"), 1467338584);
  for (const char* same :
       {"2016/7/1 2:03:04", "2016-07-01T02:03:04", "2016-07-01T02:03:04Z", "2016-7-1 02:03:04.999"}) {
    EXPECT_EQ(at(same), 1467338584) << same;
  }
  EXPECT_EQ(at("1990/1/1 0:00"), at("1990-01-01"));
  EXPECT_EQ(at("1990-01-01Z"), at("1990-01-01"));
}

TEST(Calendar, RefusesOtherForms) {
  for (const char* text : {"",
                           "2016",
                           "2016-13",
                           "2016-7",
                           "2016-7/1",
                           "16-07-01",
                           "2016-13-01",
                           "2016-00-10",
                           "2016-01-00",
                           "2015-02-29",
                           "1900-02-29",
                           "2016-04-31",
                           "2016-01-01 ",
                           "2016-01-01 24:00",
                           "2016-01-01 1",
                           "2016-01-01 10:60",
                           "2016-01-01 10:00:60",
                           "2016-01-01 10:0",
                           "2016-01-01 10:00:00.",
                           "2016-01-01 10:00+2",
                           "2016-01-01 10:00+02:60",
                           "2016-01-01 10:00+24:00",
                           "2016-01-01 10:00+02:00Z",
                           "2016-01-01+02:00",
                           "2016-01-01x",
                           "01.02.2016",
                           "Jan 1 2016"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Calendar, LeapYears) {
  EXPECT_EQ(at("2016-03-01") - at("2016-02-28"), 2 * 86400);
  EXPECT_EQ(at("2015-03-01") - at("2015-02-28"), 86400);
  EXPECT_EQ(at("2000-03-01") - at("2000-02-28"), 2 * 86400);
  EXPECT_EQ(at("1900-03-01") - at("1900-02-28"), 86400);
}

TEST(Calendar, RoundTrips) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::int64_t> times(at("0001-01-01"), at("9999-12-31 23:59:59"));
  for (int i = 0; i < 20000; ++i) {
    const std::int64_t time = times(random);
    ASSERT_EQ(at(format_time(time, hourly).c_str()), time);
  }
  for (std::int64_t day = -800000 / 2; day < 800000 / 2; day += 97) {
    ASSERT_EQ(at(format_time(day * 86400, daily).c_str()), day * 86400);
  }
}

TEST(Calendar, Formats) {
  const std::int64_t noon = at("2001-02-03 12:00");
  EXPECT_EQ(format_time(noon, hourly), "2001-02-03 12:00:00");
  EXPECT_EQ(format_time(noon, daily), "2001-02-03 12:00:00");
  EXPECT_EQ(format_time(at("2001-02-03"), daily), "2001-02-03");
  EXPECT_EQ(format_time(at("2001-02-03"), monthly), "2001-02-03");
  EXPECT_EQ(format_time(at("2001-02-03"), hourly), "2001-02-03 00:00:00");
  EXPECT_EQ(format_time(1990, {TimeUnit::index, 1}), "1990");
  EXPECT_EQ(format_time(-1, daily), "1969-12-31 23:59:59");
}

TEST(Calendar, DescribesSteps) {
  EXPECT_EQ(describe_step({TimeUnit::second, 600}), "10 minutes");
  EXPECT_EQ(describe_step(hourly), "1 hour");
  EXPECT_EQ(describe_step(daily), "1 day");
  EXPECT_EQ(describe_step({TimeUnit::second, 7 * 86400}), "1 week");
  EXPECT_EQ(describe_step({TimeUnit::second, 90}), "90 seconds");
  EXPECT_EQ(describe_step(monthly), "1 month");
  EXPECT_EQ(describe_step({TimeUnit::month, 3}), "3 months");
  EXPECT_EQ(describe_step({TimeUnit::month, 12}), "1 year");
  EXPECT_EQ(describe_step({TimeUnit::index, 1}), "1 row");
}

TEST(Calendar, Advances) {
  EXPECT_EQ(advance(at("2020-02-28 23:00"), hourly, 2), at("2020-02-29 01:00"));
  EXPECT_EQ(advance(at("2020-01-31 06:00"), monthly, 1), at("2020-02-29 06:00"));
  EXPECT_EQ(advance(at("2020-11-15"), monthly, 3), at("2021-02-15"));
  EXPECT_EQ(advance(at("2020-01-15"), monthly, -1), at("2019-12-15"));
  EXPECT_EQ(advance(at("2020-02-29"), {TimeUnit::month, 12}, 1), at("2021-02-28"));
  EXPECT_EQ(advance(7, {TimeUnit::index, 2}, 3), 13);
}

TEST(Calendar, InfersSteps) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 40; ++i) times.push_back(at("2019-03-05") + 3600 * i);
  EXPECT_EQ(infer_step(times).step, hourly);
  EXPECT_EQ(infer_step(times).deviations, 0u);
  times[20] = times[19];                 // a duplicate, then a gap
  times.push_back(times.back() + 7200);  // another gap
  EXPECT_EQ(infer_step(times).step, hourly);
  EXPECT_EQ(infer_step(times).deviations, 3u);
  EXPECT_EQ(infer_step({}).step, (TimeStep{TimeUnit::second, 1}));
  const std::vector<std::int64_t> constant = {5, 5, 5};
  EXPECT_EQ(infer_step(constant).deviations, 2u);
}

TEST(Calendar, InfersMonths) {
  for (const std::int64_t count : {1, 3, 12}) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < 30; ++i) times.push_back(advance(at("1999-01-01"), monthly, i * count));
    EXPECT_EQ(infer_step(times).step, (TimeStep{TimeUnit::month, count}));
    EXPECT_EQ(infer_step(times).deviations, 0u);
  }
  std::vector<std::int64_t> four_weeks;
  for (int i = 0; i < 30; ++i) four_weeks.push_back(at("1999-01-01") + i * 28 * 86400);
  EXPECT_EQ(infer_step(four_weeks).step, (TimeStep{TimeUnit::second, 28 * 86400}));
  const std::vector<std::int64_t> years = {1990, 1991, 1992, 1994};
  EXPECT_EQ(infer_step(years, TimeUnit::index).step, (TimeStep{TimeUnit::index, 1}));
  EXPECT_EQ(infer_step(years, TimeUnit::index).deviations, 1u);
}

/// First times of a regular table and the ones that follow, written by hand.
struct Future {
  const char* step;
  std::vector<const char*> table, future;
};

const std::vector<Future> futures = {
    {"1 minute", {"2024-02-28 23:58", "2024-02-28 23:59"}, {"2024-02-29 00:00", "2024-02-29 00:01"}},
    {"15 minutes", {"2023-12-31 23:30", "2023-12-31 23:45"}, {"2024-01-01 00:00", "2024-01-01 00:15"}},
    {"1 hour", {"2023-02-28 22:00", "2023-02-28 23:00"}, {"2023-03-01 00:00", "2023-03-01 01:00"}},
    {"1 day", {"2024-02-27", "2024-02-28"}, {"2024-02-29", "2024-03-01"}},
    {"1 week", {"2024-12-16", "2024-12-23"}, {"2024-12-30", "2025-01-06"}},
    {"1 month", {"2023-11-15", "2023-12-15"}, {"2024-01-15", "2024-02-15"}},
    {"1 month", {"2024-01-01", "2024-02-01"}, {"2024-03-01", "2024-04-01"}},
    {"1 month (month ends)", {"2024-01-31", "2024-02-29"}, {"2024-03-31", "2024-04-30", "2024-05-31"}},
    {"1 month (month ends)", {"2022-12-31", "2023-01-31", "2023-02-28"}, {"2023-03-31", "2023-04-30"}},
    {"1 month (month ends)", {"2023-06-30", "2023-07-31"}, {"2023-08-31", "2023-09-30"}},
    {"3 months (month ends)", {"2023-06-30", "2023-09-30", "2023-12-31"}, {"2024-03-31", "2024-06-30"}},
    {"3 months", {"2023-07-01", "2023-10-01"}, {"2024-01-01", "2024-04-01"}},
    {"1 year", {"2022-12-31", "2023-12-31"}, {"2024-12-31", "2025-12-31"}},
    {"1 year (month ends)", {"2019-02-28", "2020-02-29", "2021-02-28"}, {"2022-02-28", "2023-02-28", "2024-02-29"}},
    {"1 business day", {"2024-05-02", "2024-05-03", "2024-05-06"}, {"2024-05-07", "2024-05-08", "2024-05-09"}},
    {"1 business day", {"2024-05-09", "2024-05-10", "2024-05-13", "2024-05-16", "2024-05-17"}, {"2024-05-20"}},
    {"1 day", {"2024-05-06", "2024-05-07", "2024-05-08"}, {"2024-05-09", "2024-05-10", "2024-05-11"}},
};

TEST(Calendar, FuturesOfEveryStep) {
  for (const Future& row : futures) {
    std::vector<std::int64_t> times;
    for (const char* text : row.table) times.push_back(at(text));
    const TimeStep step = infer_step(times).step;
    EXPECT_EQ(describe_step(step), row.step) << row.table[0];
    for (std::size_t n = 0; n < row.future.size(); ++n) {
      const std::int64_t time = advance(times.back(), step, static_cast<std::int64_t>(n + 1));
      EXPECT_EQ(format_time(time, step), format_time(at(row.future[n]), step)) << row.step << " " << row.table[0];
      EXPECT_EQ(steps_between(times.back(), time, step), static_cast<std::int64_t>(n + 1));
    }
  }
}

TEST(Calendar, StepsBetweenAreNoneOffTheGrid) {
  const TimeStep ends{TimeUnit::month_end, 1}, business{TimeUnit::business_day, 1}, month_steps{TimeUnit::month, 1};
  EXPECT_EQ(steps_between(at("2024-01-30"), at("2024-02-29"), month_steps), 1);
  EXPECT_EQ(steps_between(at("2024-01-30"), at("2024-03-30"), month_steps), 2);
  EXPECT_FALSE(steps_between(at("2024-01-30"), at("2024-03-29"), month_steps));
  EXPECT_FALSE(steps_between(at("2024-01-31"), at("2024-03-30"), ends));
  EXPECT_FALSE(steps_between(at("2024-05-03"), at("2024-05-04"), business)) << "a Saturday";
  EXPECT_EQ(steps_between(at("2024-05-03"), at("2024-05-20"), business), 11);
  EXPECT_FALSE(steps_between(10, 9, {TimeUnit::index, 1}));
  EXPECT_FALSE(steps_between(10, 13, {TimeUnit::index, 2}));
  EXPECT_EQ(steps_between(10, 14, {TimeUnit::index, 2}), 2);
}

TEST(Calendar, BusinessDaysCountBackAcrossTheEpoch) {
  const TimeStep business{TimeUnit::business_day, 1};
  std::int64_t time = at("1970-01-14");  // a Wednesday
  for (const char* before :
       {"1970-01-13", "1970-01-12", "1970-01-09", "1970-01-08", "1970-01-07", "1970-01-06", "1970-01-05", "1970-01-02",
        "1970-01-01", "1969-12-31", "1969-12-30", "1969-12-29", "1969-12-26"}) {
    time = advance(time, business, -1);
    EXPECT_EQ(format_time(time, business), before);
  }
}

TEST(Calendar, OffsetsAndShortForms) {
  EXPECT_EQ(at("2024-05-01 10:00:00+00:00"), at("2024-05-01 10:00"));
  EXPECT_EQ(at("2024-05-01T10:00:00-05:00"), at("2024-05-01 15:00"));
  EXPECT_EQ(at("2024-05-01 01:00+0230"), at("2024-04-30 22:30"));
  EXPECT_EQ(at("2024-05"), at("2024-05-01"));
  EXPECT_EQ(date_of_digits(20240229), at("2024-02-29"));
  EXPECT_FALSE(date_of_digits(20230229));
  EXPECT_FALSE(date_of_digits(16991231));
  EXPECT_FALSE(date_of_digits(2024));
}

}  // namespace
}  // namespace vdn
