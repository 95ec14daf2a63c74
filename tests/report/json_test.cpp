#include <vdn/report/json.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include <vdn/core/error.hpp>
#include <vdn/report/table.hpp>

namespace vdn {
namespace {

using Json = nlohmann::json;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(MetricsJson, HoldsScaledAndOriginalFigures) {
  const Metrics scaled{0.352, 0.384, -0.1, 0.25, 0.8, 0.9, 0.125, 7, 28}, original{1, 2, 3, 4, 0.8, 0.9, 5, 7, 28};
  const Json json = Json::parse(metrics_json(scaled, original));
  EXPECT_EQ(json["mse"], 0.352);
  EXPECT_EQ(json["mae"], 0.384);
  EXPECT_EQ(json["nll"], -0.1);
  EXPECT_EQ(json["crps"], 0.25);
  EXPECT_EQ(json["coverage_80"], 0.8);
  EXPECT_EQ(json["coverage_90"], 0.9);
  EXPECT_EQ(json["pinball"], 0.125);
  EXPECT_EQ(json["windows"], 7);
  EXPECT_EQ(json["points"], 28);
  EXPECT_EQ(json["original"]["pinball"], 5);
  EXPECT_EQ(json["original"].size(), 9u);
}

TEST(MetricsJson, WritesNullForWhatIsNotFinite) {
  const Metrics none{nan, nan, std::numeric_limits<double>::infinity(), nan, nan, nan, nan, 0, 0};
  const Json json = Json::parse(metrics_json(none, none));
  for (const char* name : {"mse", "mae", "nll", "crps", "coverage_80", "coverage_90", "pinball"}) {
    EXPECT_TRUE(json[name].is_null()) << name;
    EXPECT_TRUE(json["original"][name].is_null()) << name;
  }
}

TEST(BacktestJson, HoldsEveryForecaster) {
  BacktestTable table;
  table.source = "flights \"x\" \xff";
  table.protocol = "ltsf";
  table.rows = {10, 20};
  table.horizon = 2;
  table.origins = 9;
  table.windows = 9;
  BacktestRow row;
  row.name = "vdn default";
  row.scaled.mse = 0.5;
  row.scaled_by_step.resize(2);
  row.scaled_by_step[1].crps = nan;
  row.scaled_by_series.resize(1);
  row.fit_seconds = 1.5;
  row.score_seconds = 0.25;
  table.rows_of_table = {row, row};
  table.rows_of_table[1].paths = PathScores{100, 9, 1.25, 1.5, .78, .93, 2.125, -.5};
  const Json json = Json::parse(backtest_json(table));
  EXPECT_EQ(json["source"], "flights \"x\" \xEF\xBF\xBD");
  EXPECT_EQ(json["protocol"], "ltsf");
  EXPECT_EQ(json["rows"], Json({{"begin", 10}, {"end", 20}}));
  EXPECT_EQ(json["horizon"], 2);
  EXPECT_EQ(json["origins"], 9);
  EXPECT_EQ(json["windows"], 9);
  ASSERT_EQ(json["models"].size(), 2u);
  const Json& model = json["models"][0];
  EXPECT_EQ(model["name"], "vdn default");
  EXPECT_EQ(model["mse"], 0.5);
  EXPECT_EQ(model["seconds_fit"], 1.5);
  EXPECT_EQ(model["seconds_score"], 0.25);
  EXPECT_EQ(model["by_step"]["crps"], Json({0.0, nullptr}));
  EXPECT_EQ(model["by_series"]["mse"].size(), 1u);
  EXPECT_FALSE(model.contains("paths"));
  EXPECT_EQ(json["models"][1]["paths"], (Json{{"paths", 100},
                                              {"windows", 9},
                                              {"energy", 1.25},
                                              {"energy_independent", 1.5},
                                              {"sum_coverage_80", .78},
                                              {"sum_coverage_90", .93},
                                              {"sum_crps", 2.125},
                                              {"joint_nll", -.5}}));
}

TEST(BacktestJson, ReadsBackWhatItWrote) {
  BacktestTable table;
  table.source = "flights";
  table.protocol = "auto";
  table.rows = {10, 20};
  table.horizon = 2;
  table.origins = 9;
  table.windows = 18;
  BacktestRow row;
  row.name = "vdn \"default\"";
  row.scaled = {0.352, 0.384, -0.1, 0.25, 0.8, 0.9, 0.125, 7, 28};
  row.original = {1, 2, nan, 4, 0.8, 0.9, 5, 7, 28};
  row.scaled_by_step = {row.scaled, row.original};
  row.scaled_by_series = {row.original};
  row.fit_seconds = 1.5;
  row.score_seconds = 0.25;
  for (std::size_t bin = 0; bin < pit_bins; ++bin) row.pit[bin] = 100 + bin;
  row.paths = PathScores{100, 17, 1.25, 1.5, .78, .93, 2.125};
  table.rows_of_table = {row, row};
  const BacktestTable back = parse_backtest_json(backtest_json(table));
  EXPECT_EQ(back.source, table.source);
  EXPECT_EQ(back.protocol, table.protocol);
  EXPECT_EQ(back.rows.begin, 10u);
  EXPECT_EQ(back.rows.end, 20u);
  EXPECT_EQ(back.horizon, 2u);
  EXPECT_EQ(back.origins, 9u);
  EXPECT_EQ(back.windows, 18u);
  ASSERT_EQ(back.rows_of_table.size(), 2u);
  const BacktestRow& again = back.rows_of_table[1];
  EXPECT_EQ(again.name, row.name);
  EXPECT_EQ(again.pit, row.pit);
  EXPECT_EQ(again.fit_seconds, 1.5);
  EXPECT_EQ(again.score_seconds, 0.25);
  ASSERT_TRUE(again.paths);
  EXPECT_EQ(again.paths->windows, 17u);
  EXPECT_EQ(again.paths->sum_crps, 2.125);
  EXPECT_EQ(again.scaled.nll, -0.1);
  EXPECT_EQ(again.scaled.points, 28u);
  EXPECT_TRUE(std::isnan(again.original.nll));
  EXPECT_EQ(again.original.pinball, 5);
  ASSERT_EQ(again.scaled_by_step.size(), 2u);
  EXPECT_EQ(again.scaled_by_step[0].crps, 0.25);
  EXPECT_TRUE(std::isnan(again.scaled_by_series[0].nll));
  EXPECT_EQ(backtest_json(back), backtest_json(table)) << "nothing is lost";
}

TEST(BacktestJson, ReadsDocumentsWithoutTheJointNll) {
  BacktestTable table;
  BacktestRow row;
  row.name = "old";
  row.paths = PathScores{100, 17, 1.25, 1.5, .78, .93, 2.125, .5};
  table.rows_of_table = {row};
  Json document = Json::parse(backtest_json(table));
  document["models"][0]["paths"].erase("joint_nll");
  const PathScores old = parse_backtest_json(document.dump()).rows_of_table[0].paths.value();
  EXPECT_TRUE(std::isnan(old.joint_nll));
  EXPECT_EQ(old.sum_crps, 2.125);
  EXPECT_NE(path_table(parse_backtest_json(document.dump())).find(" -\n"), std::string::npos);
}

TEST(BacktestJson, ReadsDocumentsWithoutProbabilities) {
  BacktestTable table;
  table.rows_of_table.resize(1);
  Json json = Json::parse(backtest_json(table));
  json["command"] = "backtest";
  json["models"][0].erase("pit");
  EXPECT_EQ(parse_backtest_json(json.dump()).rows_of_table[0].pit, PitCounts{});
}

TEST(BacktestJson, RefusesOtherDocuments) {
  BacktestTable table;
  table.rows_of_table.resize(1);
  const Json good = Json::parse(backtest_json(table));
  Json other = good, uneven = good;
  other["models"][0]["crps"] = "low";
  uneven["models"][0]["by_step"]["mse"] = {1, 2};
  for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("{\"models\": 3}"),
                                  other.dump(), uneven.dump()}) {
    try {
      parse_backtest_json(text);
      ADD_FAILURE() << text << " was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), 65) << error.what();
    }
  }
}

TEST(MetricsJson, ReadsBackWhatItWrote) {
  const Metrics scaled{0.352, 0.384, -0.1, 0.25, 0.8, 0.9, 0.125, 7, 28}, original{1, 2, 3, 4, 0.8, nan, 5, 7, 28};
  const BacktestRow row = parse_metrics_json(metrics_json(scaled, original));
  EXPECT_EQ(row.scaled.mse, 0.352);
  EXPECT_EQ(row.scaled.windows, 7u);
  EXPECT_TRUE(std::isnan(row.original.coverage_90));
  EXPECT_THROW(parse_metrics_json("{}"), Error);
}

}  // namespace
}  // namespace vdn
