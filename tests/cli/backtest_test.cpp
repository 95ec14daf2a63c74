// vdn backtest, end to end.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using Json = nlohmann::json;

class Backtest : public testing::Test {
 protected:
  Backtest() {
    place.write("data.csv", tiny_table());
    fitted = place.run(tiny_fit({"--json"})).json();
  }
  Workplace place;
  Json fitted;
};

std::set<std::string> names(const Json& document) {
  std::set<std::string> set;
  for (const auto& row : document.at("models")) set.insert(row.at("name").get<std::string>());
  return set;
}

TEST_F(Backtest, RepeatsTheFiguresOfFit) {
  const Outcome run = place.run({"backtest", "run/model.vdn", "data.csv", "--json", "--out", "table.json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json d = run.json();
  EXPECT_EQ(d, Json::parse(place.read("table.json")));
  EXPECT_EQ(d.at("windows"), 77 * 3);
  ASSERT_EQ(names(d), (std::set<std::string>{"vdn default", "vdn default, uncalibrated"}));
  for (const char* name : {"mse", "mae", "nll", "crps", "coverage_80", "pinball"}) {
    EXPECT_EQ(d.at("models").at(0).at(name), fitted.at("test").at(name)) << name;
    EXPECT_EQ(d.at("models").at(1).at(name), fitted.at("test_uncalibrated").at(name)) << name;
  }
}

TEST_F(Backtest, BaselinesJoinTheTable) {
  const Json d = place.run({"backtest", "run/model.vdn", "data.csv", "--baselines", "--json"}).json();
  for (const char* name : {"vdn default", "repeat last", "seasonal naive", "ridge line", "ridge line, quantiles"}) {
    EXPECT_TRUE(names(d).count(name)) << name;
  }
}

TEST_F(Backtest, TwinsAreFittedAndJoinTheTable) {
  const Outcome run = place.run({"backtest", "run/model.vdn", "data.csv", "--twins", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(names(run.json()).count("twin: deterministic"));
  EXPECT_EQ(run.json().at("models").size(), 8u);  // each with its uncalibrated row
  EXPECT_NE(run.err.find("twin noise"), std::string::npos);
}

TEST_F(Backtest, AnotherModelJoinsTheTable) {
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--seed", "3", "--out", "other"})).code, 0);
  const Json d = place.run({"backtest", "run/model.vdn", "data.csv", "--also", "other/model.vdn", "--json"}).json();
  EXPECT_EQ(names(d), (std::set<std::string>{"vdn default", "vdn default, uncalibrated", "vdn default (2)",
                                             "vdn default (2), uncalibrated"}));
}

TEST_F(Backtest, PrintsTextAndMarkdownInBothUnits) {
  const Outcome text = place.run({"backtest", "run/model.vdn", "data.csv", "--baselines", "--original", "--quiet"});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("seasonal naive"), text.out.rfind("seasonal naive"));  // twice
  EXPECT_EQ(text.err, "");
  const Outcome markdown = place.run({"backtest", "run/model.vdn", "data.csv", "--markdown"});
  EXPECT_NE(markdown.out.find("| --- |"), std::string::npos) << markdown.out;
}

TEST_F(Backtest, ProbtsHasFiguresOfItsOwn) {
  place.write("long.csv", tiny_table(1200));
  const auto fit = [&](const std::string& lookback) {
    std::vector<std::string> words = tiny_fit({"--quiet", "--split", "probts", "--out", "probts"});
    words[1] = "long.csv";
    *(std::find(words.begin(), words.end(), "--lookback") + 1) = lookback;
    return place.run(words);
  };
  const Outcome refused = fit("24");
  EXPECT_EQ(refused.code, 78);
  EXPECT_NE(refused.err.find("--lookback 96"), std::string::npos) << refused.err;
  ASSERT_EQ(fit("96").code, 0);
  const Outcome run = place.run({"backtest", "probts/model.vdn", "long.csv", "--protocol", "probts", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const Json d = run.json(), figures = d.at("models").at(0).at("probts");
  EXPECT_EQ(d.at("protocol"), "probts");
  EXPECT_EQ(figures.at("windows"), 3);
  EXPECT_EQ(figures.at("units"), "original");
  EXPECT_NEAR(figures.at("crps").get<double>(), figures.at("crps_exact").get<double>(),
              .05 * figures.at("crps").get<double>());
  const Outcome text = place.run({"backtest", "probts/model.vdn", "long.csv", "--baselines", "--original", "--quiet"});
  EXPECT_NE(text.out.find("protocol probts"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("NMAE"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("original units, 100 paths"), std::string::npos) << text.out;
  const Outcome other = place.run({"backtest", "run/model.vdn", "data.csv", "--protocol", "probts"});
  EXPECT_EQ(other.code, 78);
  EXPECT_NE(other.err.find("protocol probts gives 96"), std::string::npos) << other.err;
}

TEST_F(Backtest, SourceDrawsItsWindows) {
  const Outcome fit = place.run(tiny_fit({"--json", "--split", "source", "--out", "source"}));
  ASSERT_EQ(fit.code, 0) << fit.err;
  EXPECT_NE(fit.err.find("drawn at random"), std::string::npos) << fit.err;
  EXPECT_EQ(fit.json().at("split"), "source");
  const Outcome run = place.run(
      {"backtest", "source/model.vdn", "data.csv", "--protocol", "source", "--baselines", "--twins", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("protocol"), "source");
  EXPECT_EQ(run.json().at("models").size(), 12u);
  EXPECT_EQ(run.json().at("models").at(0).at("crps"), fit.json().at("test").at("crps"));
  EXPECT_EQ(place.run({"backtest", "run/model.vdn", "data.csv", "--protocol", "source"}).code, 65);
}

TEST_F(Backtest, PathsScoreWholeFutures) {
  const Outcome text = place.run({"backtest", "run/model.vdn", "data.csv", "--paths", "20", "--quiet"});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("whole futures: 20 paths of 231 windows"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("sum cov 80"), std::string::npos) << text.out;
  const Json d = place.run({"backtest", "run/model.vdn", "data.csv", "--paths", "20", "--baselines", "--json"}).json();
  EXPECT_EQ(d.at("models").at(0).at("paths").at("paths"), 20);
  EXPECT_GT(d.at("models").at(0).at("paths").at("energy"), 0.0);
  EXPECT_FALSE(d.at("models").back().contains("paths")) << "baselines have none";
}

TEST_F(Backtest, DrawsAFanChart) {
  const Outcome run = place.run({"backtest", "run/model.vdn", "data.csv", "--plot", "fan.svg", "--plot-series", "c,a",
                                 "--plot-origin", "350", "--quiet"});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string svg = place.read("fan.svg");
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  EXPECT_NE(svg.find(">c<"), std::string::npos);
  EXPECT_EQ(svg.find(">b<"), std::string::npos);
}

TEST_F(Backtest, NewerRowsAreTestRowsOfAModelThatKeptNone) {
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--split", "all", "--out", "all"})).code, 0);
  place.write("longer.csv", tiny_table(450));
  const Outcome run = place.run({"backtest", "all/model.vdn", "longer.csv", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.json().at("windows"), 47 * 3);
}

}  // namespace
}  // namespace vdn::test
