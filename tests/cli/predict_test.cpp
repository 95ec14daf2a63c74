// vdn predict, end to end.

#include <gtest/gtest.h>

#include <sstream>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class Predict : public testing::Test {
 protected:
  Predict() {
    place.write("data.csv", tiny_table());
    EXPECT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  }
  Workplace place;
};

TEST_F(Predict, WritesTheHoursAfterTheTable) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "new/f.csv"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  const auto lines = lines_of(place.read("new/f.csv"));
  ASSERT_EQ(lines.size(), 1u + 3 * 4);
  EXPECT_EQ(lines[0], "unique_id,ds,mean,q0.1,q0.5,q0.9");
  EXPECT_EQ(lines[1].rfind("a,2024-01-17 16:00:00,", 0), 0u) << lines[1];  // row 400 is hour 16 of day 17
  EXPECT_EQ(lines[4].rfind("a,2024-01-17 19:00:00,", 0), 0u) << lines[4];
  EXPECT_EQ(lines[12].rfind("c,2024-01-17 19:00:00,", 0), 0u) << lines[12];
}

TEST_F(Predict, StandardOutputIsTheSameTable) {
  ASSERT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv", "--quiet"}).code, 0);
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "-"}).out, place.read("f.csv"));
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "-", "--out", "-"}, tiny_table()).out, place.read("f.csv"));
}

TEST_F(Predict, JsonHoldsOrderedQuantilesInOriginalUnits) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--json", "--quantiles", ".9,0.05,.5"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto d = run.json();
  EXPECT_EQ(d.at("levels"), nlohmann::json({0.05, 0.5, 0.9}));
  EXPECT_EQ(d.at("ds").at(0), "2024-01-17 16:00:00");
  ASSERT_EQ(d.at("series").size(), 3u);
  const auto& c = d.at("series").at(2);
  EXPECT_EQ(c.at("unique_id"), "c");
  for (std::size_t h = 0; h < 4; ++h) {
    const double low = c.at("quantiles").at("0.05").at(h), middle = c.at("quantiles").at("0.5").at(h),
                 high = c.at("quantiles").at("0.9").at(h);
    EXPECT_LT(low, middle);
    EXPECT_LT(middle, high);
    EXPECT_NEAR(middle, 100.0, 10.0);
  }
}

TEST_F(Predict, DrawsAFanChart) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--json", "--plot", "fan.svg"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(place.read("fan.svg").find("<svg"), std::string::npos);
}

TEST_F(Predict, PathsOriginsAndVariancesAreColumns) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--paths", "2", "--variances",
                                 "--origin", "2024-01-10 00:00:00,300"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto lines = lines_of(run.out);
  ASSERT_EQ(lines.size(), 1u + 2 * 3 * 4);
  EXPECT_EQ(lines[0], "unique_id,cutoff,ds,mean,var_within,var_latent,q0.1,q0.5,q0.9,path1,path2");
  EXPECT_EQ(lines[1].rfind("a,2024-01-09 23:00:00,2024-01-10 00:00:00,", 0), 0u) << lines[1];
  EXPECT_EQ(lines[13].rfind("a,2024-01-13 11:00:00,2024-01-13 12:00:00,", 0), 0u) << lines[13];  // row 300
  const auto json =
      place.run({"predict", "run/model.vdn", "data.csv", "--json", "--paths", "2", "--origin", "300"}).json();
  EXPECT_EQ(json.at("series").at(1).at("paths").size(), 2u);
  EXPECT_EQ(json.at("series").at(1).at("cutoff"), "2024-01-13 11:00:00");
}

TEST_F(Predict, WideHasAColumnASeries) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--wide", "--quantiles", ".5"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto lines = lines_of(run.out);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "ds,a mean,a q0.5,b mean,b q0.5,c mean,c q0.5");
}

TEST_F(Predict, UncalibratedIsAnotherDistribution) {
  const std::vector<std::string> words{"predict", "run/model.vdn", "data.csv", "--out", "-"};
  std::vector<std::string> more = words;
  more.emplace_back("--uncalibrated");
  EXPECT_NE(place.run(words).out, place.run(more).out);
}

/// The table's columns in another order: the same forecasts.
TEST_F(Predict, SeriesMayComeInAnyOrder) {
  std::string turned;
  for (const std::string& line : lines_of(tiny_table())) {
    std::istringstream fields(line);
    std::string ds, a, b, c;
    std::getline(std::getline(std::getline(std::getline(fields, ds, ','), a, ','), b, ','), c, ',');
    turned += ds + "," + c + "," + a + "," + b + "\n";
  }
  place.write("turned.csv", turned);
  const Outcome run = place.run({"predict", "run/model.vdn", "turned.csv", "--out", "-"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, place.run({"predict", "run/model.vdn", "data.csv", "--out", "-"}).out);
}

/// A chart alone is output enough; nothing at all is not.
TEST_F(Predict, PlotNeedsNoTable) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--plot", "alone.svg", "--quiet"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_NE(place.read("alone.svg").find("<svg"), std::string::npos);
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv"}).code, 64);
}

TEST_F(Predict, JsonListsForecastsOfSeveralOrigins) {
  const auto json =
      place.run({"predict", "run/model.vdn", "data.csv", "--json", "--paths", "3", "--origin", "300,400"}).json();
  ASSERT_EQ(json.at("forecasts").size(), 2u);
  EXPECT_EQ(json.at("forecasts").at(0).at("ds").at(0), "2024-01-13 12:00:00");
  EXPECT_EQ(json.at("forecasts").at(1).at("ds").at(0), "2024-01-17 16:00:00");
  const auto& paths = json.at("forecasts").at(1).at("series").at(2).at("paths");
  ASSERT_EQ(paths.size(), 3u);
  EXPECT_EQ(paths.at(0).size(), 4u);
  EXPECT_NE(paths.at(0), paths.at(1));
}

TEST_F(Predict, RefusesAnOriginOutsideTheTable) {
  for (const char* origin : {"401", "2025-01-01", "soon"}) {
    const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--origin", origin});
    EXPECT_EQ(run.code, 64) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_NE(run.err.find("'" + std::string(origin) + "'"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("2024-01-17 16:00:00"), std::string::npos) << "the last possible one: " << run.err;
  }
}

TEST_F(Predict, RefusesATableThatLacksASeries) {
  std::string less;
  for (const std::string& line : lines_of(tiny_table())) less += line.substr(0, line.rfind(',')) + "\n";
  place.write("less.csv", less);
  const Outcome run = place.run({"predict", "run/model.vdn", "less.csv", "--out", "-"});
  EXPECT_EQ(run.code, 65);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("has no series 'c'"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace vdn::test
