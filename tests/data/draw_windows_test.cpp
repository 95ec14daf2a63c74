#include <vdn/data/draw_windows.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace vdn {
namespace {

StreamKey key_of(std::size_t series) {
  return stream_key(5, Purpose::windows, series);
}

std::map<std::uint32_t, std::vector<std::uint32_t>> origins_of(const Windows& windows) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> origins;
  for (std::size_t i = 0; i < windows.count(); ++i) origins[windows[i].series].push_back(windows[i].origin);
  return origins;
}

TEST(DrawWindows, TakesSoManyOfEachSeriesInOrderAndOnce) {
  const Windows drawn = draw_windows(Windows(100, 599, 3), 40, key_of);
  EXPECT_EQ(drawn.count(), 120u);
  EXPECT_EQ(drawn.series(), 3u);
  const auto origins = origins_of(drawn);
  ASSERT_EQ(origins.size(), 3u);
  for (const auto& [series, list] : origins) {
    EXPECT_EQ(list.size(), 40u);
    for (std::size_t i = 0; i < list.size(); ++i) {
      EXPECT_GE(list[i], 100u);
      EXPECT_LE(list[i], 599u);
      if (i > 0) {
        EXPECT_LT(list[i - 1], list[i]);
      }
    }
    EXPECT_LT(list.front(), 200u) << "spread over all";
    EXPECT_GT(list.back(), 500u);
  }
  EXPECT_NE(origins.at(0), origins.at(1)) << "every series has a draw of its own";
}

TEST(DrawWindows, IsThePermutationOfItsKey) {
  const auto origins = origins_of(draw_windows(Windows(10, 29, 1), 7, key_of));
  const Permutation order(key_of(0), 20);
  std::set<std::uint32_t> expected;
  for (std::size_t i = 0; i < 7; ++i) expected.insert(10 + static_cast<std::uint32_t>(order(i)));
  EXPECT_EQ(origins.at(0), std::vector<std::uint32_t>(expected.begin(), expected.end()));
}

TEST(DrawWindows, KeepsAllWhereThereAreNoMore) {
  const Windows all = Windows::of_runs({{0, 2, 10, 5, 1}, {0, 20, 30, 3, 2}, {1, 0, 10, 50, 1}}, 2);
  const auto origins = origins_of(draw_windows(all, 8, key_of));
  EXPECT_EQ(origins.at(0), (std::vector<std::uint32_t>{10, 11, 12, 13, 14, 30, 32, 34}));
  EXPECT_EQ(origins.at(1).size(), 8u);
}

TEST(DrawWindows, StaysInsideTheRunsAndKeepsTheirBegin) {
  const Windows all = Windows::of_runs({{0, 2, 10, 50, 1}, {0, 100, 130, 50, 2}}, 1);
  const Windows drawn = draw_windows(all, 60, key_of);
  EXPECT_EQ(drawn.count(), 60u);
  std::size_t second = 0;
  for (std::size_t i = 0; i < drawn.count(); ++i) {
    const Window window = drawn[i];
    if (window.origin < 100) {
      EXPECT_LT(window.origin, 60u);
      EXPECT_EQ(window.begin, 2u);
    } else {
      ++second;
      EXPECT_EQ(window.origin % 2, 0u);
      EXPECT_EQ(window.begin, 100u);
    }
  }
  EXPECT_GT(second, 15u);
  EXPECT_LT(second, 45u);
}

}  // namespace
}  // namespace vdn
