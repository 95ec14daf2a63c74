// vdn inspect and vdn init.

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using testing::Test;

/// `series` series of 300 hours that rise, each by itself; series 7 stands still.
std::string many_series(std::size_t series) {
  std::ostringstream text;
  text << "ds";
  for (std::size_t d = 0; d < series; ++d) text << ",s" << d;
  text << '\n';
  for (std::size_t row = 0; row < 300; ++row) {
    text << row;
    for (std::size_t d = 0; d < series; ++d) text << ',' << (d == 7 ? 1 : d + row);
    text << '\n';
  }
  return text.str();
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
  return most;
}

TEST(Inspect, TellsSeasonsFiguresAndWhatAFitTakes) {
  Workplace place;
  place.write("data.csv", tiny_table(600));
  const Outcome run = place.run({"inspect", "data.csv", "--horizon", "12"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  for (const char* part :
       {"data.csv: 600 rows of 3 series, step 1 hour, 2024-01-01 00:00:00 to ", "times    regular\n", "missing  none\n",
        "seasons  24 rows (1 day) in 3 of 3 series\n", "SERIES", "\na  ", "fit      horizon 12, look-back ",
        "of memory", "next     vdn init data.csv --horizon 12\n"}) {
    EXPECT_TRUE(holds(run.out, part)) << part << "\n" << run.out;
  }
  EXPECT_LE(widest_line(run.out), 100u);
  EXPECT_EQ(place.listing(), std::vector<std::string>{"data.csv"}) << "nothing is written";
}

TEST(Inspect, AsJson) {
  Workplace place;
  std::string table = "ds,a,b\n";
  for (int row = 0; row < 100; ++row) {
    table += std::to_string(row) + "," + (row % 4 == 0 ? "0" : std::to_string(row)) + "," +
             (row >= 20 && row < 25 ? "" : "5") + "\n";
  }
  place.write("data.csv", table);
  const auto found = place.run({"inspect", "data.csv", "--json"}).json();
  EXPECT_EQ(found.at("command"), "inspect");
  EXPECT_EQ(found.at("rows"), 100);
  EXPECT_EQ(found.at("step"), "1 row");
  const auto& a = found.at("series").at(0);
  EXPECT_EQ(a.at("most_repeated").at("value"), 0);
  EXPECT_EQ(a.at("most_repeated").at("count"), 25);
  EXPECT_EQ(a.at("high"), 99);
  EXPECT_EQ(a.at("notable").at(0), "25% are 0");
  const auto& b = found.at("series").at(1);
  EXPECT_EQ(b.at("missing"), 5);
  EXPECT_EQ(b.at("longest_missing"), 5);
  EXPECT_EQ(b.at("longest_constant").at("row"), 25);
  EXPECT_EQ(b.at("longest_constant").at("rows"), 75);
  EXPECT_EQ(b.at("notable"), std::vector<std::string>{"constant"});
  EXPECT_EQ(found.at("seasons").at(0).at("rows"), 4);
  EXPECT_EQ(found.at("fit").at("horizon"), 4) << "one season";
  EXPECT_TRUE(found.at("fit").at("memory").is_number_unsigned());
  EXPECT_TRUE(found.at("fit").at("refusal").is_null());
}

TEST(Inspect, OfTheBundledSetKnowsDayAndWeek) {
  const Workplace place;
  const auto found = place.run({"inspect", "flights", "--json"}).json();
  EXPECT_EQ(found.at("seasons").at(0).at("rows"), 24);
  EXPECT_EQ(found.at("seasons").at(0).at("series"), 12);
  EXPECT_EQ(found.at("seasons").at(1).at("rows"), 168);
  EXPECT_EQ(found.at("fit").at("lookback").get<int>() % 168, 0);
  EXPECT_EQ(found.at("fit").at("horizon"), 24);
}

TEST(Inspect, WritesAPage) {
  Workplace place;
  place.write("data.csv", tiny_table());
  const Outcome run = place.run({"inspect", "data.csv", "--html", "page.html", "--quiet"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_TRUE(holds(place.read("page.html"), "<svg"));
  EXPECT_TRUE(holds(place.read("page.html"), "</html>"));
  EXPECT_EQ(place.run({"inspect", "data.csv", "--html", "data.csv/page.html"}).code, 73);
}

TEST(Inspect, ReportsWhatAFitWouldRefuse) {
  Workplace place;
  place.write("twice.csv", "ds,a\n2024-01-01,1\n2024-01-02,2\n2024-01-02,3\n2024-01-04,4\n2024-01-03,5\n");
  const Outcome run = place.run({"inspect", "twice.csv"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out, "1 gap, 1 duplicate time, 1 step back in time")) << run.out;
  EXPECT_TRUE(holds(run.out, "a fit is refused: twice.csv:4")) << run.out;
  place.write("short.csv", "ds,a\n1,1\n2,2\n3,4\n");
  const Outcome brief = place.run({"inspect", "short.csv", "--horizon", "30"});
  EXPECT_EQ(brief.code, 0) << brief.err;
  EXPECT_TRUE(holds(brief.out, "is refused: short.csv")) << brief.out;
}

TEST(Inspect, NamesSuspectedMarks) {
  Workplace place;
  std::string table = "ds,a\n";
  for (int row = 0; row < 50; ++row) {
    table += std::to_string(row) + "," + std::to_string(row % 20 == 5 ? -9999 : row) + "\n";
  }
  place.write("data.csv", table);
  const Outcome run = place.run({"inspect", "data.csv"});
  EXPECT_TRUE(holds(run.out,
                    "looks like a missing value: -9999 in a (3 times); mask it with --missing -9999 or --missing auto"))
      << run.out;
  EXPECT_TRUE(holds(run.out, "a: -9999 (3 times) may stand for missing values")) << run.out;
  const auto masked = place.run({"inspect", "data.csv", "--missing=-9999", "--json"}).json();
  EXPECT_TRUE(masked.at("series").at(0).at("suspected_mark").is_null());
  EXPECT_EQ(masked.at("series").at(0).at("missing"), 3);
}

TEST(Inspect, OfManySeriesListsThoseThatStandOut) {
  Workplace place;
  place.write("many.csv", many_series(60));
  const Outcome some = place.run({"inspect", "many.csv"});
  EXPECT_TRUE(holds(some.out, "\ns7 ")) << some.out;
  EXPECT_FALSE(holds(some.out, "\ns8 "));
  EXPECT_TRUE(holds(some.out, "1 of 60 series"));
  const Outcome all = place.run({"inspect", "many.csv", "--all"});
  EXPECT_TRUE(holds(all.out, "\ns8 "));
  EXPECT_TRUE(holds(all.out, "\ns59 "));
  EXPECT_EQ(place.run({"inspect", "many.csv", "--json"}).json().at("series").size(), 60u);
}

TEST(Inspect, ReadsStandardInputAndMissingMarks) {
  const Workplace place;
  const Outcome run = place.run({"inspect", "-", "--missing", "-9", "--json"}, "ds,a\n0,1\n1,-9\n2,3\n3,4\n");
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("series").at(0).at("missing"), 1);
}

TEST(Inspect, OfAModelTellsOfTheModel) {
  Workplace place;
  place.write("data.csv", tiny_table());
  ASSERT_EQ(place.run(tiny_fit({"--no-test"})).code, 0);
  const Outcome run = place.run({"inspect", "run/model.vdn"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out, "look-back") || holds(run.out, "lookback")) << run.out;
  EXPECT_FALSE(holds(run.out, "vdn init")) << run.out;
  EXPECT_EQ(place.run({"inspect", "run/model.vdn", "--json"}).json().at("command"), "inspect");
  const Outcome refused = place.run({"inspect", "run/model.vdn", "--html", "page.html"});
  EXPECT_EQ(refused.code, 64);
  EXPECT_TRUE(holds(refused.err, "--html: is for tables")) << refused.err;
}

TEST(Init, WritesSettingsAFitTakesAsTheyAre) {
  Workplace place;
  place.write("data.csv", tiny_table(700));
  const Outcome run = place.run({"init", "data.csv", "--horizon", "6"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out, "next: vdn fit data.csv --horizon 6 --config data.toml\n")) << run.out;
  const std::string text = place.read("data.toml");
  for (const char* part :
       {"#   vdn fit data.csv --horizon 6 --config data.toml\n", "A season of 24 rows (1 day)", "\nlookback = 120\n",
        "# Here: 5 seasons of 24 rows; 489 training rows", "\n# learning_rate = 0.002\n"}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  const Outcome fit = place.run({"fit", "data.csv", "--horizon", "6", "--config", "data.toml", "--set",
                                 "train.epochs=1", "--set", "neuron.count=8", "--no-test", "--json"});
  EXPECT_EQ(fit.code, 0) << fit.err;
  EXPECT_EQ(fit.json().at("lookback"), 120);
}

TEST(Init, KeepsAFileUnlessForced) {
  Workplace place;
  place.write("data.csv", tiny_table());
  place.write("mine.toml", "kept");
  const Outcome run = place.run({"init", "data.csv", "--horizon", "6", "--out", "mine.toml"});
  EXPECT_EQ(run.code, 73);
  EXPECT_TRUE(holds(run.err, "mine.toml: exists")) << run.err;
  EXPECT_EQ(place.read("mine.toml"), "kept");
  const Outcome forced = place.run({"init", "data.csv", "--horizon", "6", "--out", "mine.toml", "--force", "--json"});
  EXPECT_EQ(forced.code, 0) << forced.err;
  EXPECT_EQ(forced.json().at("file"), "mine.toml");
  EXPECT_TRUE(holds(place.read("mine.toml"), "lookback"));
}

TEST(Init, RefusesWhatNoFitCanDo) {
  Workplace place;
  place.write("short.csv", "ds,a\n1,1\n2,2\n3,4\n");
  const Outcome run = place.run({"init", "short.csv", "--horizon", "30"});
  EXPECT_EQ(run.code, 65);
  EXPECT_TRUE(holds(run.err, "no fit with horizon 30 is possible")) << run.err;
  EXPECT_FALSE(place.has("short.toml"));
  EXPECT_EQ(place.run({"init", "short.csv"}).code, 64);
}

}  // namespace
}  // namespace vdn::test
