// The real sets, where the folder $VDN_DATA has them.
#include "data/table_support.hpp"
#include "vdn/data/load.hpp"
#include "vdn/data/scaling.hpp"
#include "vdn/data/splits.hpp"

namespace vdn::test {
namespace {

class RealSet : public testing::TestWithParam<const char*> {};

TEST_P(RealSet, IsWhatTheListSays) {
  const NamedSet& set = *find_named(GetParam());
  VDN_REQUIRE_DATA(path, std::string(set.file) + (set.bundled ? "" : ".gz"));
  const SeriesSet series = read_csv(path);
  EXPECT_EQ(series.length(), set.rows);
  EXPECT_EQ(series.count(), set.series);
  EXPECT_EQ(describe_step(series.step), set.step);
  EXPECT_TRUE(verify_checksum(path, set));
  EXPECT_EQ(load_named(GetParam()).set, &set);
  const Scaler scaler = fit_scaler(series, ltsf_borders(set.name, set.rows).train());
  EXPECT_EQ(scale_series(series, scaler).size(), set.rows * set.series);
}

INSTANTIATE_TEST_SUITE_P(All, RealSet, testing::Values("flights", "etth1", "etth2", "exchange", "weather", "ili"),
                         [](const auto& info) { return std::string(info.param); });

TEST(RealSets, RegularTimes) {
  for (const char* file : {"ETTh1.csv.gz", "ETTh2.csv.gz", "exchange_rate.csv.gz", "flights.csv"}) {
    VDN_REQUIRE_DATA(path, file);
    const TimeAxisReport report = time_axis_report(read_csv(path));
    EXPECT_TRUE(report.regular()) << file;
    EXPECT_EQ(report.missing, 0u) << file;
  }
}

TEST(RealSets, WeatherHasAGapADuplicateAndSentinels) {
  VDN_REQUIRE_DATA(path, "weather.csv.gz");
  const SeriesSet series = read_csv(path);
  const TimeAxisReport report = time_axis_report(series);
  EXPECT_EQ(report.gaps, 1u);
  EXPECT_EQ(report.duplicates, 1u);
  EXPECT_EQ(report.unsorted + report.irregular, 0u);
  EXPECT_EQ(infer_step(series.times).deviations, 2u);
  EXPECT_EQ(report.missing, 0u);
  EXPECT_EQ(time_axis_report(read_csv(path, {.missing = {"-9999"}})).missing, 81u);
  EXPECT_EQ(series.names[0], "p (mbar)");
  EXPECT_EQ(series.names[17], "PAR (\xEF\xBF\xBDmol/m\xEF\xBF\xBD/s)");
}

TEST(RealSets, FirstAndLastValues) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  const SeriesSet series = read_csv(path);
  EXPECT_EQ(series.names.back(), "OT");
  EXPECT_EQ(series.series(0)[0], 5.827000141143799);
  EXPECT_EQ(series.series(6)[17419], 9.56700038909912);
  EXPECT_EQ(format_time(series.times.front(), series.step), "2016-07-01 00:00:00");
  EXPECT_EQ(format_time(series.times.back(), series.step), "2018-06-26 19:00:00");
}

}  // namespace
}  // namespace vdn::test
