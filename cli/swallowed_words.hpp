#pragma once
// The parser gives an option the word behind it, whatever that is: what it may have taken by mistake.

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace vdn::cli {

/// Looks through the words behind a command's name. Throws Error (usage) where the value of an option would be the
/// next option, or where '=' is followed by nothing. --option=--value says that such a value is meant.
void require_values(const CLI::App& command, const std::vector<std::string>& words);

/// What the options of reading took, for a command that lacks its table: "; --missing took 'data.csv' for its value",
/// or "" when none was given.
std::string taken_value(const CLI::App& command);

}  // namespace vdn::cli
