// vdn report, end to end.

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

class Report : public testing::Test {
 protected:
  Report() {
    place.write("data.csv", tiny_table());
    EXPECT_EQ(place.run(tiny_fit({"--quiet", "--no-report"})).code, 0);
    EXPECT_FALSE(place.has("run/report.html"));
  }
  std::string page() const { return place.read("run/report.html"); }
  void remove(const std::string& name) const { std::filesystem::remove(place.path() / name); }
  Workplace place;
};

TEST_F(Report, ShowsAWholeRun) {
  const Outcome run = place.run({"report", "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "run/report.html\n");
  for (const char* part : {"data.csv: 4 rows ahead", "At a glance", "Forecasts", "Against others", "ridge line",
                           "seasonal naive", "Calibration", "By step", "By series", "Training", "Information"}) {
    EXPECT_TRUE(holds(page(), part)) << part;
  }
  EXPECT_EQ(run.err.find("vdn report:"), std::string::npos) << "nothing is missing: " << run.err;
  EXPECT_FALSE(holds(page(), "<script"));
}

TEST_F(Report, FitWritesTheSamePage) {
  ASSERT_EQ(place.run({"report", "run", "-q"}).code, 0);
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--out", "other"})).code, 0);
  const auto sections = [](const std::string& html) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = html.find("<h2", at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(sections(page()), sections(place.read("other/report.html")));
}

TEST_F(Report, TakesTheRowsOfABacktest) {
  ASSERT_EQ(
      place.run({"backtest", "run/model.vdn", "data.csv", "--baselines", "--twins", "-q", "--out", "run/backtest.json"})
          .code,
      0);
  const Outcome run = place.run({"report", "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(page(), "figures of backtest.json"));
  EXPECT_TRUE(holds(page(), "twin: noise"));
  EXPECT_FALSE(holds(run.err, "scoring"));
  // One of another model is passed over, and said so.
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--no-report", "--seed", "9"})).code, 0);
  const Outcome other = place.run({"report", "run"});
  EXPECT_EQ(other.code, 0);
  EXPECT_TRUE(holds(other.err, "passed over")) << other.err;
  EXPECT_FALSE(holds(page(), "twin: noise"));
}

TEST_F(Report, FitsTwinsWhenAsked) {
  const Outcome run = place.run({"report", "run", "--twins", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("report"), "run/report.html");
  EXPECT_TRUE(run.json().at("missing").empty());
  EXPECT_TRUE(holds(page(), "twin: mixture"));
}

TEST_F(Report, WithoutTheTableShowsWhatIsOnRecord) {
  std::filesystem::rename(place.path() / "data.csv", place.path() / "moved.csv");
  const Outcome run = place.run({"report", "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "--data")) << run.err;
  EXPECT_TRUE(holds(page(), "figures of metrics.json"));
  EXPECT_TRUE(holds(page(), "Give the table with --data."));
  EXPECT_FALSE(holds(page(), ">Forecasts</h2>"));
  EXPECT_TRUE(holds(page(), ">Training</h2>"));
  ASSERT_EQ(place.run({"report", "run", "--data", "moved.csv"}).code, 0);
  EXPECT_TRUE(holds(page(), ">Forecasts</h2>"));
  EXPECT_EQ(place.run({"report", "run", "--data", "none.csv"}).code, 66) << "asked for by name";
}

TEST_F(Report, ARunThatWasKilledHasItsCurves) {
  remove("run/model.vdn");
  remove("run/metrics.json");
  const std::string events = place.read("run/events.jsonl");
  place.write("run/events.jsonl", events.substr(0, events.rfind("{\"event\":\"end\"")) + "{\"event\":\"epo");
  const Outcome run = place.run({"report", "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "model.vdn")) << run.err;
  EXPECT_TRUE(holds(page(), "training was killed, or still goes on"));
  EXPECT_TRUE(holds(page(), ">Neurons</h2>"));
}

TEST_F(Report, DamagedFilesAreNamed) {
  place.write("run/model.vdn", "VDNMODEL but not one");
  place.write("run/metrics.json", "{");
  place.write("run/backtest.json", "[1, 2");
  const Outcome run = place.run({"report", "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "model.vdn"));
  EXPECT_TRUE(holds(run.err, "backtest.json"));
  const std::string old_page = page();
  place.write("run/events.jsonl", "\xff\xfe\n");
  const Outcome nothing = place.run({"report", "run"});
  EXPECT_EQ(nothing.code, 65) << "no page without anything on it";
  for (const char* name : {"model.vdn", "events.jsonl"}) EXPECT_TRUE(holds(nothing.err, name)) << nothing.err;
  EXPECT_EQ(page(), old_page);
}

TEST_F(Report, RefusesAFolderWithoutARun) {
  std::filesystem::create_directory(place.path() / "empty");
  for (const char* folder : {"empty", "none", "data.csv"}) {
    const Outcome run = place.run({"report", folder});
    EXPECT_EQ(run.code, 66) << folder;
    EXPECT_TRUE(holds(run.err, "vdn fit")) << run.err;
    EXPECT_EQ(run.out, "");
  }
}

TEST(ReportOfAPipe, SaysThatTheTableIsGone) {
  const Workplace place;
  auto words = tiny_fit({"--quiet"});
  words[1] = "-";
  ASSERT_EQ(place.run(words, tiny_table()).code, 0);
  const Outcome run = place.run({"report", "run"}, tiny_table());
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "standard input")) << run.err;
}

}  // namespace
}  // namespace vdn::test
