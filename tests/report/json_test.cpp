#include <vdn/report/json.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

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
}

}  // namespace
}  // namespace vdn
