#include "vdn/data/windows.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "data/table_support.hpp"

namespace vdn::test {
namespace {

constexpr Borders borders{70, 80, 100};
constexpr std::size_t lookback = 12, horizon = 5;
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

TEST(Windows, OriginMajorOrder) {
  const Windows windows(10, 16, 3, 2);
  EXPECT_EQ(windows.origins(), 4u);
  EXPECT_EQ(windows.count(), 12u);
  EXPECT_EQ(windows[0], (Window{0, 10}));
  EXPECT_EQ(windows[2], (Window{2, 10}));
  EXPECT_EQ(windows[3], (Window{0, 12}));
  EXPECT_EQ(windows[11], (Window{2, 16}));
  EXPECT_EQ(Windows(10, 17, 3, 2).origins(), 4u);
  EXPECT_TRUE(Windows(10, 9, 3).empty());
  EXPECT_TRUE(Windows().empty());
}

TEST(Windows, TrainingLiesInTheTrainingRows) {
  const Windows windows = training_windows(borders, 2, lookback, horizon);
  EXPECT_EQ(windows.origins(), 70u - 12 - 5 + 1);
  std::size_t first = 1000, end = 0;
  for (std::size_t i = 0; i < windows.count(); ++i) {
    first = std::min<std::size_t>(first, windows[i].origin - lookback);
    end = std::max<std::size_t>(end, windows[i].origin + horizon);
  }
  EXPECT_EQ(first, 0u);
  EXPECT_EQ(end, borders.train_end);
  EXPECT_EQ(training_windows(borders, 2, lookback, horizon, 3).first_origin(), lookback + 3);
}

TEST(Windows, PartsCoverTheirRowsAndNoOthers) {
  for (const Range part : {borders.validation(), borders.test()}) {
    const Windows windows = part_windows(part, 2, lookback, horizon);
    EXPECT_EQ(windows.origins(), part.size() - horizon + 1);
    EXPECT_EQ(windows.first_origin(), part.begin);
    std::set<std::size_t> targets;
    for (std::size_t i = 0; i < windows.count(); ++i) {
      for (std::size_t h = 0; h < horizon; ++h) targets.insert(windows[i].origin + h);
    }
    EXPECT_EQ(*targets.begin(), part.begin);
    EXPECT_EQ(*targets.rbegin(), part.end - 1);
    EXPECT_EQ(targets.size(), part.size());
  }
}

TEST(Windows, PartsTooShortAreEmpty) {
  EXPECT_TRUE(part_windows({70, 74}, 2, lookback, horizon).empty());
  EXPECT_EQ(part_windows({70, 75}, 2, lookback, horizon).origins(), 1u);
  EXPECT_TRUE(part_windows({0, 3}, 2, lookback, horizon).empty());
  EXPECT_TRUE(part_windows({80, 80}, 2, lookback, horizon).empty());
  EXPECT_EQ(part_windows({5, 30}, 2, lookback, horizon).first_origin(), lookback);
  EXPECT_TRUE(training_windows({16, 20, 20}, 2, lookback, horizon).empty());
  EXPECT_EQ(training_windows({17, 20, 20}, 2, lookback, horizon).origins(), 1u);
}

TEST(Windows, Stride) {
  // The windows of the ProbTS protocol: every 96 rows, as many as begin before the last full horizon.
  const Windows windows = part_windows({11520, 14400}, 7, 96, 96, 0, 96);
  EXPECT_EQ(windows.origins(), 30u);
  EXPECT_EQ(windows.last_origin(), 11520u + 29 * 96);
  expect_error(ErrorKind::software, {"stride"}, [] { Windows(0, 1, 1, 0); });
}

TEST(Windows, TooLargeFor32Bits) {
  expect_error(ErrorKind::data, {"2^32"}, [] { Windows(0, std::size_t{1} << 33, 1); });
}

TEST(Windows, OfRuns) {
  const Windows windows = Windows::of_runs({{0, 2, 5, 3}, {0, 9, 12, 0}, {2, 4, 7, 2, 3}, {2, 20, 30, 1}}, 4);
  EXPECT_FALSE(windows.is_grid());
  EXPECT_EQ(windows.count(), 6u);
  EXPECT_EQ(windows.origins(), 3u);
  EXPECT_EQ(windows.first_origin(), 5u);
  EXPECT_EQ(windows.last_origin(), 30u);
  const std::vector<Window> expected = {{0, 5, 2}, {0, 6, 2}, {0, 7, 2}, {2, 7, 4}, {2, 10, 4}, {2, 30, 20}};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(windows[i], expected[i]) << i;
  EXPECT_EQ(windows.runs_of(0).size(), 1u);
  EXPECT_TRUE(windows.runs_of(1).empty());
  EXPECT_EQ(windows.runs_of(2), (std::vector<WindowRun>{{2, 4, 7, 2, 3}, {2, 20, 30, 1}}));
  EXPECT_TRUE(windows.runs_of(3).empty());
  EXPECT_EQ(windows.padded(4), 2u) << "origins 5 - 2 and 7 - 4";
  EXPECT_EQ(windows.padded(4, 1), 3u);
  EXPECT_EQ(windows.padded(100), 6u);
  EXPECT_TRUE(Windows::of_runs({}, 2).empty());
  expect_error(ErrorKind::software, {"order"}, [] { Windows::of_runs({{1, 0, 5, 1}, {0, 0, 5, 1}}, 2); });
  expect_error(ErrorKind::software, {"order"}, [] { Windows::of_runs({{2, 0, 5, 1}}, 2); });
}

/// The windows with an origin in the range, found one by one.
std::vector<Window> filtered(const Windows& windows, Range origins) {
  std::vector<Window> found;
  for (std::size_t i = 0; i < windows.count(); ++i) {
    const Window w = windows[i];
    if (w.origin >= origins.begin && w.origin < origins.end) found.push_back(w);
  }
  return found;
}

TEST(Windows, BetweenTwoOriginsAreThoseFoundOneByOne) {
  const Windows grid(5, 41, 2, 3);
  const Windows runs = Windows::of_runs({{0, 0, 4, 6, 2}, {0, 20, 23, 3, 1}, {2, 1, 9, 9, 3}}, 3);
  for (const Windows* windows : {&grid, &runs}) {
    for (std::size_t begin = 0; begin < 45; begin += 3) {
      for (std::size_t end = 0; end < 50; end += 7) {
        const Windows part = windows->between({begin, end});
        const std::vector<Window> expected = filtered(*windows, {begin, end});
        ASSERT_EQ(part.count(), expected.size()) << begin << " to " << end;
        EXPECT_EQ(part.series(), windows->series());
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(part[i], expected[i]);
      }
    }
  }
}

TEST(Windows, OfAGridHaveRunsToo) {
  const Windows windows(10, 16, 3, 2);
  EXPECT_EQ(windows.runs_of(1), (std::vector<WindowRun>{{1, 0, 10, 4, 2}}));
  EXPECT_EQ(windows.padded(12), 3u);
  EXPECT_EQ(windows.padded(10), 0u);
}

/// The definition, row by row: every window of one series and part, in order of origins.
std::vector<Window> naive_windows(const SeriesSet& set, std::size_t d, Range part, const WindowShape& shape) {
  const auto stretch_of = [&](std::size_t row) {  // number of breaks at or before it; rows outside the extent have none
    const Range rows = set.rows_of(d);
    if (row < rows.begin || row >= rows.end) return -1;
    return static_cast<int>(std::count_if(set.breaks.begin(), set.breaks.end(), [&](auto b) { return b <= row; }));
  };
  const auto observed = [&](std::size_t row) { return !std::isnan(set.series(d)[row]); };
  std::vector<Window> windows;
  for (const bool whole : {true, false}) {
    std::vector<bool> has_whole(set.breaks.size() + 1);
    for (const Window& window : windows) has_whole[static_cast<std::size_t>(stretch_of(window.origin))] = true;
    if (whole) has_whole.assign(has_whole.size(), false);
    for (std::size_t origin = part.begin; origin + shape.horizon <= std::min(part.end, set.length()); ++origin) {
      const int stretch = stretch_of(origin);
      bool inside = stretch >= 0;
      for (std::size_t h = 0; h < shape.horizon; ++h) inside = inside && stretch_of(origin + h) == stretch;
      if (!inside || (!whole && has_whole[static_cast<std::size_t>(stretch)])) continue;
      std::size_t begin = origin;
      while (begin > 0 && stretch_of(begin - 1) == stretch) --begin;
      if (origin - begin < (whole ? shape.lookback : shape.least()) + shape.extra) continue;
      windows.push_back(
          {static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(origin), static_cast<std::uint32_t>(begin)});
    }
  }
  std::sort(windows.begin(), windows.end(), [](auto& a, auto& b) { return a.origin < b.origin; });
  std::erase_if(windows, [&](const Window& window) {  // too little observed
    std::size_t targets = 0, contexts = 0;
    for (std::size_t h = 0; h < shape.horizon; ++h) targets += observed(window.origin + h) ? 1 : 0;
    const std::size_t from = window.origin - std::min<std::size_t>(window.origin - window.begin, shape.lookback);
    for (std::size_t row = from; row < window.origin; ++row) contexts += observed(row) ? 1 : 0;
    return targets == 0 || contexts < shape.least();
  });
  return windows;
}

/// A table with breaks, extents and missing values (blocks and single ones) where the dice say so.
SeriesSet random_set(std::mt19937& random) {
  const std::size_t rows = 40 + random() % 80, series = 1 + random() % 4;
  SeriesSet set = make_set(std::vector<std::vector<double>>(series, std::vector<double>(rows, 1)));
  for (std::size_t row = 1; row < rows; ++row) {
    if (random() % 30 == 0) set.breaks.push_back(row);
  }
  for (std::size_t d = 0; d < series; ++d) {
    const std::size_t begin = random() % 3 == 0 ? random() % 30 : 0,
                      end = random() % 3 == 0 ? rows - random() % 10 : rows;
    set.extent.push_back({begin, end});
    double* values = set.values.data() + d * rows;
    std::fill(values, values + begin, not_a_number);
    std::fill(values + end, values + rows, not_a_number);
    if (random() % 2 == 0) continue;
    for (std::size_t row = 0; row < rows; ++row) {
      if (random() % 6 == 0) values[row] = not_a_number;
    }
    const std::size_t block = random() % (rows - 20);
    std::fill(values + block, values + block + 15, not_a_number);
  }
  return set;
}

TEST(Windows, NeverCrossABreakAndAreTheNaiveOnes) {
  std::mt19937 random(11);
  std::size_t padded = 0, grids = 0;
  for (int round = 0; round < 400; ++round) {
    const SeriesSet set = random_set(random);
    const std::size_t from = random() % 40;
    const Range part{from, from + random() % (set.length() - from + 1)};
    const WindowShape shape{.lookback = 4 + random() % 20,
                            .horizon = 1 + random() % 5,
                            .extra = random() % 3,
                            .least_context = 1 + random() % 10};
    const Windows windows = part_windows(set, part, shape);
    std::vector<Window> expected, found;
    for (std::size_t d = 0; d < set.count(); ++d) {
      for (const Window& window : naive_windows(set, d, part, shape)) expected.push_back(window);
    }
    for (std::size_t i = 0; i < windows.count(); ++i) found.push_back(windows[i]);
    if (windows.is_grid()) {
      ++grids;
      std::stable_sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.series < b.series; });
    }
    ASSERT_EQ(found, expected) << "round " << round;
    const auto is_padded = [&](const Window& window) {
      return window.origin - window.begin < shape.lookback + shape.extra;
    };
    ASSERT_EQ(windows.padded(shape.lookback, shape.extra),
              static_cast<std::size_t>(std::count_if(found.begin(), found.end(), is_padded)));
    padded += windows.padded(shape.lookback, shape.extra);
  }
  EXPECT_GT(padded, 1000u);
  EXPECT_GT(grids, 5u);
}

