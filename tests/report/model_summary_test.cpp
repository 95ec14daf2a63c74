#include <vdn/report/model_summary.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "report/fitted_model.hpp"
#include "support/support.hpp"

namespace vdn {
namespace {

using test::holds;

TEST(ModelSummary, SettingsThatDifferComeFirst) {
  const Forecaster model = test::fitted_model();
  const auto rows = setting_rows(model);
  EXPECT_EQ(rows.size(), settings_table().parameters().size());
  std::size_t changed = 0;
  for (const SettingRow& row : rows) {
    EXPECT_EQ(row.changed, row.value != row.preset_value) << row.name;
    if (row.changed) ++changed;
  }
  ASSERT_GT(changed, 5u);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].changed, i < changed) << rows[i].name;
  EXPECT_EQ(rows[0].name, "window.lookback");
  EXPECT_EQ(rows[0].value, "24");
  EXPECT_EQ(rows[0].preset_value, "336");
  EXPECT_EQ(rows[0].origin, "");
  const auto seed = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.name == "train.seed"; });
  EXPECT_EQ(seed->origin, "--seed");
}

TEST(ModelSummary, CountsParametersWithoutPadding) {
  const Forecaster model = test::fitted_model();
  std::size_t count = 0;
  for (const auto& entry : model.network().layout().entries()) count += entry.slot.rows * entry.slot.cols;
  EXPECT_EQ(parameter_count(model), count);
  EXPECT_LT(parameter_count(model), model.network().layout().size());
}

TEST(ModelSummary, TellsOfTheMacroLatentWhereThereIsOne) {
  Settings s = test::small_settings();
  EXPECT_FALSE(holds(model_summary_text(test::fitted_model(s), "m.vdn", 1), "macro latent"));
  s.prior = Prior::hierarchical;
  Forecaster model = test::fitted_model(s);
  model.regime().macro_kl = 2.5;
  EXPECT_TRUE(holds(model_summary_text(model, "m.vdn", 1), "4.0 nats told in all, 2.5 nats in the macro latent"));
}

TEST(ModelSummary, TextTellsEverything) {
  const std::string text = model_summary_text(test::fitted_model(), "run/model.vdn", 12345);
  for (const char* part : {"Model run/model.vdn",
                           "4 rows ahead from 24 rows (horizon from --horizon)",
                           "8 neurons of 1 dimension,",
                           "12345 bytes",
                           "Data small_file.csv",
                           "400 rows of 2 series, step 1 hour",
                           "2020-01-01 00:00:00 to 2020-01-17 15:00:00",
                           "rows [0, 280) until 2020-01-12 15:00:00",
                           "rows [320, 400) until 2020-01-17 15:00:00",
                           "2 values",
                           "missing -9999",
                           "0123456789abcdef",
                           "a, b",
                           "3 of 5 run",
                           "77 in 1.2 s",
                           "nll -0.125, mse 0.0625",
                           "vdn 0.1.0",
                           "88% alive, 4.0 nats",
                           "my_fit.toml:12",
                           "preset says",
                           "neuron.mu.weight",
                           "8 x 12"}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(ModelSummary, RegimeTableSpreadsOverTheNeurons) {
  const std::string text = model_summary_text(test::fitted_model(), "m", 1);
  // mu2 is 8 ... 1: cuts at sorted positions 0, 1, 3, 5, 7
  EXPECT_TRUE(holds(text, "mu2     0.5   1      2     4       6     8")) << text;
  EXPECT_TRUE(holds(text, "info    0.5   0.5    0.5   0.5     0.5   0.5")) << text;
}

TEST(ModelSummary, SaysWhatIsNotRecorded) {
  Forecaster model = test::fitted_model();
  model.regime() = {};
  model.origins().clear();
  model.training() = {0, 0, 3, 0.1, NAN, NAN, true};
  const std::string text = model_summary_text(model, "m", 1);
  for (const char* part : {"regime is not recorded", "not recorded", "Training (interrupted)",
                           "stopped before the first validation", "nll -, mse -"}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  const auto json = nlohmann::json::parse(model_summary_json(model, "m", 1));
  EXPECT_TRUE(json.at("regime").is_null());
  EXPECT_TRUE(json.at("version").is_null());
  model.regime().mu2.assign(8, 1.0f);  // a file may hold one of the four alone
  EXPECT_TRUE(holds(model_summary_text(model, "m", 1), "regime is not recorded"));
  EXPECT_TRUE(json.at("training").at("validation").at("nll").is_null());
}

TEST(ModelSummary, JsonHoldsTheSame) {
  const auto json = nlohmann::json::parse(model_summary_json(test::fitted_model(), "run/model.vdn", 12345));
  EXPECT_EQ(json.at("model"), "run/model.vdn");
  EXPECT_EQ(json.at("bytes"), 12345);
  EXPECT_EQ(json.at("parameters"), parameter_count(test::fitted_model()));
  EXPECT_EQ(json.at("data").at("borders").at("validation"),
            (nlohmann::json{{"begin", 280}, {"end", 320}, {"last_time", "2020-01-14 07:00:00"}}));
  EXPECT_EQ(json.at("data").at("reading").at("missing"), "-9999");
  EXPECT_EQ(json.at("regime").at("alive"), 0.875);
  EXPECT_EQ(json.at("regime").at("by_neuron").at("mu2").size(), 8u);
  EXPECT_EQ(json.at("settings").at("train.seed"),
            (nlohmann::json{{"value", "7"}, {"preset", "0"}, {"origin", "--seed"}}));
  EXPECT_EQ(json.at("tensors").size(), test::fitted_model().network().layout().entries().size());
}

}  // namespace
}  // namespace vdn
