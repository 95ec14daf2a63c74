#include "vdn/data/named.hpp"

#include <algorithm>

#include "data/table_support.hpp"
#include "vdn/data/load.hpp"

namespace vdn::test {
namespace {

TEST(Named, Lookup) {
  ASSERT_NE(find_named("ETTh1"), nullptr);
  EXPECT_EQ(find_named("ETTh1")->name, "etth1");
  EXPECT_EQ(find_named("etth"), nullptr);
  for (const NamedSet& set : named_sets()) {
    EXPECT_EQ(find_named(set.name), &set);
    EXPECT_TRUE(set.sha256.empty() || set.sha256.size() == 64) << set.name;
    EXPECT_GT(set.season, 0u);
    EXPECT_GT(set.horizon, 0u);
  }
}

TEST(Named, TheBundledSet) {
  const LoadedData data = load_named("flights");
  ASSERT_NE(data.set, nullptr);
  EXPECT_TRUE(data.set->bundled);
  EXPECT_EQ(data.series.length(), 4345u);
  EXPECT_EQ(data.series.count(), 12u);
  EXPECT_TRUE(time_axis_report(data.series).regular());
  EXPECT_TRUE(verify_checksum(data.path, *data.set));
}

TEST(Named, FoldersInOrder) {
  const TemporaryDirectory first, second, cache;
  const Environment data("VDN_DATA", first.path().string() + "::" + second.path().string());
  const Environment home("XDG_CACHE_HOME", cache.path().string());
  const auto folders = data_folders();
  const auto at = [&](const std::string& folder) { return std::find(folders.begin(), folders.end(), folder); };
  ASSERT_NE(at(cache.path().string() + "/vdn"), folders.end());
  EXPECT_LT(at(first.path().string()), at(second.path().string()));
  EXPECT_LT(at(second.path().string()), at(cache.path().string() + "/vdn"));
  EXPECT_EQ(at(""), folders.end());

  const std::string packed = second.write("traffic.csv.gz", gzip("t,a\n0,1\n"));
  EXPECT_EQ(find_data("traffic").path, packed);
  const std::string plain = second.write("traffic.csv", "t,a\n0,1\n");
  EXPECT_EQ(find_data("Traffic").path, plain);
  EXPECT_EQ(find_data("traffic").set, find_named("traffic"));
  EXPECT_EQ(find_data(plain).set, nullptr);
  EXPECT_EQ(find_data("-").path, "-");
}

TEST(Named, WrongShape) {
  const TemporaryDirectory folder;
  const Environment data("VDN_DATA", folder.path().string());
  const std::string path = folder.write("electricity.csv", "t,a\n0,1\n");
  expect_error(ErrorKind::data, {path.c_str(), "1 rows of 1 series", "'ecl' has 26304 of 321"},
               [] { load_data("ecl"); });
  EXPECT_EQ(load_data(path, {.time_axis = TimeAxis::rows}).length(), 1u);
}

TEST(Named, AbsentAndUnknown) {
  const TemporaryDirectory empty;
  const Environment data("VDN_DATA", empty.path().string()), home("XDG_CACHE_HOME", empty.path().string());
  expect_error(ErrorKind::no_input, {"'ecl'", "not on this machine", "electricity.csv", "laiguokun", "VDN_DATA"},
               [] { find_data("ecl"); });
  expect_error(ErrorKind::no_input, {"wether", "no such file", "no data set of that name", "did you mean 'weather'?"},
               [] { find_data("wether"); });
  expect_error(ErrorKind::no_input, {"sales/mine.csv", "no such file", "known sets are flights, etth1"},
               [] { find_data("sales/mine.csv"); });
  expect_error(ErrorKind::no_input, {"is a directory"}, [&] { load_data(empty.path().string()); });
}

TEST(Named, Checksums) {
  const TemporaryDirectory folder;
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(content_sha256(folder.write("plain", "abc")), abc);
  EXPECT_EQ(content_sha256(folder.write("packed", gzip("abc"))), abc);
  EXPECT_FALSE(verify_checksum(folder.write("other", "abc"), *find_named("flights")));
  EXPECT_TRUE(verify_checksum("not read", *find_named("ecl")));
  expect_error(ErrorKind::no_input, {"no such file"}, [] { content_sha256("/nowhere/x"); });
}

TEST(Load, TimeAxis) {
  SeriesSet set = make_set({{1, 2, 3, 4, 5, 6, not_a_number, 8}});
  EXPECT_TRUE(time_axis_report(set).regular());
  EXPECT_EQ(time_axis_report(set).missing, 1u);
  set.times = {0, 3600, 10800, 10800, 14400, 7200, 9000, 12600};
  const TimeAxisReport report = time_axis_report(set);
  EXPECT_EQ(report.gaps, 1u);
  EXPECT_EQ(report.duplicates, 1u);
  EXPECT_EQ(report.unsorted, 1u);
  EXPECT_EQ(report.irregular, 1u);
  EXPECT_EQ(report.first_row, 2u);
}

TEST(Load, AUsersFileIsStrictUnlessToldOtherwise) {
  const TemporaryDirectory folder;
  const std::string path = folder.write("twice.csv", "t,a\n0,1\n1,2\n1,3\n");
  expect_error(ErrorKind::data, {"twice.csv:4", "the time 1 is that of line 3", "--time-axis rows"},
               [&] { load_named(path); });
  const LoadedData rows = load_named(path, {.time_axis = TimeAxis::rows});
  EXPECT_EQ(rows.series.length(), 3u);
  EXPECT_EQ(rows.series.reading.duplicates, 1u);
  EXPECT_EQ(load_named(folder.write("good.csv", "t,a\n0,1\n1,2\n")).reading.time_axis, TimeAxis::strict);
  EXPECT_EQ(load_named("flights").reading.time_axis, TimeAxis::rows);
}

}  // namespace
}  // namespace vdn::test
