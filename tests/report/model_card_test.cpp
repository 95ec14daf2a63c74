#include <vdn/report/model_card.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>

#include <vdn/core/version.hpp>

#include "report/fitted_model.hpp"
#include "support/support.hpp"

namespace vdn {
namespace {

using test::holds;

using test::fitted_model;

BacktestRow scored(double coverage_80, double coverage_90) {
  BacktestRow row;
  row.scaled = {0.25, 0.5, -0.75, 0.375, coverage_80, coverage_90, 0.125, 154, 616};
  row.original = {16, 4, 1.5, 3, coverage_80, coverage_90, 1, 154, 616};
  return row;
}

std::string card(const CardFacts& facts = {"vdn fit small_file.csv --horizon 4", scored(0.79, 0.91)}) {
  return model_card(fitted_model(), test::small_data().series, facts);
}

TEST(ModelCard, TellsDataSettingsFiguresAndMaker) {
  const std::string text = card();
  for (const char* part :
       {"# Model card: small\\_file.csv",
        "400 rows of 2 series, step 1 hour, 2020-01-01 00:00:00 to 2020-01-17 15:00:00", "Missing values: 2 (0.2%)",
        "Read with missing = -9999", "`0123456789abcdef`",
        "| training | 280 | 2020-01-01 00:00:00 | 2020-01-12 15:00:00 |",
        "| test | 80 | 2020-01-14 08:00:00 | 2020-01-17 15:00:00 |", "| a | 100 | 7 | 0 |", "seed 7", "epoch 3 kept",
        "| `train.seed` | 7 | 0 | --seed |", "| `train.epochs` | 2 | 150 | my\\_fit.toml:12 |",
        "NLL -0.125, MSE 0.0625", "Test, 154 windows", "| MSE | 0.25 | 16 |", "| CRPS | 0.375 | 3 |",
        "| 80% interval covers | 79.0% |", "```sh\nvdn fit small_file.csv --horizon 4\n```"}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  EXPECT_TRUE(holds(text, std::string("vdn ") + version()));
}

TEST(ModelCard, LimitsAreFacts) {
  const std::string text = card();
  for (const char* part :
       {"forecasts the next 4 rows (step 1 hour)", "reads the 24 rows before", "these 2 series",
        "seen the rows until 2020-01-14 07:00:00",
        "80% interval covered 79.0% and its 90% interval 91.0% of the test values: about right on average."}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  for (const char* part : {"unbounded", "constant", "interrupted", "a control"})
    EXPECT_FALSE(holds(text, part)) << part;
  EXPECT_TRUE(holds(card({"", scored(0.6, 0.7)}), "too narrow"));
  EXPECT_TRUE(holds(card({"", scored(0.9, 0.97)}), "too wide"));
}

TEST(ModelCard, NamesTheSeriesWhoseIntervalsAreOff) {
  BacktestRow row = scored(.8, .9);
  row.scaled_by_series = {scored(.8, .84).scaled, scored(.8, .97).scaled};
  const std::string text = card({"", row});
  EXPECT_TRUE(holds(text, "off by more than 3 points in 2 of 2, most in b (97.0%)")) << text;
  row.scaled_by_series = {scored(.8, .91).scaled, scored(.8, .89).scaled};
  EXPECT_FALSE(holds(card({"", row}), "Series by series"));
}

TEST(ModelCard, TellsThatItKnowsNoBounds) {
  SeriesSet set = test::small_data().series;
  for (double& value : set.values) value = std::abs(value);
  EXPECT_TRUE(holds(model_card(fitted_model(), set, {}), "2 of the 2 series were never negative"));
  for (double& value : set.values) value = -1 - value;
  EXPECT_FALSE(holds(model_card(fitted_model(), set, {}), "knows no bounds"));
}

TEST(ModelCard, TellsThatAPeriodicLineKnowsTheCalendar) {
  EXPECT_TRUE(holds(card(), "reads nothing but the past of the series: no holidays"));
  const Forecaster plain = fitted_model();
  LinearPath line = plain.line();
  line.profile = {24, std::vector<float>(48)};
  const Forecaster model(plain.settings(), "default", plain.scaler(), plain.data(), line);
  EXPECT_TRUE(holds(model_card(model, test::small_data().series, {}),
                    "the past of the series and where in a cycle of 24 rows (1 day) it stands: no holidays"));
}

TEST(ModelCard, WarnsOfAtomsConstantsTwinsAndInterruptions) {
  SeriesSet series = test::small_data().series;
  for (std::size_t t = 0; t < 40; ++t) series.values[t * 10] = 0.0;  // 40 of 400, then less four missing
  for (std::size_t t = 1; t < 5; ++t) series.values[t] = std::numeric_limits<double>::quiet_NaN();
  Forecaster model = fitted_model(with_twin(test::small_settings(), Twin::noise));
  model.training().interrupted = true;
  std::string text = model_card(model, series, {"", {}, "training was interrupted"});
  for (const char* part :
       {"no NLL below may be compared, because of a (10.1% of it is 0)", "Training was interrupted", "the noise twin",
        "not scored: training was interrupted", "was not measured on rows", "| a | 100 | 7 | 4 | 0 in 10.1% |"}) {
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
  }
  model.training().best_epoch = 0;
  text = model_card(model, series, {"", {}, "training was interrupted"});
  EXPECT_TRUE(holds(text, "never checked")) << text;
  const Forecaster flat(model.settings(), "default", Scaler{{0, 3}, {1, 1}, {1}}, model.data(), LinearPath{});
  EXPECT_TRUE(holds(model_card(flat, series, {}), "1 series is constant in the training rows, e.g. b"));
}

TEST(ModelCard, TablesAreWholeWhateverTheNames) {
  SeriesSet series = test::small_data().series;
  series.names = {"a|b *c* <d>\n# e", "`f`"};
  const std::string text = model_card(fitted_model(), series, {});
  EXPECT_TRUE(holds(text, "| a\\|b \\*c\\* \\<d\\> \\# e |")) << text;
  EXPECT_TRUE(holds(text, "| \\`f\\` |")) << text;
  std::istringstream lines(text);
  std::size_t cells = 0;
  for (std::string line; std::getline(lines, line);) {  // every row of a table has as many cells as its heading
    if (line.empty() || line[0] != '|') {
      cells = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
}

TEST(ModelCard, ListsNoMoreThanThirtySeries) {
  SeriesSet series = test::small_data(400, 2).series;
  std::vector<double> mean(40, 1.0);
  series.names.assign(40, "s");
  series.values.assign(40 * 400, 1.0);
  const Forecaster few = fitted_model();
  const Forecaster model(few.settings(), "default", Scaler{mean, mean, {}}, few.data(), LinearPath{});
  const std::string text = model_card(model, series, {});
  EXPECT_TRUE(holds(text, "and 10 more.")) << text;
  EXPECT_TRUE(holds(text, "and 37 more")) << text;  // atoms
}

}  // namespace
}  // namespace vdn
