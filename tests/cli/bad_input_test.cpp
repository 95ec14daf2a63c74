// What users get wrong, one row each: the exit code, the sentence, and nothing left behind.

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

struct Case {
  std::string name;
  std::vector<std::string> words;
  int code;
  std::string message;                                       ///< part of standard error
  std::string table = tiny_table();                          ///< data.csv
  std::vector<std::pair<std::string, std::string>> files{};  ///< others
};

using Words = std::vector<std::string>;

Words fit(const Words& more) {
  return tiny_fit(more);
}
Words fit_table(const std::string& table) {
  Words words = tiny_fit();
  words[1] = table;
  return words;
}

std::string rows_of(const std::string& header, const std::string& values, int rows) {
  std::string text = header + "\n";
  for (int row = 0; row < rows; ++row) text += std::to_string(row) + "," + values + "\n";
  return text;
}

/// Cases of the program and of `fit`; data.csv is a good table unless the row says otherwise.
std::vector<Case> fit_cases() {
  return {
      {"unknown_command", {"fti"}, 64, "did you mean 'fit'?"},
      {"far_command", {"dance"}, 64, "commands are fit, backtest"},
      {"unknown_option", {"fit", "data.csv", "--horzion", "4"}, 64, "did you mean '--horizon'?"},
      {"missing_horizon", {"fit", "data.csv"}, 64, "--horizon is required"},
      {"missing_data", {"fit", "--horizon", "4"}, 64, "DATA is required"},
      {"horizon_0", {"fit", "data.csv", "--horizon", "0"}, 78, "the horizon must be at least 1"},
      {"horizon_word", {"fit", "data.csv", "--horizon", "day"}, 64, "--horizon"},
      {"horizon_negative", {"fit", "data.csv", "--horizon", "-4"}, 64, "--horizon"},
      {"missing_file", fit_table("sales.csv"), 66, "sales.csv: there is no such file"},
      {"near_name", fit_table("flihgts"), 66, "did you mean 'flights'?"},
      {"absent_set", fit_table("traffic"), 66, "is not on this machine"},
      {"directory", fit_table("."), 66, ".: "},
      {"empty_file", fit({}), 65, "data.csv", ""},
      {"header_only", fit({}), 65, "a header but no rows", "ds,a,b\n"},
      {"text_among_numbers", fit({}), 65, "data.csv:3", "ds,a\n2024-01-01,1\n2024-01-02,two\n2024-01-03,3\n"},
      {"ragged_rows", fit({}), 65, "data.csv:3", "ds,a,b\n2024-01-01,1,2\n2024-01-02,1\n"},
      {"short_series", fit({}), 65, "too short for lookback 24 + horizon 4", tiny_table(30)},
      {"very_short_series", fit({}), 65, "too short", tiny_table(1)},
      {"short_series_all", fit({"--split", "all"}), 65, "too short", tiny_table(9)},
      {"missing_series", fit({}), 65, "b", rows_of("t,a,b", "1,NA", 400)},
      {"unknown_parameter", fit({"--set", "neuron.cuont=8"}), 78, "did you mean 'neuron.count'?"},
      {"out_of_range", fit({"--set", "head.dropout=2"}), 78, "head.dropout: 2 is out of range; allowed: 0 to 0.95"},
      {"not_key_value", fit({"--set", "train.epochs"}), 78, "is not key=value"},
      {"lookback_word",
       {"fit", "data.csv", "--horizon", "4", "--lookback", "week"},
       78,
       "'week' is not a whole number"},
      {"option_twice", fit({"--lookback", "30"}), 64, "--lookback"},
      {"lookback_0", {"fit", "data.csv", "--horizon", "4", "--lookback", "0"}, 78, "--lookback"},
      {"seed_word", fit({"--seed", "x"}), 78, "--seed"},
      {"bad_toml", fit({"--config", "s.toml"}), 78, "s.toml:2", tiny_table(), {{"s.toml", "[train]\nepochs = = 3\n"}}},
      {"toml_key", fit({"--config", "s.toml"}), 78, "s.toml:2", tiny_table(), {{"s.toml", "[train]\nepoch = 3\n"}}},
      {"toml_array", fit({"--config", "s.toml"}), 78, "array", tiny_table(), {{"s.toml", "[train]\nepochs = [3]\n"}}},
      {"missing_toml", fit({"--config", "s.toml"}), 66, "s.toml: there is no such settings file"},
      {"unknown_preset", fit({"--preset", "refrence"}), 78, "did you mean 'reference'?"},
      {"unknown_twin", fit({"--twin", "evil"}), 78, "there is no twin 'evil'"},
      {"unknown_split", fit({"--split", "lstf"}), 78, "did you mean 'ltsf'?"},
      {"threads_word", fit({"--threads", "many"}), 64, "--threads"},
      {"out_below_a_file", fit({"--out", "data.csv/run"}), 73, "data.csv/run"},
      {"out_is_a_file", fit({"--out", "data.csv"}), 73, "data.csv"},
      {"data_name", {"data", "path", "flihgts"}, 66, "did you mean 'flights'?"},
      {"data_check_name", {"data", "check", "nothing-like-it"}, 66, "no data set of that name"},
      {"data_nothing", {"data"}, 64, "subcommand"},
      {"model_missing", {"predict", "no.vdn", "data.csv", "--out", "-"}, 66, "no.vdn"},
      {"model_is_a_table", {"predict", "data.csv", "data.csv", "--out", "-"}, 65, "data.csv"},
      {"predict_no_out", {"predict", "m.vdn", "data.csv"}, 64, "--out is required"},
      {"predict_out_twice", {"predict", "m.vdn", "data.csv", "--out", "-", "--json"}, 64, "both want standard output"},
  };
}