TEST(Windows, OfACompleteTableAreThePlainGrid) {
  const SeriesSet set = make_set(std::vector<std::vector<double>>(3, std::vector<double>(100, 1)));
  const WindowShape shape{.lookback = lookback, .horizon = horizon};
  for (const Range part : {borders.train(), borders.validation(), borders.test()}) {
    const Windows general = part_windows(set, part, shape), grid = part_windows(part, 3, lookback, horizon);
    ASSERT_TRUE(general.is_grid());
    ASSERT_EQ(general.count(), grid.count());
    for (std::size_t i = 0; i < grid.count(); ++i) ASSERT_EQ(general[i], grid[i]);
  }
}

TEST(Windows, AtAnOriginBeginBehindTheLastBreak) {
  SeriesSet set = make_set({{1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}});
  EXPECT_EQ(window_at(set, 1, 8), (Window{1, 8, 0}));
  set.breaks = {3, 5};
  set.extent = {{0, 8}, {4, 8}};
  EXPECT_EQ(window_at(set, 0, 8), (Window{0, 8, 5}));
  EXPECT_EQ(window_at(set, 0, 5), (Window{0, 5, 3})) << "what follows row 4";
  EXPECT_EQ(window_at(set, 1, 5), (Window{1, 5, 4}));
  EXPECT_EQ(window_at(set, 1, 0), (Window{1, 0, 0}));
}

