#include "vdn/data/windows.hpp"

#include <array>
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
