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
  for (const Split split : {Split::automatic, Split::ltsf, Split::probts, Split::source, Split::all})
    EXPECT_EQ(parse_split(split_name(split)), split);
  expect_error(ErrorKind::config, {"split", "'ltfs'", "did you mean 'ltsf'?"}, [] { parse_split("ltfs"); });
  expect_error(ErrorKind::config, {"split", "'half-half'", "auto, ltsf, probts, source and all"},
               [] { parse_split("half-half"); });
}

TEST(Splits, ProbtsHasTheBordersOfLtsfAndItsOwnContext) {
  EXPECT_EQ(make_borders(Split::probts, "etth1", 17420), (Borders{8640, 11520, 14400}));
  EXPECT_EQ(make_borders(Split::probts, "weather", 52696), ltsf_borders("weather", 52696));
  EXPECT_EQ(probts_context("ili"), 36u);
  EXPECT_EQ(probts_context("etth1"), 96u);
  EXPECT_EQ(probts_context(""), 96u);
  EXPECT_NO_THROW(check_split_context(Split::probts, "etth1", 96, 0, "model"));
  EXPECT_NO_THROW(check_split_context(Split::ltsf, "etth1", 336, 0, "model"));
  expect_error(ErrorKind::config, {"model", "reads 336 rows", "gives 96", "--lookback 96"},
               [] { check_split_context(Split::probts, "etth1", 336, 0, "model"); });
  expect_error(ErrorKind::config, {"reads 100 rows", "4 rows earlier", "--lookback 92"},
               [] { check_split_context(Split::probts, "etth1", 100, 4, "model"); });
  expect_error(ErrorKind::config, {"gives 36", "--lookback 36"},
               [] { check_split_context(Split::probts, "ili", 96, 0, "model"); });
}

TEST(Splits, SourceDividesTheOriginsOfItsWindows) {
  // Exchange, L = 336, H = 96, shift 4: n = 7588 - 96 - 340 = 7152 origins from row 340 on, .7 n = 5006.4, .8 n =
  // 5721.6.
  EXPECT_EQ(source_borders("exchange", 7588, 336, 96, 4), (Borders{5346, 6061, 7587}));
  EXPECT_EQ(seen_rows(Split::source, {5346, 6061, 7587}, 96), 6156u);
  EXPECT_EQ(seen_rows(Split::ltsf, {5311, 6071, 7588}, 96), 6071u);
  EXPECT_EQ(source_borders("etth1", 17420, 336, 96, 4).test_end, 14399u) << "of the benchmark's rows";
  EXPECT_EQ(source_borders("", 50, 20, 6, 4), (Borders{38, 39, 49}));  // n = 20: 14, and 15.999...
  expect_error(ErrorKind::data, {"short.csv", "too short for split source", "--lookback"},
               [] { source_borders("", 31, 20, 6, 4, "short.csv"); });
  expect_error(ErrorKind::software, {"make_borders"}, [] { make_borders(Split::source, "", 1000); });
}

TEST(Splits, TooShort) {
  const auto check = [](const Borders& borders, std::size_t lookback, std::size_t horizon, std::size_t extra = 0) {
    check_borders(borders, {.lookback = lookback, .horizon = horizon, .extra = extra}, "short.csv");
  };
  expect_error(ErrorKind::data,
               {"short.csv", "series of 140 rows are too short for lookback 336 + horizon 96: the training part has 98",
                "needs 104 (least context 8 + horizon)", "smaller --lookback"},
               [&] { check(auto_borders(140), 336, 96); });
  expect_error(ErrorKind::data, {"needs 99 (least context 3 + horizon)"}, [&] { check(auto_borders(140), 3, 96); });
  expect_error(ErrorKind::data, {"validation part has 100 rows and needs 101"},
               [&] { check(auto_borders(1000), 100, 101); });
  expect_error(ErrorKind::data, {"test part has 50"}, [&] { check({800, 950, 1000}, 100, 100); });
  expect_error(ErrorKind::data, {"training part has 700 rows and needs 701", "shift 683"},
               [&] { check(auto_borders(1000), 600, 10, 683); });
  EXPECT_NO_THROW(check(auto_borders(1000), 600, 100));
  EXPECT_NO_THROW(check(all_borders(1000), 800, 100));
  EXPECT_NO_THROW(check(auto_borders(1000), 2000, 100)) << "padded windows do";
}

TEST(CalibrationRows, AreThoseBehindAPartAsLongAndAHorizon) {
  const Range rows = calibration_rows({100, 201}, 20), first = selection_rows({100, 201}, 20);
  EXPECT_EQ(rows.begin, 161u);
  EXPECT_EQ(rows.end, 201u);
  EXPECT_EQ(first.begin, 100u);
  EXPECT_EQ(first.end, 140u);
}

TEST(CalibrationRows, AreAllOfAShortPart) {
  for (const Range rows : {calibration_rows({100, 159}, 20), selection_rows({100, 159}, 20)}) {
    EXPECT_EQ(rows.begin, 100u);
    EXPECT_EQ(rows.end, 159u);
  }
}

}  // namespace
}  // namespace vdn::test