TEST(Gather, ContextIsPaddedBeforeItsBeginning) {
  const std::array<float, 8> values = {9, 9, missing, 3, 4, missing, 6, 7};
  const ConstMatrix<float> data(values.data(), 1, 8);
  std::array<float, 6> context{};
  gather_context(data, {0, 5, 2}, context);
  EXPECT_EQ(context, (std::array<float, 6>{3, 3, 3, 3, 3, 4}));
  gather_context(data, {0, 3, 0}, context);
  EXPECT_EQ(context, (std::array<float, 6>{9, 9, 9, 9, 9, 9}));
  gather_context(data, {0, 8, 3}, context, 2);
  EXPECT_EQ(context, (std::array<float, 6>{3, 3, 3, 3, 4, 4}));
  gather_context(data, {0, 1, 1}, context);
  EXPECT_EQ(context, (std::array<float, 6>{}));
  EXPECT_EQ(context_rows({0, 8, 3}, 6, 2), (Range{3, 6}));
  EXPECT_EQ(context_rows({0, 8, 3}, 6), (Range{3, 8}));
  EXPECT_EQ(context_rows({0, 8, 0}, 6), (Range{2, 8}));
  EXPECT_EQ(context_rows({0, 2, 2}, 6, 9), (Range{0, 0}));
}

