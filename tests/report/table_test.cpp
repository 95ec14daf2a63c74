#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <vdn/report/table.hpp>

namespace vdn {
namespace {

BacktestRow row(std::string name, double scale, double coverage) {
  BacktestRow made;
  made.name = std::move(name);
  made.scaled = {0.352 * scale,  0.384 * scale, -0.12 * scale, 0.25 * scale, coverage,
                 coverage + 0.1, 0.125 * scale, 900,           21600};
  made.original = {
      1234.5678 * scale, 0.04321 * scale, 3.0, 98765432.0 * scale, coverage, coverage + 0.1, 1.0, 900, 21600};
  made.fit_seconds = 123.4;
  made.score_seconds = 1.25;
  return made;
}

BacktestTable example() {
  BacktestTable table;
  table.source = "flights";
  table.protocol = "ltsf";
  table.rows = {3476, 4345};
  table.horizon = 24;
  table.origins = 846;
  table.windows = 846 * 12;
  table.rows_of_table = {row("vdn default", 1.0, 0.79), row("repeat last", 2.0, 0.6),
                         row("ridge line, quantiles", 1.5, 0.81)};
  return table;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(TextTable, SaysWhatTheFiguresAreOf) {
  const std::string text = text_table(example());
  EXPECT_NE(text.find("flights, protocol ltsf, 869 test rows [3476, 4345), horizon 24"), std::string::npos);
  EXPECT_NE(text.find("10152 windows (846 origins x 12 series), each once; scaled by the training part"),
            std::string::npos);
  EXPECT_NE(text_table(example(), true).find("original units"), std::string::npos);
  BacktestTable uneven = example();
  uneven.origins = 0;
  EXPECT_NE(text_table(uneven).find("10152 windows, each once; scaled"), std::string::npos);
}

TEST(TextTable, FitsATerminalAndIsAscii) {
  for (const bool original : {false, true}) {
    for (const auto& line : lines_of(text_table(example(), original))) {
      EXPECT_LE(line.size(), 100u) << line;
      for (const char c : line) EXPECT_TRUE(c >= 32 && c < 127);
      EXPECT_TRUE(line.empty() || line.back() != ' ');
    }
  }
}

TEST(TextTable, AlignsColumns) {
  const auto lines = lines_of(text_table(example()));
  const std::size_t end = lines[3].find("MSE") + 3;
  for (const std::size_t r : {5, 6, 7}) {
    EXPECT_EQ(lines[r].find_first_of("0123456789") < end, true);
    EXPECT_TRUE(lines[r][end] == '*' || lines[r][end] == ' ') << lines[r];
    EXPECT_TRUE(std::isdigit(lines[r][end - 1])) << lines[r];
  }
}

TEST(TextTable, MarksTheBestAndWhatPrintsAlike) {
  const std::string text = text_table(example());
  EXPECT_NE(text.find(" 0.352*"), std::string::npos);
  EXPECT_NE(text.find(" -0.240*"), std::string::npos) << "the lowest NLL, negative as it is\n" << text;
  EXPECT_NE(text.find(" .79*"), std::string::npos) << "as near to .80 as .81\n" << text;
  EXPECT_NE(text.find(" .81*"), std::string::npos);
  EXPECT_EQ(text.find(" .60*"), std::string::npos);
}

TEST(TextTable, OriginalUnitsKeepFourDigits) {
  const std::string text = text_table(example(), true);
  EXPECT_NE(text.find(" 1235*"), std::string::npos) << text;
  EXPECT_NE(text.find(" 0.04321*"), std::string::npos);
  EXPECT_NE(text.find(" 9.877e+07*"), std::string::npos);
}

TEST(TextTable, MissingFiguresAreDashesAndNeverBest) {
  auto table = example();
  table.rows_of_table[0].scaled.mse = std::numeric_limits<double>::quiet_NaN();
  const auto lines = lines_of(text_table(table));
  EXPECT_NE(lines[5].find(" - "), std::string::npos) << lines[5];
  EXPECT_NE(lines[7].find("0.528*"), std::string::npos) << lines[7];
}

TEST(TextTable, AcceptsAnEmptyTable) {
  EXPECT_FALSE(text_table({}).empty());
  EXPECT_FALSE(markdown_table({}).empty());
}

TEST(PathTable, ListsForecastersThatHaveScoresOfPaths) {
  BacktestTable table = example();
  EXPECT_EQ(path_table(table), "");
  table.rows_of_table[0].paths = PathScores{100, 846, 1.25, 1.5, .78, .93, 2.125, -.5};
  table.rows_of_table[2].paths = PathScores{100, 846, 1.5, 1.25, .85, .91, 2.5, .75};
  const auto lines = lines_of(path_table(table));
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0], "whole futures: 100 paths of 846 windows; scaled by the training part");
  EXPECT_LT(lines[2].find("energy"), lines[2].find("of independent steps"));
  EXPECT_LT(lines[2].find("sum cov 80"), lines[2].find("sum cov 90"));
  const auto words = [](const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> all;
    for (std::string word; stream >> word;) all.push_back(word);
    return all;
  };
  // Least scores are best, and coverages nearest to 80 and 90%; the reference has no best.
  EXPECT_EQ(words(lines[4]),
            (std::vector<std::string>{"vdn", "default", "1.250*", "1.500", ".78*", ".93", "2.125*", "-0.500*"}));
  EXPECT_EQ(words(lines[5]), (std::vector<std::string>{"ridge", "line,", "quantiles", "1.500", "1.250", ".85", ".91*",
                                                       "2.500", "0.750"}));
  EXPECT_EQ(lines[7].rfind("of independent steps: ", 0), 0u) << lines[7];
}

TEST(MarkdownTable, HasNoMarks) {
  const std::string text = markdown_table(example());
  EXPECT_EQ(text.find('*'), std::string::npos);
  EXPECT_NE(text.find("| forecaster | MSE | MAE | CRPS | NLL | cov 80 | cov 90 | pinball | fit | score |"),
            std::string::npos);
  EXPECT_NE(text.find("| repeat last | 0.704 | 0.768 |"), std::string::npos);
}

TEST(TextTable, OfProtocolProbtsShowsItsRatios) {
  BacktestTable table = example();
  table.protocol = "probts";
  table.origins = 9;
  const double crps[] = {.25014, .25149, .31};
  for (std::size_t i = 0; i < 3; ++i) {
    table.rows_of_table[i].probts = ProbtsScore{crps[i], crps[i] / .74, crps[i] - .002, crps[i], 9, 1000};
  }
  for (const bool original : {false, true}) {  // these figures are of original units in any case
    const std::string text = text_table(table, original);
    EXPECT_NE(text.find("9 windows of all series, 96 rows apart; original units, 100 paths"), std::string::npos)
        << text;
    EXPECT_NE(text.find("0.2501*"), std::string::npos) << text;
    EXPECT_NE(text.find("0.2515 "), std::string::npos) << text;
    EXPECT_NE(text.find("NMAE exact"), std::string::npos) << text;
    EXPECT_EQ(text.find("MSE"), std::string::npos) << text;
    EXPECT_NE(text.find("exact: quantiles of the predictive distribution"), std::string::npos) << text;
  }
  table.rows_of_table[1].probts->crps = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(markdown_table(table).find("| repeat last | - |"), std::string::npos) << markdown_table(table);
}

}  // namespace
}  // namespace vdn
