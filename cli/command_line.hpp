#pragma once
// The command line as it was given.

#include <string>

namespace vdn::cli {

void remember_command_line(int argc, char** argv);

/// One line a shell reads back as it was: words are quoted where need be. The program is called vdn.
std::string command_line();

}  // namespace vdn::cli
