#pragma once
// One row of the table of bad inputs, and what every refusal must look like.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/run_vdn.hpp"

namespace vdn::test {

using Words = std::vector<std::string>;
using Files = std::vector<std::pair<std::string, std::string>>;

/// What a user does and what must come of it. Code 0: it works after all, and `message` is in what the program says.
struct Case {
  std::string name;
  Words words;
  int code;
  std::string message;               ///< part of standard error
  std::string table = tiny_table();  ///< data.csv
  Files files{};                     ///< others; a name that ends with '/' is a folder
};

/// "fit data.csv ..." with a small network.
inline Words fit(const Words& more = {}) {
  return tiny_fit(more);
}

/// `rows` rows of an integer time and `values`.
std::string rows_of(const std::string& header, const std::string& values, int rows);

void write_files(const Workplace& place, const Case& row);

/// Runs the words: the exit code, one sentence on standard error that begins with the command, no control characters,
/// nothing written or lost; and again with --json: one document with that sentence on standard output.
void expect_refusal(const Workplace& place, const Case& row);

/// Code 0: the words work and say the message. Else expect_refusal.
void expect_outcome(const Workplace& place, const Case& row);

std::string name_of(const testing::TestParamInfo<Case>& row);
void PrintTo(const Case& row, std::ostream* out);

}  // namespace vdn::test
