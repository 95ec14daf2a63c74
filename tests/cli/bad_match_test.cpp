// Models and tables that do not belong together, or are none, one row each.

#include <sstream>

#include "cli/refusal.hpp"

namespace vdn::test {
namespace {

const std::string other_names = rows_of("t,x,y,z", "1,2,3", 400);

/// The good table with another header line.
std::string renamed(const std::string& header) {
  const std::string text = tiny_table();
  return header + text.substr(text.find('\n'));
}
/// The good table, all its values missing from line `from` on.
std::string blank_from(std::size_t from) {
  std::string text;
  std::size_t line = 1;
  std::istringstream lines(tiny_table());
  for (std::string row; std::getline(lines, row); ++line) {
    text += (line < from ? row : row.substr(0, row.find(',')) + ",,,") + "\n";
  }
  return text;
}
/// The good table in long form, without series `left_out`.
std::string long_form(char left_out) {
  std::string text = "unique_id,ds,y\n";
  for (const char name : {'a', 'b', 'c'}) {
    std::istringstream lines(tiny_table());
    std::string row;
    std::getline(lines, row);
    while (name != left_out && std::getline(lines, row)) {
      std::istringstream fields(row);
      std::string time, value;
      std::getline(fields, time, ',');
      for (char column = 'a'; column <= name; ++column) std::getline(fields, value, ',');
      text += std::string(1, name) + "," + time + "," + value + "\n";
    }
  }
  return text;
}
std::string daily() {
  std::string text = "ds,a,b,c\n";
  for (int row = 0; row < 28; ++row)
    text += "2025-02-" + std::string(row < 9 ? "0" : "") + std::to_string(row + 1) + ",1,2,3\n";
  return text;
}

/// predict or backtest of run/model.vdn on o.csv.
Case on(const std::string& name, const std::string& command, const std::string& table, const std::string& message,
        const Words& more = {}) {
  Words words{command, "run/model.vdn", "o.csv"};
  if (command == "predict") words.insert(words.end(), {"--out", "f.csv"});
  words.insert(words.end(), more.begin(), more.end());
  return {name, words, 65, message, "", {{"o.csv", table}}};
}

/// Need run/model.vdn, fitted on data.csv; all/model.vdn held nothing out; cut.vdn and changed.vdn are damaged.
std::vector<Case> table_cases() {
  const std::string last = "2024-01-17 15:00:00", good = tiny_table(), head = good.substr(0, good.rfind(last));
  return {
      on("other_names", "predict", other_names,
         "has no series 'a', 'b', 'c', which the model was fitted on, and has 'x', 'y', 'z'"),
      on("other_names_scored", "backtest", renamed("ds,x,y,z"),
         "has no series 'a', 'b', 'c', which the model was fitted on, and has 'x', 'y', 'z'"),
      on("fewer_series", "predict", rows_of("t,a,b", "1,2", 400), "has no series 'c', which the model was fitted on"),
      on("more_series", "predict", rows_of("t,a,b,c,d", "1,2,3,4", 400), "has 'd', which the model was not fitted on"),
      on("long_table_lacks_one", "predict", long_form('b'), "has no series 'b'"),
      on("long_table_lacks_one_scored", "backtest", long_form('b'), "has no series 'b'"),
      on("other_step", "predict", daily(), "has a row every 1 day, the model was fitted on one every 1 hour"),
      on("integers_for_times", "predict", rows_of("t,a,b,c", "1,2,3", 400), "the model was fitted on one every 1 hour"),
      on("empty_table", "predict", "", "o.csv: is empty"),
      on("header_only", "predict", "ds,a,b,c\n", "a header but no rows"),
      on("nothing_observed", "predict", blank_from(2), "has 0 observed of 24 rows before the forecast"),
      on("little_observed", "predict", blank_from(7), "has 5 observed of 5 rows before the forecast"),
      on("nothing_observed_scored", "backtest", blank_from(2), "hold no window"),
      on("too_few_rows", "predict", tiny_table(7), "has 7 observed of 7 rows before the forecast, the model reads 24"),
      on("too_few_rows_scored", "backtest", tiny_table(30), "hold no window"),
      on("infinite_value", "predict", head + last + ",inf,1,1\n", "'inf' is infinite or too large"),
      on("value_of_1e300", "predict", head + last + ",1e300,1,1\n", "is too far from the training rows"),
      on("unsorted", "predict", good + "2024-01-01 00:00:00,1,1,1\n", "o.csv:402: the time 2024-01-01 00:00:00"),
      on("twins_of_other_rows", "backtest", tiny_table(300), "", {"--twins"}),
  };
}

std::vector<Case> model_cases() {
  const auto predict = [](const Words& more) {
    Words words{"predict", "run/model.vdn", "data.csv", "--out", "f.csv"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const auto backtest = [](const Words& more) {
    Words words{"backtest", "run/model.vdn", "data.csv"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  return {
      {"model_missing", {"predict", "no.vdn", "data.csv", "--out", "-"}, 66, "no.vdn"},
      {"model_is_a_table", {"predict", "data.csv", "data.csv", "--out", "-"}, 65, "is not a vdn model file"},
      {"model_is_a_folder", {"predict", "run", "data.csv", "--out", "f.csv"}, 66, "run: is a directory"},
      {"model_is_a_device", {"predict", "/dev/zero", "data.csv", "--out", "f.csv"}, 66, "is not a regular file"},
      {"model_truncated", {"predict", "cut.vdn", "data.csv", "--out", "f.csv"}, 65, "cut.vdn: is truncated"},
      {"model_changed", {"predict", "changed.vdn", "data.csv", "--out", "f.csv"}, 65, "changed.vdn: is corrupt"},
      {"model_inspected_truncated", {"inspect", "cut.vdn"}, 65, "cut.vdn: is truncated"},
      {"model_inspected_with_horizon", {"inspect", "run/model.vdn", "--horizon", "4"}, 64, "is a model"},
      {"table_is_a_model", {"predict", "run/model.vdn", "run/model.vdn", "--out", "f.csv"}, 65, "is not a text file"},
      {"table_is_a_model_scored", {"backtest", "run/model.vdn", "run/model.vdn"}, 65, "is not a text file"},
      {"table_is_a_model_fitted", {"fit", "run/model.vdn", "--horizon", "4"}, 65, "is not a text file"},
      {"table_is_a_model_for_init", {"init", "run/model.vdn", "--horizon", "4"}, 65, "is not a text file"},
      {"table_is_a_folder", {"predict", "run/model.vdn", "run", "--out", "f.csv"}, 66, "run: is a directory"},
      {"level_above_1", predict({"--quantiles", ".5,1.5"}), 64, "1.5"},
      {"level_0", predict({"--quantiles", "0"}), 64, "0"},
      {"level_word", predict({"--quantiles", "median"}), 64, "--quantiles"},
      {"predict_no_out", {"predict", "m.vdn", "data.csv"}, 64, "--out is required"},
      {"predict_out_twice", {"predict", "m.vdn", "data.csv", "--out", "-", "--json"}, 64, "both want standard output"},
      {"predict_below_a_file",
       {"predict", "run/model.vdn", "data.csv", "--out", "data.csv/f.csv"},
       73,
       "data.csv/f.csv"},
      {"predict_into_a_folder", {"predict", "run/model.vdn", "data.csv", "--out", "run"}, 73, "run: cannot be created"},
      {"predict_into_new_folder", {"predict", "run/model.vdn", "data.csv", "--out", "new/"}, 73, "new/: cannot"},
      {"predict_on_a_full_disk", {"predict", "run/model.vdn", "data.csv", "--out", "/dev/full"}, 74, "No space left"},
      {"unknown_protocol", backtest({"--protocol", "lstf"}), 64, "lstf"},
      {"plot_series", backtest({"--plot", "f.svg", "--plot-series", "a,d"}), 64, "d"},
      {"plot_origin", backtest({"--plot", "f.svg", "--plot-origin", "9"}), 64, "320"},
      {"seen_rows", {"backtest", "all/model.vdn", "data.csv"}, 65, "hold no window"},
      {"seen_rows_ltsf",
       {"backtest", "all/model.vdn", "data.csv", "--protocol", "ltsf"},
       65,
       "has seen 80 of the 80 test rows"},
      {"twins_of_other_series", {"backtest", "run/model.vdn", "flights", "--twins"}, 65, "has no series 'a'"},
      {"report_of_no_table", {"report", "run", "--data", "nowhere.csv"}, 66, "nowhere.csv: there is no such file"},
      {"report_of_other_table",
       {"report", "run", "--data", "o.csv"},
       65,
       "has no series 'a'",
       "",
       {{"o.csv", other_names}}},
  };
}

TEST(BadMatch, IsRefused) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  ASSERT_EQ(place.run(fit({"--quiet", "--no-test"})).code, 0);
  ASSERT_EQ(place.run(fit({"--quiet", "--split", "all", "--out", "all"})).code, 0);
  const std::string model = place.read("run/model.vdn");
  place.write("cut.vdn", model.substr(0, model.size() / 2));
  std::string changed = model;
  changed[changed.size() / 2] ^= 1;
  place.write("changed.vdn", changed);
  for (const auto& cases : {table_cases(), model_cases()}) {
    for (const Case& row : cases) {
      SCOPED_TRACE(row.name);
      for (const auto& [name, content] : row.files) place.write(name, content);
      expect_refusal(place, row);
    }
  }
}

TEST(BadMatch, ARefusedFitLeavesTheOldModelAlone) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  ASSERT_EQ(place.run(fit({"--quiet", "--no-test"})).code, 0);
  const std::string before = place.read("run/model.vdn");
  EXPECT_EQ(place.run(fit({"--set", "train.learning_rate=99"})).code, 78);
  EXPECT_EQ(place.read("run/model.vdn"), before);
}

}  // namespace
}  // namespace vdn::test
