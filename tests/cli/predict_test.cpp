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

/// The tiny table in long form: series a and c with all 400 rows, b with rows [first, end).
std::string long_table(std::size_t first, std::size_t end) {
  std::string text = "unique_id,ds,y\n";
  const auto rows = lines_of(tiny_table());
  for (std::size_t series = 0; series < 3; ++series) {
    for (std::size_t row = series == 1 ? first : 0; row < (series == 1 ? end : 400); ++row) {
      std::istringstream fields(rows[row + 1]);
      std::string time, value;
      std::getline(fields, time, ',');
      for (std::size_t column = 0; column <= series; ++column) std::getline(fields, value, ',');
      text += std::string(1, "abc"[series]) + "," + time + "," + value + "\n";
    }
  }
  return text;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class Predict : public testing::Test {
 protected:
  Predict() {
    place.write("data.csv", tiny_table());
    EXPECT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  }
  Workplace place;
};

TEST_F(Predict, GoesOnFromTheLastValueOfAWideSeriesAsOfALongOne) {
  const auto rows = lines_of(tiny_table());
  std::string text;
  for (std::size_t row = 0; row <= 400; ++row) {  // b ends ten rows early
    std::istringstream fields(rows[row]);
    std::string time, a, b, c;
    for (std::string* field : {&time, &a, &b}) std::getline(fields, *field, ',');
    std::getline(fields, c);
    text += time + "," + a + "," + (row > 390 ? "" : b) + "," + c + "\n";
  }
  place.write("wide.csv", text);
  place.write("long.csv", long_table(0, 390));
  const Outcome wide = place.run({"predict", "run/model.vdn", "wide.csv", "--out", "wide-f.csv"});
  ASSERT_EQ(wide.code, 0) << wide.err;
  EXPECT_TRUE(
      holds(wide.err, "1 of 3 series ends before the last row and is forecast from there: 'b' from 2024-01-17 06"))
      << wide.err;
  ASSERT_EQ(place.run({"predict", "run/model.vdn", "long.csv", "--out", "long-f.csv"}).code, 0);
  EXPECT_EQ(place.read("wide-f.csv"), place.read("long-f.csv"));
}

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

/// Every series has as many paths as draws were chosen for it; columns behind them are empty.
TEST_F(Predict, PathsByUncertainty) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "auto.csv", "--paths", "auto"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.err.find("draws by uncertainty: "), std::string::npos) << run.err;
  const auto json = place.run({"predict", "run/model.vdn", "data.csv", "--json", "--paths", "auto"}).json();
  const auto lines = lines_of(place.read("auto.csv"));
  for (std::size_t d = 0; d < 3; ++d) {
    const auto& series = json.at("series").at(d);
    const std::size_t draws = series.at("draws");
    EXPECT_EQ(series.at("paths").size(), draws);
    EXPECT_GE(draws, 16u);
    std::istringstream fields(lines[1 + 4 * d]);
    std::string field;
    std::size_t filled = 0;
    while (std::getline(fields, field, ',')) filled += field.empty() ? 0 : 1;
    EXPECT_EQ(filled, 6 + draws) << lines[1 + 4 * d];
  }
  const Outcome plug_in =
      place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--paths", "auto", "--plug-in"});
  EXPECT_EQ(plug_in.code, 64);
  EXPECT_NE(plug_in.err.find("--paths auto"), std::string::npos) << plug_in.err;
  for (const char* word : {"some", "-1", "1.5", ""}) {
    const Outcome wrong = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--paths", word});
    EXPECT_EQ(wrong.code, 64) << word;
    EXPECT_NE(wrong.err.find("--paths"), std::string::npos) << wrong.err;
  }
}

TEST_F(Predict, WideHasAColumnASeries) {
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--wide", "--quantiles", ".5"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto lines = lines_of(run.out);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "ds,a mean,a q0.5,b mean,b q0.5,c mean,c q0.5");
}

