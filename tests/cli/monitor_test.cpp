// vdn monitor and vdn prune, end to end.

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "cli/refusal.hpp"
#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

class Monitor : public testing::Test {
 protected:
  Monitor() {
    place.write("data.csv", tiny_table());
    EXPECT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  }
  Workplace place;
};

/// The table with 60 added to every value from row `from` on: the sines swing by about 10.
std::string stepped(std::size_t from) {
  std::istringstream lines(tiny_table());
  std::string text, row;
  std::getline(lines, row);
  text = row + "\n";
  for (std::size_t t = 0; std::getline(lines, row); ++t) {
    std::istringstream fields(row);
    std::string field;
    std::getline(fields, field, ',');
    text += field;
    while (std::getline(fields, field, ',')) text += "," + std::to_string(std::stod(field) + (t < from ? 0.0 : 60.0));
    text += "\n";
  }
  return text;
}

TEST_F(Monitor, FindsAStepAndFailsWhenAsked) {
  place.write("step.csv", stepped(360));
  const Outcome run = place.run({"monitor", "run/model.vdn", "step.csv", "--json", "--fail"});
  EXPECT_EQ(run.code, 3) << run.err;
  const auto d = run.json();
  EXPECT_EQ(d.at("windows").get<std::size_t>(), 3 * d.at("times").get<std::size_t>());
  EXPECT_EQ(d.at("times"), 80);  // of 400 rows the last 20%
  bool found = false;
  for (const auto& alarm : d.at("alarms")) {
    found = found || (alarm.at("first") >= "2024-01-16 00:00:00" && alarm.at("first") < "2024-01-17 00:00:00");
  }
  EXPECT_TRUE(found) << run.out;  // row 360 is hour 0 of day 16
  const Outcome text = place.run({"monitor", "run/model.vdn", "step.csv"});
  EXPECT_EQ(text.code, 0);
  EXPECT_NE(text.out.find("80 times of 3 series"), std::string::npos) << text.out;
}

TEST_F(Monitor, AStreamGivesTheLinesOfTheFile) {
  const Outcome file = place.run({"monitor", "run/model.vdn", "data.csv", "--lines", "--all", "--quiet"});
  ASSERT_EQ(file.code, 0) << file.err;
  const Outcome stream = place.run({"monitor", "run/model.vdn", "-", "--lines", "--quiet"}, tiny_table());
  ASSERT_EQ(stream.code, 0) << stream.err;
  std::istringstream a(file.out), b(stream.out);
  std::string left, right;
  std::size_t lines = 0;
  while (std::getline(a, left) && std::getline(b, right)) {
    const auto x = nlohmann::json::parse(left), y = nlohmann::json::parse(right);
    EXPECT_EQ(x.at("time"), y.at("time"));
    EXPECT_EQ(x.at("series"), y.at("series"));
    EXPECT_NEAR(x.at("drift").get<double>(), y.at("drift").get<double>(), 1e-4);
    EXPECT_EQ(x.at("alarm"), y.at("alarm"));
    for (const char* name : {"out_of_band", "latent_scale", "within_scale"}) EXPECT_TRUE(x.at(name).is_number());
    ++lines;
  }
  EXPECT_EQ(lines, 3u * (400 - 24 - 24 + 1));  // from the first row with a look-back and a season before it
}

TEST_F(Monitor, AStreamKeepsSeriesWhoseOldestRowIsMissing) {
  std::istringstream lines(tiny_table());
  std::string text, row;
  for (std::size_t t = 0; std::getline(lines, row); ++t) {
    if (t % 5 == 3) row = row.substr(0, row.rfind(',') + 1);  // of the last series
    text += row + "\n";
  }
  place.write("holes.csv", text);
  const Outcome file = place.run({"monitor", "run/model.vdn", "holes.csv", "--lines", "--all", "--quiet"});
  const Outcome stream = place.run({"monitor", "run/model.vdn", "-", "--lines", "--quiet"}, text);
  ASSERT_EQ(stream.code, 0) << stream.err;
  EXPECT_EQ(std::count(stream.out.begin(), stream.out.end(), '\n'), std::count(file.out.begin(), file.out.end(), '\n'));
}

TEST_F(Monitor, SaysWhenItsThresholdWasCountedOnFewRows) {
  EXPECT_TRUE(holds(place.run({"monitor", "run/model.vdn", "data.csv"}).err, "counted on 40 rows of validation"));
  place.write("data.csv", tiny_table(1000));
  EXPECT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  const Words words{"monitor", "run/model.vdn", "data.csv", "--false-alarms"};
  const auto with = [&](const char* share) {
    Words more = words;
    more.emplace_back(share);
    return place.run(more).err;
  };
  EXPECT_FALSE(holds(with(".02"), "counted on")) << "100 rows hold one time in fifty and four look-backs";
  EXPECT_TRUE(holds(with(".005"), "counted on 100 rows of validation, whose windows read 24 rows before them"));
}

TEST_F(Monitor, PruneWritesASmallerModelThatForecasts) {
  const Outcome run = place.run({"prune", "run/model.vdn", "data.csv", "--keep", "50%", "--out", "half.vdn", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto d = run.json();
  EXPECT_EQ(d.at("neurons").at("after"), 4);
  EXPECT_EQ(d.at("kept").size(), 4u);
  EXPECT_EQ(d.at("curve").at(0).at("neurons"), 8);
  EXPECT_LT(place.read("half.vdn").size(), place.read("run/model.vdn").size());
  EXPECT_EQ(place.run({"predict", "half.vdn", "data.csv", "--out", "f.csv"}).code, 0);
  EXPECT_EQ(place.run({"monitor", "half.vdn", "data.csv"}).code, 0);
  const Outcome text = place.run({"prune", "run/model.vdn", "data.csv", "--loss", "3%", "--out", "small.vdn"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("s per 1000 windows"), std::string::npos);
  EXPECT_NE(text.out.find("written"), std::string::npos);
}

TEST_F(Monitor, RefusesWhatCannotBe) {
  const std::string m = "run/model.vdn";
  place.write("short.csv", tiny_table(40));
  place.write("other.csv", rows_of("t,x,y,z", "1,2,3", 400));
  const auto refused = [&](const Words& words, int code, const std::string& message) {
    expect_refusal(place, {"", words, code, message});
  };
  refused({"monitor", m, "data.csv", "--false-alarms", "1.5"}, 64, "is not between 0 and 1");
  refused({"monitor", m, "short.csv"}, 65, "has no window to watch");
  refused({"monitor", m, "other.csv"}, 65, "other.csv");
  refused({"prune", m, "data.csv", "--out", "x.vdn"}, 64, "either --keep or --loss");
  refused({"prune", m, "data.csv", "--keep", "half", "--out", "x.vdn"}, 64, "'half' is no amount");
  refused({"prune", m, "data.csv", "--keep", "0%", "--out", "x.vdn"}, 64, "cannot be kept");
  refused({"prune", m, "data.csv", "--keep", "150%", "--out", "x.vdn"}, 64, "cannot be kept");
  refused({"prune", m, "data.csv", "--loss", "-1%", "--out", "x.vdn"}, 64, "no loss to allow");
  refused({"prune", m, "short.csv", "--keep", "50%", "--out", "x.vdn"}, 65, "40 rows");
}

}  // namespace
}  // namespace vdn::test
