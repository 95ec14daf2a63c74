// Model files of every version ever released are kept in tests/io/data and must load and forecast for ever.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <vdn/data/scaling.hpp>
#include <vdn/io/model_file.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

using nlohmann::json;

constexpr double tolerance = 2e-5;  // families of kernels round differently

json expectation(const std::string& name) {
  return json::parse(std::ifstream(test::source_folder() / "tests/io/data" / name));
}

void expect_rows(const Matrix<float>& rows, const json& expected, const char* what) {
  ASSERT_EQ(rows.rows, expected.size()) << what;
  for (std::size_t i = 0; i < rows.rows; ++i) {
    ASSERT_EQ(rows.cols, expected[i].size()) << what;
    for (std::size_t j = 0; j < rows.cols; ++j) {
      EXPECT_NEAR(rows(i, j), expected[i][j].get<double>(), tolerance) << what << " " << i << ", " << j;
    }
  }
}

/// The forecasts the file gave when it was written: component means, scales and log weights in scaled units.
void expect_forecasts(Forecaster& model, const json& expected) {
  SeriesSet set;
  for (const json& values : expected.at("values")) {
    set.names.push_back(model.data().series_names.at(set.names.size()));
    set.times.resize(values.size());
    for (const json& value : values) set.values.push_back(value.get<double>());
  }
  std::vector<Window> windows;
  for (const json& w : expected.at("windows"))
    windows.push_back({w[0].get<std::uint32_t>(), w[1].get<std::uint32_t>()});
  const auto scaled = scale_series(set, model.scaler());
  Scheduler scheduler(2);
  ForecastBatch forecast;
  model.forecast({scaled.data(), set.count(), set.length()}, windows, forecast, scheduler);
  expect_rows(forecast.mean(), expected.at("mean"), "mean");
  expect_rows(forecast.scale(), expected.at("scale"), "scale");
  expect_rows(forecast.log_weight(), expected.at("log_weight"), "log weight");
}

std::string kept(const std::string& name) {
  return (test::source_folder() / "tests/io/data" / name).string();
}

TEST(OldFiles, Version1ForecastsAsItDid) {
  Forecaster model = load_model(kept("model_v1.vdn"));
  EXPECT_EQ(model.settings().neurons, 3u);
  EXPECT_EQ(model.settings().dims, 2u);
  EXPECT_EQ(model.data().series_names, (std::vector<std::string>{"north", "south"}));
  EXPECT_EQ(model.data().borders, (Borders{112, 128, 160}));
  EXPECT_EQ(model.data().seen_until, 1709708400);
  EXPECT_EQ(model.training().best_epoch, 23u);
  expect_forecasts(model, expectation("model_v1.json"));
}

}  // namespace
}  // namespace vdn
