#include "cli/refusal.hpp"

#include <algorithm>
#include <map>

namespace vdn::test {
namespace {

/// Every file with its content, every folder.
std::map<std::string, std::string> snapshot(const Workplace& place) {
  std::map<std::string, std::string> files;
  for (const std::string& name : place.listing()) {
    const bool regular = std::filesystem::is_regular_file(place.path() / name);
    files[name] = regular ? place.read(name) : "";
  }
  return files;
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

/// "vdn fit: " when the first word is a command, else "vdn: ".
std::string prefix_of(const Case& row) {
  static const Words commands{"fit",  "backtest", "predict",    "report",  "inspect", "init",
                              "data", "doctor",   "parameters", "monitor", "prune",   "study"};
  const std::string& first = row.words.front();
  const bool known = std::find(commands.begin(), commands.end(), first) != commands.end();
  return known ? "vdn " + first + ": " : "vdn: ";
}

void expect_one_sentence(const Outcome& run, const Case& row) {
  const std::string& err = run.err;
  EXPECT_NE(err.find(row.message), std::string::npos) << err;
  EXPECT_EQ(err.rfind(prefix_of(row), 0), 0u) << err;
  ASSERT_TRUE(!err.empty() && err.back() == '\n');
  EXPECT_TRUE(is_printable(err.substr(0, err.size() - 1))) << err;
  EXPECT_LT(err.size(), 1200u);
}

void expect_document(const Outcome& run, const Case& row) {
  const auto error = run.json().at("error");
  EXPECT_EQ(error.at("exit_code"), run.code) << run.out;
  EXPECT_EQ(prefix_of(row) + error.at("message").get<std::string>() + "\n", run.err);
}

}  // namespace

std::string rows_of(const std::string& header, const std::string& values, int rows) {
  std::string text = header + "\n";
  for (int row = 0; row < rows; ++row) text += std::to_string(row) + "," + values + "\n";
  return text;
}

void write_files(const Workplace& place, const Case& row) {
  place.write("data.csv", row.table);
  for (const auto& [name, content] : row.files) {
    if (name.back() == '/') {
      std::filesystem::create_directories(place.path() / name);
    } else {
      place.write(name, content);
    }
  }
}

void expect_refusal(const Workplace& place, const Case& row) {
  const auto before = snapshot(place);
  const Outcome run = place.run(row.words);
  ASSERT_EQ(run.code, row.code) << run.err;
  expect_one_sentence(run, row);
  EXPECT_TRUE(snapshot(place) == before) << "something was written or lost";
  if (std::find(row.words.begin(), row.words.end(), "--json") != row.words.end()) return expect_document(run, row);
  EXPECT_EQ(run.out, "");
  Words words = row.words;
  words.push_back("--json");
  std::replace(words.begin() + 1, words.end(), std::string("-"), std::string("f.csv"));  // --json wants that place
  const Outcome json = place.run(words);
  ASSERT_NE(json.code, 0);
  expect_document(json, row);
  EXPECT_TRUE(snapshot(place) == before) << "something was written or lost";
}

void expect_outcome(const Workplace& place, const Case& row) {
  if (row.code != 0) return expect_refusal(place, row);
  const Outcome run = place.run(row.words);
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE((run.err + run.out).find(row.message), std::string::npos) << run.err << run.out;
}

std::string name_of(const testing::TestParamInfo<Case>& row) {
  return row.param.name;
}

void PrintTo(const Case& row, std::ostream* out) {
  *out << row.name;
}

}  // namespace vdn::test