TEST(Gather, ContextFillsGaps) {
  const std::array<float, 16> values = {0, 1, 2, 3,       missing, 5,       missing, missing,
                                        8, 9, 9, missing, missing, missing, missing, 4};
  const ConstMatrix<float> data(values.data(), 2, 8);
  std::array<float, 4> context{};
  gather_context(data, {0, 4}, context);
  EXPECT_EQ(context, (std::array<float, 4>{0, 1, 2, 3}));
  gather_context(data, {0, 8}, context);  // begins in a gap: the row before the window stays out of it
  EXPECT_EQ(context, (std::array<float, 4>{5, 5, 5, 5}));
  gather_context(data, {0, 7}, context);
  EXPECT_EQ(context, (std::array<float, 4>{3, 3, 5, 5}));
  gather_context(data, {1, 7}, context);
  EXPECT_EQ(context, (std::array<float, 4>{0, 0, 0, 0}));
  gather_context(data, {1, 7}, context, 2);
  EXPECT_EQ(context, (std::array<float, 4>{9, 9, 9, 9}));
  gather_context(data, {1, 8}, context, 4);
  EXPECT_EQ(context, (std::array<float, 4>{8, 9, 9, 9}));
}

TEST(Gather, TargetHasAMask) {
  const std::array<float, 6> values = {1, missing, 3, missing, missing, missing};
  const ConstMatrix<float> data(values.data(), 1, 6);
  std::array<float, 3> target{};
  std::array<std::uint8_t, 3> observed{};
  gather_target(data, {0, 0}, target, observed);
  EXPECT_EQ(target, (std::array<float, 3>{1, 0, 3}));
  EXPECT_EQ(observed, (std::array<std::uint8_t, 3>{1, 0, 1}));
  gather_target(data, {0, 3}, target, observed);
  EXPECT_EQ(target, (std::array<float, 3>{0, 0, 0}));
  EXPECT_EQ(observed, (std::array<std::uint8_t, 3>{0, 0, 0}));
}

}  // namespace
}  // namespace vdn::test
