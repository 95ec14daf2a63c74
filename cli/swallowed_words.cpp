#include "swallowed_words.hpp"

#include <cctype>

#include <vdn/core/error.hpp>

namespace vdn::cli {
namespace {

bool takes_value(const CLI::App& command, const std::string& name) {
  const CLI::Option* option = command.get_option_no_throw(name);
  return option && option->get_items_expected_max() > 0;
}

}  // namespace

void require_values(const CLI::App& command, const std::vector<std::string>& words) {
  const auto is_option = [](const std::string& word) {
    return word.size() > 2 && word.starts_with("--") && std::isalpha(static_cast<unsigned char>(word[2])) != 0;
  };
  for (const CLI::App* nested : command.get_subcommands({})) {
    if (!words.empty() && nested->check_name(words.front())) {
      return require_values(*nested, {words.begin() + 1, words.end()});
    }
  }
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (!is_option(word)) continue;
    if (word.back() == '=' && takes_value(command, word.substr(0, word.size() - 1))) {
      throw Error(ErrorKind::usage, "", "'" + word + "' gives no value", "put one right behind the '='");
    }
    if (i + 1 == words.size() || !takes_value(command, word) || !is_option(words[i + 1])) continue;
    throw Error(ErrorKind::usage, "",
                word + " needs a value, and '" + words[i + 1] + "' behind it looks like another option",
                "write " + word + "=VALUE");
  }
}

std::string taken_value(const CLI::App& command) {
  std::string told;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() != "Reading" || option->count() == 0) continue;
    told += "; " + option->get_name() + " took '" + option->results().back() + "' for its value";
  }
  return told;
}

}  // namespace vdn::cli
