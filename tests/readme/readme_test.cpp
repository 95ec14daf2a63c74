// The README is true: its example is the example that is built, its commands run, and its figures are what they print.
// Figures may differ in the last digits between CPUs, so numbers are compared with a tolerance and all else as text.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "support/support.hpp"

namespace vdn::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The fenced blocks that follow "<!-- readme-test: NAME -->", one after the other.
std::string block(const std::string& name) {
  static const std::string readme = read(source_folder() / "README.md");
  const std::string tag = "<!-- readme-test: " + name + " -->";
  std::string text;
  for (auto mark = readme.find(tag); mark != std::string::npos; mark = readme.find(tag, mark + 1)) {
    const auto begin = readme.find('\n', readme.find("```", mark)) + 1;
    text += readme.substr(begin, readme.find("```", begin) - begin);
  }
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// A word's number without a '*' or '%' or ',' around it, if it is one.
bool number(std::string word, double& value) {
  std::erase_if(word, [](char c) { return c == '*' || c == '%' || c == ','; });
  char* end = nullptr;
  value = std::strtod(word.c_str(), &end);
  return !word.empty() && *end == '\0';
}

/// Word by word: text equal, numbers within `relative` or `absolute` of the README's, seconds ("12.3 s") not compared.
void expect_same_text(const std::string& got, const std::string& shown, double relative, double absolute) {
  const auto a = words(got), b = words(shown);
  ASSERT_EQ(a.size(), b.size()) << "printed:\n" << got << "\nREADME:\n" << shown;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double x = 0, y = 0;
    const bool seconds = i + 1 < b.size() && b[i + 1] == "s";
    if (number(a[i], x) && number(b[i], y)) {
      if (seconds) continue;
      EXPECT_LE(std::abs(x - y), absolute + relative * std::abs(y)) << "word " << i << ": " << a[i] << " for " << b[i];
    } else {
      const auto bare = [](std::string w) { return std::regex_replace(w, std::regex("\\*"), ""); };
      EXPECT_EQ(bare(a[i]), bare(b[i])) << "word " << i;
    }
  }
}

TEST(Readme, TheExampleIsTheOneThatIsBuilt) {
  EXPECT_EQ(block("quickstart"), read(source_folder() / "examples/quickstart/main.cpp"));
}

/// Runs a shell command in a folder; what it printed on standard output, and its exit status.
struct Outcome {
  std::string out;
  int status = 0;
};
Outcome run(const fs::path& folder, const std::string& command) {
  Outcome result;
  FILE* pipe = popen(("cd '" + folder.string() + "' && " + command + " 2>stderr.txt").c_str(), "r");
  char buffer[4096];
  for (std::size_t count = 0; (count = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.out.append(buffer, count);
  result.status = pclose(pipe);
  return result;
}

TEST(Readme, TheExamplePrintsWhatIsShown) {
  const TemporaryDirectory folder;
  const Outcome result = run(folder.path(), VDN_QUICKSTART);
  ASSERT_EQ(result.status, 0) << read(folder.path() / "stderr.txt");
  const auto spaced = [](const std::string& csv) { return std::regex_replace(csv, std::regex(","), " "); };
  const std::string shown = block("quickstart-output");  // the first lines
  std::istringstream printed(result.out);
  std::string head, line;
  for (auto left = std::count(shown.begin(), shown.end(), '\n'); left > 0 && std::getline(printed, line); --left) {
    head += line + "\n";
  }
  expect_same_text(spaced(head), spaced(shown), 0.1, 0.5);  // flights an hour after ten epochs
}

TEST(Readme, TheDemoPrintsTheTableAndDrawsThePicture) {
  const TemporaryDirectory folder;
  fs::create_directories(folder.path() / "build/release");
  fs::create_symlink(VDN_PROGRAM, folder.path() / "build/release/vdn");
  const Outcome demo = run(folder.path(), source_folder().string() + "/tools/demo.sh build/release/vdn");
  ASSERT_EQ(demo.status, 0) << read(folder.path() / "stderr.txt");
  const std::string shown = block("demo-table");
  const auto begin = demo.out.find(shown.substr(0, shown.find('\n')));
  ASSERT_NE(begin, std::string::npos) << demo.out;
  const auto lines = std::count(shown.begin(), shown.end(), '\n');
  auto end = begin;
  for (auto left = lines; left > 0; --left) end = demo.out.find('\n', end) + 1;
  expect_same_text(demo.out.substr(begin, end - begin), shown, 0.05, 0.02);

  const std::string svg = read(folder.path() / "run/flights/fan.svg");
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  for (const char* airport : {"ATL", "ORD", "DFW", "LAX"}) EXPECT_NE(svg.find(airport), std::string::npos) << airport;

  const Outcome twins = run(folder.path(), block("twins-command").substr(0, block("twins-command").find('\n')));
  ASSERT_EQ(twins.status, 0) << read(folder.path() / "stderr.txt");
  expect_same_text(twins.out, block("twins-table"), 0.05, 0.03);

  std::istringstream commands(block("commands"));  // those shown after the demo run in its folder
  for (std::string line; std::getline(commands, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    EXPECT_EQ(run(folder.path(), line).status, 0) << line << "\n" << read(folder.path() / "stderr.txt");
  }
}

}  // namespace
}  // namespace vdn::test