/// Series b has 5 rows, at the end or long before; the model needs 8. The others are forecast as if b were whole.
TEST_F(Predict, LeavesAShortSeriesBlank) {
  for (const std::size_t first : {395, 100}) {
    place.write("short.csv", long_table(first, first + 5));
    const Outcome run = place.run({"predict", "run/model.vdn", "short.csv", "--out", "-", "--paths", "1"});
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.err, "no forecast of 'b': fewer than 8 observed rows before it\n");
    const auto lines = lines_of(run.out);
    const auto whole = lines_of(place.run({"predict", "run/model.vdn", "data.csv", "--out", "-", "--paths", "1"}).out);
    ASSERT_EQ(lines.size(), whole.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool of_b = i > 4 && i < 9;
      EXPECT_EQ(lines[i].rfind("b,", 0) == 0, of_b);
      EXPECT_EQ(lines[i].ends_with("0:00,,,,,"), of_b) << lines[i];
      EXPECT_EQ(lines[i] == whole[i], !of_b) << lines[i];
    }
  }
}

TEST_F(Predict, AShortSeriesIsNullInJsonAndBlankInWideTables) {
  place.write("short.csv", long_table(100, 105));
  const auto json = place.run({"predict", "run/model.vdn", "short.csv", "--json", "--paths", "2"}).json();
  EXPECT_EQ(json.at("ds").at(0), "2024-01-17 16:00:00") << "of those that have a forecast";
  const nlohmann::json nothing(4, nullptr);
  const auto& b = json.at("series").at(1);
  for (const char* figures : {"mean", "var_within", "var_latent"}) EXPECT_EQ(b.at(figures), nothing) << figures;
  EXPECT_EQ(b.at("quantiles").at("0.5"), nothing);
  EXPECT_EQ(b.at("paths").at(1), nothing);
  EXPECT_TRUE(json.at("series").at(2).at("mean").at(3).is_number());

  const Outcome wide = place.run({"predict", "run/model.vdn", "short.csv", "--wide", "--out", "-", "--quiet"});
  ASSERT_EQ(wide.code, 0) << wide.err;
  EXPECT_EQ(wide.err, "");
  const auto lines = lines_of(wide.out);
  ASSERT_EQ(lines.size(), 5u);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_NE(lines[i].find(",,,,,"), std::string::npos) << lines[i];
  EXPECT_EQ(lines[1].rfind("2024-01-17 16:00:00,", 0), 0u) << lines[1];
}

TEST_F(Predict, ChartsLeaveOutAShortSeries) {
  place.write("short.csv", long_table(395, 400));
  const Outcome run = place.run({"predict", "run/model.vdn", "short.csv", "--plot", "fan.svg"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(count_of(place.read("fan.svg"), ">b</text>"), 0u);
  EXPECT_EQ(count_of(place.read("fan.svg"), ">c</text>"), 1u);
  const Outcome asked = place.run(
      {"predict", "run/model.vdn", "short.csv", "--plot", "b.svg", "--plot-series", "b", "--out", "b.csv", "--quiet"});
  EXPECT_EQ(asked.code, 65);
  EXPECT_NE(asked.err.find("series 'b' has too few observed rows"), std::string::npos) << asked.err;
  EXPECT_FALSE(place.has("b.svg") || place.has("b.csv"));
}

/// A series that ends early is forecast from its own end, which one wide table cannot hold: told before anything is
/// written.
TEST_F(Predict, SeriesThatEndApartHaveTheirOwnTimes) {
  place.write("apart.csv", long_table(0, 390));
  const Outcome run = place.run({"predict", "run/model.vdn", "apart.csv", "--out", "-"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(lines_of(run.out)[5].rfind("b,2024-01-17 06:00:00,", 0), 0u) << run.out;
  const Outcome wide =
      place.run({"predict", "run/model.vdn", "apart.csv", "--wide", "--out", "f.csv", "--plot", "f.svg", "--quiet"});
  EXPECT_EQ(wide.code, 64);
  EXPECT_NE(wide.err.find("end at different times"), std::string::npos) << wide.err;
  EXPECT_FALSE(place.has("f.csv") || place.has("f.svg"));
}

TEST_F(Predict, RefusesWhenNoSeriesCanBeForecast) {
  place.write("data.csv", tiny_table(7));
  const Outcome run = place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv", "--plot", "f.svg"});
  EXPECT_EQ(run.code, 65);
  EXPECT_NE(run.err.find("series 'a': has 7 observed of 7 rows"), std::string::npos) << run.err;
  EXPECT_FALSE(place.has("f.csv") || place.has("f.svg"));
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