/// Cases that need run/model.vdn, fitted on data.csv; all/model.vdn held nothing out.
std::vector<Case> model_cases() {
  const std::string other = rows_of("t,x,y,z", "1,2,3", 400);
  const auto predict = [](const Words& more) {
    Words words{"predict", "run/model.vdn", "data.csv", "--out", "f.csv"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  return {
      {"other_series",
       {"predict", "run/model.vdn", "o.csv", "--out", "f.csv"},
       65,
       "has no series 'a', 'b', 'c', which the model was fitted on, and has 'x', 'y', 'z'",
       "",
       {{"o.csv", other}}},
      {"too_few_rows",
       {"predict", "run/model.vdn", "o.csv", "--out", "f.csv"},
       65,
       "has 7 observed of 7 rows before the forecast, the model reads 24",
       "",
       {{"o.csv", tiny_table(7)}}},
      {"level_above_1", predict({"--quantiles", ".5,1.5"}), 64, "1.5"},
      {"level_0", predict({"--quantiles", "0"}), 64, "0"},
      {"level_word", predict({"--quantiles", "median"}), 64, "--quantiles"},
      {"predict_below_a_file",
       {"predict", "run/model.vdn", "data.csv", "--out", "data.csv/f.csv"},
       73,
       "data.csv/f.csv"},
      {"truncated_model", {"predict", "cut.vdn", "data.csv", "--out", "f.csv"}, 65, "cut.vdn"},
      {"changed_model", {"predict", "changed.vdn", "data.csv", "--out", "f.csv"}, 65, "changed.vdn"},
      {"unknown_protocol", {"backtest", "run/model.vdn", "data.csv", "--protocol", "lstf"}, 64, "lstf"},
      {"plot_series", {"backtest", "run/model.vdn", "data.csv", "--plot", "f.svg", "--plot-series", "a,d"}, 64, "d"},
      {"plot_origin", {"backtest", "run/model.vdn", "data.csv", "--plot", "f.svg", "--plot-origin", "9"}, 64, "320"},
      {"seen_rows", {"backtest", "all/model.vdn", "data.csv"}, 65, "hold no window"},
      {"seen_rows_ltsf",
       {"backtest", "all/model.vdn", "data.csv", "--protocol", "ltsf"},
       65,
       "has seen 80 of the 80 test rows"},
      {"twins_of_other_series", {"backtest", "run/model.vdn", "flights", "--twins"}, 65, "has 12 series"},
      {"twins_of_other_rows",
       {"backtest", "run/model.vdn", "o.csv", "--twins"},
       65,
       "",
       "",
       {{"o.csv", tiny_table(300)}}},
  };
}

void write_files(const Workplace& place, const Case& row) {
  place.write("data.csv", row.table);
  for (const auto& [name, content] : row.files) place.write(name, content);
}

void expect_refusal(const Workplace& place, const Case& row) {
  const auto before = place.listing();
  const Outcome run = place.run(row.words);
  EXPECT_EQ(run.code, row.code) << run.err;
  EXPECT_NE(run.err.find(row.message), std::string::npos) << run.err;
  EXPECT_EQ(run.err.rfind("vdn", 0), 0u) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;  // one sentence
  const bool wants_json = std::find(row.words.begin(), row.words.end(), "--json") != row.words.end();
  EXPECT_EQ(run.out.empty(), !wants_json);
  EXPECT_EQ(place.listing(), before);  // nothing half-written
  if (wants_json) return;
  Words words = row.words;
  words.push_back("--json");
  std::replace(words.begin(), words.end(), std::string("-"), std::string("f.csv"));
  const Outcome json = place.run(words);
  EXPECT_NE(json.code, 0);
  EXPECT_EQ(json.json().at("error").at("exit_code"), json.code) << json.out;
  EXPECT_EQ(place.listing(), before);
}

std::string name_of(const testing::TestParamInfo<Case>& row) {
  return row.param.name;
}
void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

class BadInput : public testing::TestWithParam<Case> {};
TEST_P(BadInput, IsRefused) {
  const Workplace place;
  write_files(place, GetParam());
  expect_refusal(place, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Fit, BadInput, testing::ValuesIn(fit_cases()), name_of);

TEST(BadInputToModels, IsRefused) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--split", "all", "--out", "all"})).code, 0);
  const std::string model = place.read("run/model.vdn");
  place.write("cut.vdn", model.substr(0, model.size() / 2));
  std::string changed = model;
  changed[changed.size() / 2] ^= 1;
  place.write("changed.vdn", changed);
  for (const Case& row : model_cases()) {
    SCOPED_TRACE(row.name);
    for (const auto& [name, content] : row.files) place.write(name, content);
    expect_refusal(place, row);
  }
}

TEST(BadInputLater, ARefusedFitLeavesTheOldModelAlone) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  ASSERT_EQ(place.run(tiny_fit({"--quiet", "--no-test"})).code, 0);
  const std::string before = place.read("run/model.vdn");
  EXPECT_EQ(place.run(tiny_fit({"--set", "train.learning_rate=99"})).code, 78);
  EXPECT_EQ(place.read("run/model.vdn"), before);
}

}  // namespace
}  // namespace vdn::test
