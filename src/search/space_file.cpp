#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "search/space_narrowing.hpp"
#include "search/space_rules.hpp"

namespace vdn::search {
namespace {

const std::vector<std::string> range_words{"low", "high", "scale"};

/// What a file says of one key.
struct Entry {
  std::string key;
  const toml::node* node;
  std::string place;  ///< FILE:LINE
};

std::string place_of(const std::string& path, const toml::node& node) {
  return fmt::format("{}:{}", path, node.source().begin.line);
}

bool is_setting(const std::string& name) {
  const std::vector<std::string> names = settings_table().names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_group(const std::string& name) {
  const std::vector<std::string> names = settings_table().names();
  return std::any_of(names.begin(), names.end(), [&](const auto& key) { return key.starts_with(name + "."); });
}

/// A table is a range where a setting has its name. A name that is neither setting nor group is taken for what it looks
/// like: it will be refused as an unknown key.
bool is_range(const std::string& name, const toml::table& table) {
  if (is_setting(name)) return true;
  if (is_group(name)) return false;
  return table.empty() || std::any_of(range_words.begin(), range_words.end(),
                                      [&](const std::string& word) { return table.contains(word); });
}

void collect(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<Entry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const toml::table* inner = node.as_table();
    if (inner != nullptr && !is_range(name, *inner)) {
      collect(*inner, name + ".", path, entries);
    } else {
      entries.push_back({name, &node, place_of(path, node)});
    }
  }
}

/// Everything the file says, in its order. Throws Error (config) for a key that stands twice, which TOML allows when it
/// is once a dotted key and once in quotes.
std::vector<Entry> entries_of(const toml::table& document, const std::string& path) {
  std::vector<Entry> entries;
  collect(document, "", path, entries);
  const auto position = [](const Entry& e) {
    return std::pair(e.node->source().begin.line, e.node->source().begin.column);
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const Entry& a, const Entry& b) { return position(a) < position(b); });
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    if (std::any_of(entries.begin(), entry, [&](const Entry& e) { return e.key == entry->key; })) {
      throw Error(ErrorKind::config, entry->place + ": " + entry->key, "stands twice in the file", "leave one out");
    }
  }
  return entries;
}

/// The text of a word, number or switch; nothing for other nodes.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* number = node.as_floating_point()) return parameter_text::print_number(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return {};
}

std::string value_of(const std::string& key, const toml::node& node, const std::string& place) {
  const auto text = text_of(node);
  if (!text) {
    throw Error(ErrorKind::config, place + ": " + key, "has a value that is neither word, number nor true or false",
                "give one value, a list of values, or { low = .., high = .. }");
  }
  return canonical_value(key, *text, place);
}

Dimension choices_from(const Entry& entry, const toml::array& list, const std::string& path) {
  Dimension d{.key = entry.key, .scale = Scale::choice};
  for (const toml::node& node : list) d.choices.push_back(value_of(entry.key, node, place_of(path, node)));
  check_dimension(d, entry.place);
  return d;
}

// ---- ranges

void refuse_other_words(const Entry& entry, const toml::table& table, const std::string& path) {
  for (const auto& [key, node] : table) {
    const std::string word(key.str());
    if (std::find(range_words.begin(), range_words.end(), word) != range_words.end()) continue;
    const std::string near = nearest_word(word, range_words);
    throw Error(ErrorKind::config, place_of(path, node) + ": " + entry.key, "a range has no '" + word + "'",
                near.empty() ? "it has low, high and scale" : "did you mean '" + near + "'?");
  }
}

/// An end of the range; that of the space's dimension where the file names none.
double end_from(const Entry& entry, const toml::table& table, const char* word, std::optional<double> present,
                const std::string& path) {
  const toml::node* node = table.get(word);
  if (node == nullptr && present) return *present;
  if (node == nullptr) {
    throw Error(ErrorKind::config, entry.place + ": " + entry.key, fmt::format("its range has no {}", word),
                "give { low = .., high = .. }");
  }
  if (const auto* whole = node->as_integer()) return static_cast<double>(whole->get());
  if (const auto* number = node->as_floating_point()) return number->get();
  throw Error(ErrorKind::config, place_of(path, *node) + ": " + entry.key, fmt::format("{} is not a number", word));
}

/// Whether the scale is logarithmic: as named, else as before.
bool log_from(const Entry& entry, const toml::table& table, bool present, const std::string& path) {
  const toml::node* node = table.get("scale");
  if (node == nullptr) return present;
  const std::string word = text_of(*node).value_or("");
  if (word == "linear" || word == "log") return word == "log";
  const std::string near = nearest_word(word, std::array<std::string, 2>{"linear", "log"});
  throw Error(ErrorKind::config, place_of(path, *node) + ": " + entry.key, "there is no scale '" + word + "'",
              near.empty() ? "scales are linear and log" : "did you mean '" + near + "'?");
}

Dimension range_from(const Entry& entry, const toml::table& table, const SearchSpace& space, const std::string& path) {
  const bool whole = searched_parameter(entry.key, entry.place).type == "integer";
  refuse_other_words(entry, table, path);
  std::optional<Dimension> present;
  for (const Dimension& d : space.dimensions) {
    if (d.key == entry.key && d.scale != Scale::choice) present = d;
  }
  const auto end = [&](double Dimension::*member) {
    return present ? std::optional((*present).*member) : std::nullopt;
  };
  Dimension d{.key = entry.key};
  d.low = end_from(entry, table, "low", end(&Dimension::low), path);
  d.high = end_from(entry, table, "high", end(&Dimension::high), path);
  if (log_from(entry, table, present && is_log(present->scale), path)) {
    d.scale = whole ? Scale::log_integer : Scale::log;
  } else {
    d.scale = whole ? Scale::integer : Scale::linear;
  }
  check_dimension(d, entry.place);
  return d;
}

// ---- the document

toml::table parse_document(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) {
    const bool other = std::filesystem::exists(path);
    throw Error(ErrorKind::no_input, path, other ? "is not a file with a search space" : "there is no such file");
  }
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& problem) {
    throw Error(ErrorKind::config, fmt::format("{}:{}", path, problem.source().begin.line),
                std::string(problem.description()));
  }
}

}  // namespace

SearchSpace read_space(const std::string& path, SearchSpace space) {
  const toml::table document = parse_document(path);
  for (const Entry& entry : entries_of(document, path)) {
    searched_parameter(entry.key, entry.place);
    if (const toml::table* table = entry.node->as_table()) {
      vary_key(space, range_from(entry, *table, space, path));
    } else if (const toml::array* list = entry.node->as_array()) {
      vary_key(space, choices_from(entry, *list, path));
    } else {
      fix_key(space, entry.key, value_of(entry.key, *entry.node, entry.place));
    }
  }
  settle_conditions(space, path);
  check_space_at(space, path);
  return space;
}

}  // namespace vdn::search
