#include <vdn/data/row_phases.hpp>

#include <gtest/gtest.h>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using Phases = std::vector<std::uint32_t>;

constexpr std::int64_t january = 1577836800;  // of test::small_data

SeriesSet hourly(std::vector<std::int64_t> hours) {
  SeriesSet set = test::small_data(1, 1).series;
  set.times.clear();
  for (const std::int64_t h : hours) set.times.push_back(january + h * 3600);
  return set;
}

TEST(RowPhases, CountFromTheAnchorToEitherSide) {
  EXPECT_EQ(row_phases(hourly({0, 1, 2, 3, 4, 5}), january, 4), (Phases{0, 1, 2, 3, 0, 1}));
  EXPECT_EQ(row_phases(hourly({5, 6, 7}), january, 4), (Phases{1, 2, 3})) << "a later table goes on";
  EXPECT_EQ(row_phases(hourly({-5, -4, -1, 0}), january, 4), (Phases{3, 0, 3, 0}));
  EXPECT_TRUE(row_phases(hourly({0, 1}), january, 0).empty());
}

TEST(RowPhases, AreTheCalendarsAfterAGap) {
  EXPECT_EQ(row_phases(hourly({0, 1, 9, 10}), january, 4), (Phases{0, 1, 1, 2}));
}

TEST(RowPhases, OffTheGridFollowTheRowBefore) {
  SeriesSet set = hourly({0, 1, 2, 3});
  set.times[2] += 7;
  EXPECT_EQ(row_phases(set, january, 4), (Phases{0, 1, 2, 3}));
  set.times[0] += 7;
  EXPECT_EQ(row_phases(set, january, 4), (Phases{0, 1, 2, 3}));
  set.times[0] = january;
  EXPECT_EQ(row_phases(set, january + 1, 4), (Phases{0, 1, 2, 3})) << "none is on it";
}

TEST(RowPhases, OfMonths) {
  SeriesSet set = hourly({});
  set.step = {TimeUnit::month, 1};
  for (int month = 0; month < 14; ++month) set.times.push_back(advance(january, set.step, month));
  const Phases phases = row_phases(set, january, 12);
  EXPECT_EQ(phases.back(), 1u);
  EXPECT_EQ(phases[11], 11u);
}

}  // namespace
}  // namespace vdn
