#pragma once
// The command line as it was given.

#include <string>

namespace vdn::cli {

void remember_command_line(int argc, char** argv);

/// One line a shell reads back as it was: words are quoted where need be. The program is called vdn.
std::string command_line();

/// A word as a shell reads it back, in quotes where need be.
std::string shell_word(const std::string& word);

}  // namespace vdn::cli
