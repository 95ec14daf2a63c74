#include <vdn/core/parameter_table.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace vdn::parameter_text {
namespace {

template <class Value>
Value parse_all(const std::string& text, const char* kind) {
  Value value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("'" + text + "' is not " + kind);
  }
  return value;
}

void flatten(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<TomlEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const std::size_t line = node.source().begin.line;
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name + ".", path, entries);
    } else if (const auto* text = node.as_string()) {
      entries.push_back({name, text->get(), line});
    } else if (const auto* integer = node.as_integer()) {
      entries.push_back({name, std::to_string(integer->get()), line});
    } else if (const auto* number = node.as_floating_point()) {
      entries.push_back({name, print_number(number->get()), line});
    } else if (const auto* flag = node.as_boolean()) {
      entries.push_back({name, flag->get() ? "true" : "false", line});
    } else {
      throw Error(ErrorKind::config, fmt::format("{}:{}", path, line),
                  fmt::format("'{}' holds an array or a date", name), "give one value");
    }
  }
}

}  // namespace

std::uint64_t parse_integer(const std::string& text, std::uint64_t low, std::uint64_t high) {
  const auto value = parse_all<std::uint64_t>(text, "a whole number");
  if (value < low || value > high) throw std::invalid_argument(text + " is out of range");
  return value;
}

double parse_number(const std::string& text, double low, double high) {
  const auto value = parse_all<double>(text, "a number");
  if (!std::isfinite(value) || value < low || value > high) throw std::invalid_argument(text + " is out of range");
  return value;
}

bool parse_switch(const std::string& text) {
  if (text == "true" || text == "on" || text == "1") return true;
  if (text == "false" || text == "off" || text == "0") return false;
  throw std::invalid_argument("'" + text + "' is not true or false");
}

std::string print_number(double value) {
  return fmt::format("{}", value);
}

std::string integer_range(std::uint64_t low, std::uint64_t high) {
  if (high == std::numeric_limits<std::uint64_t>::max()) return fmt::format("{} or more", low);
  return fmt::format("{} to {}", low, high);
}

std::string number_range(double low, double high) {
  if (high == std::numeric_limits<double>::max()) return fmt::format("{} or more", low);
  return fmt::format("{} to {}", low, high);
}

std::vector<TomlEntry> read_toml(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) {
    const bool other = std::filesystem::exists(path);
    throw Error(ErrorKind::no_input, path, other ? "is not a file with settings" : "there is no such settings file");
  }
  try {
    std::vector<TomlEntry> entries;
    flatten(toml::parse_file(path), "", path, entries);
    std::stable_sort(entries.begin(), entries.end(),
                     [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
    return entries;
  } catch (const toml::parse_error& problem) {
    throw Error(ErrorKind::config, fmt::format("{}:{}", path, problem.source().begin.line),
                std::string(problem.description()));
  }
}

}  // namespace vdn::parameter_text
