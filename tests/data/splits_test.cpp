#include "vdn/data/splits.hpp"

#include "data/table_support.hpp"
#include "vdn/data/named.hpp"
#include "vdn/data/windows.hpp"

namespace vdn::test {
namespace {

struct PublishedCounts {
  const char* name;
  Borders borders;
  std::size_t windows[4];  // of the test, per series, H = 96, 192, 336, 720
};

const PublishedCounts published[] = {
    {"etth1", {8640, 11520, 14400}, {2785, 2689, 2545, 2161}},
    {"etth2", {8640, 11520, 14400}, {2785, 2689, 2545, 2161}},
    {"ettm1", {34560, 46080, 57600}, {11425, 11329, 11185, 10801}},
    {"ettm2", {34560, 46080, 57600}, {11425, 11329, 11185, 10801}},
    {"weather", {36887, 42157, 52696}, {10444, 10348, 10204, 9820}},
    {"exchange", {5311, 6071, 7588}, {1422, 1326, 1182, 798}},
    {"ecl", {18412, 21044, 26304}, {5165, 5069, 4925, 4541}},
    {"traffic", {12280, 14036, 17544}, {3413, 3317, 3173, 2789}},
};

TEST(Splits, BordersAndWindowCountsOfTheBenchmark) {
  constexpr std::size_t horizons[4] = {96, 192, 336, 720};
  for (const auto& expected : published) {
    const NamedSet* set = find_named(expected.name);
    ASSERT_NE(set, nullptr) << expected.name;
    const Borders borders = ltsf_borders(expected.name, set->rows);
    EXPECT_EQ(borders, expected.borders) << expected.name;
    for (int i = 0; i < 4; ++i) {
      for (const std::size_t lookback : {96u, 336u, 720u}) {
        const Windows windows = part_windows(borders.test(), set->series, lookback, horizons[i]);
        EXPECT_EQ(windows.origins(), expected.windows[i]) << expected.name << " H=" << horizons[i];
        EXPECT_EQ(windows.count(), expected.windows[i] * set->series);
      }
    }
  }
}

TEST(Splits, TruncatedBenchmarkSet) {
  expect_error(ErrorKind::data, {"etth1", "14399", "14400"}, [] { ltsf_borders("etth1", 14399); });
  expect_error(ErrorKind::data, {"ettm2", "57599", "57600"}, [] { ltsf_borders("ettm2", 57599); });
}

TEST(Splits, SharesOfTheRows) {
  EXPECT_EQ(auto_borders(1000), (Borders{700, 800, 1000}));
  EXPECT_EQ(all_borders(1000), (Borders{900, 1000, 1000}));
  EXPECT_EQ(ltsf_borders("", 1000), auto_borders(1000));
  EXPECT_EQ(make_borders(Split::all, "etth1", 17420), all_borders(17420));
  EXPECT_EQ(make_borders(Split::ltsf, "etth1", 17420), (Borders{8640, 11520, 14400}));
  EXPECT_EQ(make_borders(Split::automatic, "etth1", 17420), auto_borders(17420));
  for (std::size_t rows = 0; rows < 300; ++rows) {
    for (const Borders& borders : {auto_borders(rows), all_borders(rows)}) {
      EXPECT_LE(borders.train_end, borders.val_end);
      EXPECT_LE(borders.val_end, borders.test_end);
      EXPECT_EQ(borders.test_end, rows);
    }
  }
}

TEST(Splits, Names) {
  for (const Split split : {Split::automatic, Split::ltsf, Split::all})
    EXPECT_EQ(parse_split(split_name(split)), split);
  expect_error(ErrorKind::config, {"split", "'ltfs'", "did you mean 'ltsf'?"}, [] { parse_split("ltfs"); });
  expect_error(ErrorKind::config, {"split", "'half-half'", "auto, ltsf and all"}, [] { parse_split("half-half"); });
}

TEST(Splits, TooShort) {
  expect_error(ErrorKind::data,
               {"short.csv", "series of 200 rows are too short for lookback 336 + horizon 96", "smaller --lookback"},
               [] { check_borders(auto_borders(200), 336, 96, 0, "short.csv"); });
  expect_error(ErrorKind::data, {"validation part has 100 rows and needs 101"},
               [] { check_borders(auto_borders(1000), 100, 101); });
  expect_error(ErrorKind::data, {"test part has 50"}, [] { check_borders({800, 950, 1000}, 100, 100); });
  expect_error(ErrorKind::data, {"training part has 700 rows and needs 701", "shift 1"},
               [] { check_borders(auto_borders(1000), 600, 100, 1); });
  EXPECT_NO_THROW(check_borders(auto_borders(1000), 600, 100));
  EXPECT_NO_THROW(check_borders(all_borders(1000), 800, 100));
}

}  // namespace
}  // namespace vdn::test
