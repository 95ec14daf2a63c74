#include "command_line.hpp"

#include <string_view>

namespace vdn::cli {
namespace {

std::string& remembered() {
  static std::string line = "vdn";
  return line;
}

std::string quoted(std::string_view word) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,/:@%";
  if (!word.empty() && word.find_first_not_of(safe) == std::string_view::npos) return std::string(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

}  // namespace

void remember_command_line(int argc, char** argv) {
  remembered() = "vdn";
  for (int i = 1; i < argc; ++i) remembered() += " " + quoted(argv[i]);
}

std::string command_line() {
  return remembered();
}

}  // namespace vdn::cli
