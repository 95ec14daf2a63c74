// Series put into another table's order.

#include <vdn/data/series.hpp>

#include <gtest/gtest.h>

#include <vdn/core/error.hpp>

#include "data/table_support.hpp"

namespace vdn {
namespace {

SeriesSet three() {
  SeriesSet set;
  set.source = "t.csv";
  set.names = {"a", "b", "c"};
  set.times = {0, 1};
  set.values = {1, 2, 3, 4, 5, 6};
  set.extent = {{0, 1}, {0, 2}, {1, 2}};
  return set;
}

TEST(InOrder, MovesNamesValuesAndExtents) {
  const SeriesSet set = in_order(three(), {"c", "a", "b"});
  EXPECT_EQ(set.names, (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(set.values, (std::vector<double>{5, 6, 1, 2, 3, 4}));
  EXPECT_EQ(set.rows_of(0).begin, 1u);
  EXPECT_EQ(set.rows_of(1).end, 1u);
  EXPECT_EQ(in_order(three(), {"a", "b", "c"}).values, three().values);
}

TEST(InOrder, NamesWhatDoesNotMatch) {
  const auto message = [](const std::vector<std::string>& names) {
    try {
      in_order(three(), names);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
      return std::string(error.problem());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message({"a", "b", "c", "d"}), "has no series 'd', which the model was fitted on");
  EXPECT_EQ(message({"a", "b"}), "has 'c', which the model was not fitted on");
  EXPECT_EQ(
      message({"a", "x", "y"}),
      "has no series 'x', 'y', which the model was fitted on, and has 'b', 'c', which the model was not fitted on");
}

TEST(CheckSeriesSet, RefusesWhatDoesNotFitTogether) {
  const auto sound = [] {
    SeriesSet set;
    set.names = {"a", "b"};
    set.times = {0, 1, 2};
    set.values = {1, 2, 3, 4, 5, 6};
    set.extent = {{0, 3}, {1, 3}};
    set.breaks = {1, 2};
    return set;
  };
  check_series_set(sound());
  const auto refused = [&](const char* problem, const auto& spoil) {
    SeriesSet set = sound();
    spoil(set);
    test::expect_error(ErrorKind::software, {"the table", problem}, [&] { check_series_set(set); });
  };
  refused("5 values for 2 series of 3 rows", [](SeriesSet& set) { set.values.pop_back(); });
  refused("6 values for 2 series of 2 rows", [](SeriesSet& set) { set.times.pop_back(); });
  refused("two series have one name", [](SeriesSet& set) { set.names[1] = "a"; });
  refused("another number of series", [](SeriesSet& set) { set.extent.pop_back(); });
  refused("an extent lies outside", [](SeriesSet& set) { set.extent[1] = {1, 4}; });
  refused("breaks are rows that ascend", [](SeriesSet& set) { set.breaks = {2, 1}; });
  refused("breaks are rows that ascend", [](SeriesSet& set) { set.breaks = {3}; });
}

}  // namespace
}  // namespace vdn
