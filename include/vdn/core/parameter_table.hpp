#pragma once
// One declaration per setting. From it come the TOML reader, --set, --help, docs/parameters.md and the range checks.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {

/// One setting of a struct S.
template <class S>
struct Parameter {
  std::string name;   ///< dotted: "train.epochs"
  std::string type;   ///< "integer", "number", "switch", "choice" or "text"
  std::string range;  ///< "1 to 4096" or "none | frozen"
  std::string help;
  std::function<void(S&, const std::string& text)> parse;  ///< throws std::invalid_argument
  std::function<std::string(const S&)> print;
};

namespace parameter_text {
std::uint64_t parse_integer(const std::string& text, std::uint64_t low, std::uint64_t high);
double parse_number(const std::string& text, double low, double high);
bool parse_switch(const std::string& text);
std::string print_number(double value);
std::string integer_range(std::uint64_t low, std::uint64_t high);
std::string number_range(double low, double high);
/// Keys and values of a TOML file, tables flattened to dotted keys, in the file's order with line numbers.
struct TomlEntry {
  std::string key, value;
  std::size_t line;
};
std::vector<TomlEntry> read_toml(const std::string& path);
}  // namespace parameter_text

/// The settings of a struct S, in order of declaration.
template <class S>
class ParameterTable {
 public:
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  /// Members may be those of a base of S.
  template <class Int, class Base>
  void integer(std::string name, Int Base::*member, std::uint64_t low, std::uint64_t high, std::string help) {
    add({std::move(name), "integer", parameter_text::integer_range(low, high), std::move(help),
         [=](S& s, const std::string& text) {
           s.*member = static_cast<Int>(parameter_text::parse_integer(text, low, high));
         },
         [=](const S& s) { return std::to_string(s.*member); }});
  }
  void number(std::string name, double S::*member, double low, double high, std::string help) {
    add({std::move(name), "number", parameter_text::number_range(low, high), std::move(help),
         [=](S& s, const std::string& text) { s.*member = parameter_text::parse_number(text, low, high); },
         [=](const S& s) { return parameter_text::print_number(s.*member); }});
  }
  void toggle(std::string name, bool S::*member, std::string help) {
    add({std::move(name), "switch", "true | false", std::move(help),
         [=](S& s, const std::string& text) { s.*member = parameter_text::parse_switch(text); },
         [=](const S& s) { return std::string(s.*member ? "true" : "false"); }});
  }
  template <class Enum, class Base>
  void choice(std::string name, Enum Base::*member, std::vector<std::pair<std::string, Enum>> words, std::string help) {
    std::string range;
    for (const auto& [word, value] : words) {
      if (!range.empty()) range += " | ";
      range += word;
    }
    add({std::move(name), "choice", range, std::move(help),
         [=](S& s, const std::string& text) {
           for (const auto& [word, value] : words) {
             if (word == text) {
               s.*member = value;
               return;
             }
           }
           throw std::invalid_argument("'" + text + "' is not a choice");
         },
         [=](const S& s) {
           for (const auto& [word, value] : words) {
             if (value == s.*member) return word;
           }
           return std::string("?");
         }});
  }

  /// Numbers, whole numbers and choices that may be left to the program: empty is "auto".
  template <class Value, class Base>
  void automatic(std::string name, std::optional<Value> Base::*member, Value low, Value high, std::string help) {
    constexpr bool whole = std::is_integral_v<Value>;
    std::string range;
    if constexpr (whole) {
      range = parameter_text::integer_range(low, high);
    } else {
      range = parameter_text::number_range(low, high);
    }
    add({std::move(name), whole ? "integer" : "number", "auto or " + range, std::move(help),
         [=](S& s, const std::string& text) {
           if (text == "auto") {
             (s.*member).reset();
           } else if constexpr (whole) {
             s.*member = parameter_text::parse_integer(text, low, high);
           } else {
             s.*member = parameter_text::parse_number(text, low, high);
           }
         },
         [=](const S& s) {
           const auto& value = s.*member;
           if (!value) return std::string("auto");
           if constexpr (whole) {
             return std::to_string(*value);
           } else {
             return parameter_text::print_number(*value);
           }
         }});
  }
  /// Where 0 is no value, it stands for "auto".
  template <class Base>
  void automatic(std::string name, std::uint64_t Base::*member, std::uint64_t high, std::string help) {
    add({std::move(name), "integer", "auto or " + parameter_text::integer_range(1, high), std::move(help),
         [=](S& s, const std::string& text) {
           s.*member = text == "auto" ? 0 : parameter_text::parse_integer(text, 1, high);
         },
         [=](const S& s) { return s.*member == 0 ? std::string("auto") : std::to_string(s.*member); }});
  }
  template <class Enum, class Base>
  void automatic(std::string name, std::optional<Enum> Base::*member, std::vector<std::pair<std::string, Enum>> words,
                 std::string help) {
    std::vector<std::pair<std::string, std::optional<Enum>>> with_auto{{"auto", std::nullopt}};
    with_auto.insert(with_auto.end(), words.begin(), words.end());
    choice(std::move(name), member, std::move(with_auto), std::move(help));
  }

  /// A value with a grammar of its own: `parse` throws std::invalid_argument, `print` gives what parse reads.
  template <class Value, class Base, class Parse, class Print>
  void text(std::string name, Value Base::*member, std::string range, Parse parse, Print print, std::string help) {
    add({std::move(name), "text", std::move(range), std::move(help),
         [=](S& s, const std::string& words) { s.*member = parse(words); },
         [=](const S& s) { return print(s.*member); }});
  }

  const std::vector<Parameter<S>>& parameters() const { return parameters_; }

  /// Sets one value from text. Throws (config) for an unknown key, naming the nearest, and for a value out of range.
  /// `place` says where the text came from ("--set", "settings.toml:12").
  void set(S& settings, const std::string& key, const std::string& text, const std::string& place) const {
    for (const auto& parameter : parameters_) {
      if (parameter.name != key) continue;
      try {
        parameter.parse(settings, text);
      } catch (const std::invalid_argument& problem) {
        throw Error(ErrorKind::config, place + ": " + key, problem.what(), "allowed: " + parameter.range);
      }
      return;
    }
    throw Error(ErrorKind::config, place, "unknown parameter '" + key + "'", suggest(key));
  }

  /// Sets everything a TOML file names. Throws (no_input, config) with file and line.
  void read(S& settings, const std::string& path) const {
    for (const auto& entry : parameter_text::read_toml(path)) {
      set(settings, entry.key, entry.value, path + ":" + std::to_string(entry.line));
    }
  }

  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const auto& parameter : parameters_) list.push_back(parameter.name);
    return list;
  }

 private:
  static std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

  /// The nearest name, else all names that end as the key or nearly so: "learning_rate", "heads.width".
  std::string suggest(const std::string& key) const {
    if (const std::string near = nearest_word(key, names()); !near.empty()) return "did you mean '" + near + "'?";
    std::vector<std::string> ends;
    for (const std::string& name : names()) ends.push_back(last_part(name));
    const std::string end = nearest_word(last_part(key), ends);
    if (end.empty()) return "see 'vdn fit --help-parameters' for all of them";
    std::string list;
    for (const std::string& name : names()) {
      if (last_part(name) == end) list += (list.empty() ? "'" : " or '") + name + "'";
    }
    return "did you mean " + list + "?";
  }

  void add(Parameter<S> parameter) { parameters_.push_back(std::move(parameter)); }
  std::vector<Parameter<S>> parameters_;
};

}  // namespace vdn
