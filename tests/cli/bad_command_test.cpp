// Commands, options, settings and outputs users get wrong, one row each.

#include "cli/refusal.hpp"

namespace vdn::test {
namespace {

/// A fit with s.toml of that content.
Case toml(const std::string& name, const std::string& content, int code, const std::string& message) {
  return {name, fit({"--config", "s.toml"}), code, message, tiny_table(), {{"s.toml", content}}};
}
Words fit_table(const std::string& table) {
  Words words = fit();
  words[1] = table;
  return words;
}
/// A fit with this horizon and nothing else.
Words horizon(const Words& more) {
  Words words{"fit", "data.csv", "--horizon"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// The words of the command line.
std::vector<Case> command_cases() {
  return {
      {"unknown_command", {"fti"}, 64, "did you mean 'fit'?"},
      {"far_command", {"dance"}, 64, "commands are fit, backtest"},
      {"empty_command", {""}, 64, "unknown command ''"},
      {"unknown_option", {"fit", "data.csv", "--horzion", "4"}, 64, "did you mean '--horizon'?"},
      {"option_of_another_command", {"inspect", "data.csv", "--epochs", "4"}, 64, "unknown option '--epochs'"},
      {"option_twice", fit({"--lookback", "30"}), 64, "--lookback"},
      {"two_tables", fit({"more.csv"}), 64, "not expected: more.csv"},
      {"option_for_a_value",
       {"inspect", "data.csv", "--missing", "--horizon", "4"},
       64,
       "--missing needs a value, and '--horizon' behind it looks like another option; write --missing=VALUE"},
      {"option_for_a_name", fit({"--id-column", "--quiet"}), 64, "--id-column needs a value, and '--quiet'"},
      {"nothing_behind_equals", fit({"--missing=", "--quiet"}), 64, "'--missing=' gives no value"},
      {"table_for_a_mark",
       {"inspect", "--missing", "data.csv"},
       64,
       "DATA|MODEL is required; --missing took 'data.csv'"},
      {"table_for_a_mark_fitted",
       {"fit", "--missing", "data.csv", "--horizon", "4"},
       64,
       "DATA is required; --missing took 'data.csv' for its value"},
      {"option_for_a_value_of_data", {"data", "get", "etth1", "--dir", "--json"}, 64, "--dir needs a value"},
      {"no_levels",
       {"predict", "m.vdn", "data.csv", "--out", "f.csv", "--quantiles", ""},
       64,
       "--quantiles: '' is not a level; give numbers between 0 and 1 such as .1,.5,.9"},
      {"level_word", {"predict", "m.vdn", "data.csv", "--out", "f.csv", "--quantiles", ".1,median"}, 64, "'median' is"},
      {"no_value_at_the_end", fit({"--missing"}), 64, "--missing"},
      {"missing_horizon", {"fit", "data.csv"}, 64, "--horizon is required"},
      {"missing_data", {"fit", "--horizon", "4"}, 64, "DATA is required"},
      {"horizon_0", horizon({"0"}), 64, "--horizon"},
      {"horizon_word", horizon({"day"}), 64, "--horizon"},
      {"horizon_negative", horizon({"-4"}), 64, "--horizon"},
      {"horizon_of_20_digits", horizon({"10000000000000000000"}), 64, "--horizon"},
      {"horizon_longer_than_data", horizon({"500"}), 65, "has 280 rows and needs 508"},
      {"lookback_word", horizon({"4", "--lookback", "week"}), 78, "'week' is not a whole number"},
      {"lookback_0", horizon({"4", "--lookback", "0"}), 78, "--lookback"},
      {"lookback_negative", horizon({"4", "--lookback", "-7"}), 78, "--lookback"},
      {"lookback_of_a_million", horizon({"4", "--lookback", "1000000"}), 78, "allowed: auto or 1 to 100000"},
      {"lookback_longer_than_data", horizon({"4", "--lookback", "5000", "--set", "window.least_context=300"}), 65,
       "needs 304"},
      {"probts_lookback", fit({"--split", "probts"}), 78, "protocol probts gives 96; fit with --lookback 96"},
      {"unknown_split", fit({"--split", "lstf"}), 78, "did you mean 'ltsf'?"},
      {"seed_word", fit({"--seed", "x"}), 78, "--seed"},
      {"threads_word", fit({"--threads", "many"}), 64, "--threads"},
      {"threads_negative", fit({"--threads", "-1"}), 64, "--threads"},
      {"json_without_command", {"--json"}, 64, "unknown option '--json'"},
      {"report_of_nothing", {"report", "nowhere"}, 66, "there is no such folder"},
      {"report_of_a_table", {"report", "data.csv"}, 66, "is not a folder"},
      {"report_of_no_run", {"report", "r"}, 66, "holds no run", tiny_table(), {{"r/", ""}}},
      {"report_of_rubbish",
       {"report", "r"},
       65,
       "holds nothing a report could show",
       tiny_table(),
       {{"r/", ""}, {"r/model.vdn", "no model"}, {"r/events.jsonl", "{]\n"}, {"r/report.html", "an older page"}}},
      {"init_over_a_file",
       {"init", "data.csv", "--horizon", "4"},
       73,
       "data.toml: exists and is kept",
       tiny_table(),
       {{"data.toml", "[train]\n"}}},
      {"init_no_horizon", {"init", "data.csv"}, 64, "--horizon is required"},
      {"init_short", {"init", "data.csv", "--horizon", "4"}, 65, "no fit with horizon 4 is possible", tiny_table(5)},
      {"init_into_a_folder", {"init", "data.csv", "--horizon", "4", "--force", "--out", "."}, 73, "cannot be created"},
      {"inspect_html_folder", {"inspect", "data.csv", "--html", "."}, 73, "cannot be created"},
      {"data_nothing", {"data"}, 64, "subcommand"},
      {"data_name", {"data", "path", "flihgts"}, 66, "did you mean 'flights'?"},
      {"data_check_name", {"data", "check", "nothing-like-it"}, 66, "no data set of that name"},
      {"data_get_name", {"data", "get", "nothing-like-it"}, 66, "no data set of that name"},
      {"out_below_a_file", fit({"--out", "data.csv/run"}), 73, "data.csv/run"},
      {"out_is_a_file", fit({"--out", "data.csv"}), 73, "data.csv"},
      {"out_is_nothing", fit({"--out", ""}), 73, "cannot be created"},
  };
}

/// The data file itself.
std::vector<Case> file_cases() {
  return {
      {"missing_file", fit_table("sales.csv"), 66, "sales.csv: there is no such file"},
      {"near_name", fit_table("flihgts"), 66, "did you mean 'flights'?"},
      {"absent_set", fit_table("traffic"), 66, "is not on this machine"},
      {"no_name", fit_table(""), 66, "there is no such file"},
      {"directory", fit_table("."), 66, ".: is a directory"},
      {"name_with_line_break", fit_table("a\nb.csv"), 66, "a\\nb.csv: there is no such file"},
      {"name_of_escapes", fit_table("\x1b[31m.csv"), 66, "\\x1b[31m.csv"},
      {"name_of_5000_bytes", fit_table(std::string(5000, 'x')), 66, "no such file"},
      {"empty_device", fit_table("/dev/null"), 65, "is empty"},
      {"endless_device", {"inspect", "/dev/zero"}, 65, "a line of more than 64 MB"},
      {"empty_input", {"fit", "-", "--horizon", "4"}, 65, "standard input: is empty"},
  };
}

/// Settings of control that contradict each other.
std::vector<Case> control_cases() {
  return {
      {"unknown_mode", fit({"--set", "control.mode=homeostatis"}), 78, "did you mean 'homeostasis'?"},
      {"unknown_constraint", fit({"--set", "control.mode=penalty+gard"}), 78, "did you mean 'guard'?"},
      {"beta_10", fit({"--set", "neuron.beta=10"}), 78, "neuron.beta: 10 is out of range; allowed: 0 to 1"},
      {"phi_above_one", fit({"--set", "neuron.phi=1.5"}), 78, "neuron.phi: 1.5 is out of range"},
      {"band_of_nothing", fit({"--set", "band.upper=0.800001"}), 78, "no neuron could stay inside it"},
      {"band_target_nan", fit({"--set", "band.target=nan"}), 78, "nan is out of range"},
      {"thermostat_ends", fit({"--set", "thermostat.low=0.5"}), 78, "lies above thermostat.high"},
      {"beta_ends", fit({"--set", "thermostat.beta_lowest=0.5"}), 78, "lies above thermostat.beta_highest"},
      {"two_prices", fit({"--set", "control.mode=thermostat+budget"}), 78, "both set the price"},
      {"sigma_outside_the_guard", fit({"--set", "control.mode=guard+", "--set", "neuron.sigma_start=0.1"}), 78,
       "neuron.sigma_start: lies outside guard.lowest to guard.highest"},
  };
}

/// --set, --config and the like.
std::vector<Case> setting_cases() {
  return {
      {"unknown_parameter", fit({"--set", "neuron.cuont=8"}), 78, "did you mean 'neuron.count'?"},
      {"out_of_range", fit({"--set", "head.dropout=2"}), 78, "head.dropout: 2 is out of range; allowed: 0 to 0.95"},
      {"not_a_number", fit({"--set", "train.learning_rate=nan"}), 78, "nan is out of range"},
      {"no_value", fit({"--set", "neuron.count="}), 78, "'' is not a whole number"},
      {"not_key_value", fit({"--set", "train.epochs"}), 78, "is not key=value"},
      {"unknown_preset", fit({"--preset", "refrence"}), 78, "did you mean 'reference'?"},
      {"unknown_twin", fit({"--twin", "evil"}), 78, "there is no twin 'evil'"},
      {"missing_toml", fit({"--config", "s.toml"}), 66, "s.toml: there is no such settings file"},
      {"toml_is_a_folder", fit({"--config", "."}), 66, ".: is not a file with settings"},
      {"toml_is_a_table", fit({"--config", "data.csv"}), 78, "data.csv:1"},
      toml("toml_syntax", "[train]\nepochs = = 3\n", 78, "s.toml:2"),
      toml("toml_key", "[train]\nepoch = 3\n", 78, "s.toml:2: unknown parameter 'train.epoch'"),
      toml("toml_section", "[trian]\nepochs = 3\n", 78, "did you mean 'train.epochs'?"),
      toml("toml_array", "[train]\nepochs = [3]\n", 78, "array"),
      toml("toml_fraction", "[train]\nepochs = 3.5\n", 78, "s.toml:2: train.epochs: '3.5' is not a whole number"),
      toml("toml_bool", "[train]\nepochs = true\n", 78, "'true' is not a whole number"),
      toml("toml_twice", "[train]\nepochs = 1\nepochs = 2\n", 78, "s.toml:3"),
      toml("toml_huge", "[train]\nepochs = 99999999999999999999\n", 78, "s.toml:2"),
      toml("toml_bytes", std::string("\0\1\2", 3), 78, "s.toml:1"),
  };
}

class BadCommand : public testing::TestWithParam<Case> {};
TEST_P(BadCommand, IsRefused) {
  const Workplace place;
  write_files(place, GetParam());
  expect_refusal(place, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Words, BadCommand, testing::ValuesIn(command_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(File, BadCommand, testing::ValuesIn(file_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Control, BadCommand, testing::ValuesIn(control_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Settings, BadCommand, testing::ValuesIn(setting_cases()), name_of);

}  // namespace
}  // namespace vdn::test
