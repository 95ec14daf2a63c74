#include "command_line.hpp"

#include <string_view>

namespace vdn::cli {
namespace {

std::string& remembered() {
  static std::string line = "vdn";
  return line;
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,/:@%";
  if (!word.empty() && word.find_first_not_of(safe) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

void remember_command_line(int argc, char** argv) {
  remembered() = "vdn";
  for (int i = 1; i < argc; ++i) remembered() += " " + shell_word(argv[i]);
}

std::string command_line() {
  return remembered();
}

}  // namespace vdn::cli
