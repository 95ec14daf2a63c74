#include <vdn/control/settings.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn::control {
namespace {

constexpr std::array<const char*, constraint_kinds> names = {"penalty", "projection", "homeostat",   "thermostat",
                                                             "guard",   "share",      "calibration", "budget"};

/// docs/control.md. "penalty" and "projection" name a constraint and a mode that holds it; in a list joined by "+"
/// they are the constraints.
constexpr std::array<std::pair<const char*, Mode>, 5> modes = {{
    {"none", {}},
    {"penalty", {Constraint::penalty, Constraint::calibration}},
    {"projection", {Constraint::penalty, Constraint::projection}},
    {"homeostasis",
     {Constraint::penalty, Constraint::homeostat, Constraint::thermostat, Constraint::guard, Constraint::share,
      Constraint::calibration}},
    {"budget", {Constraint::budget}},
}};

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Constraint parse_constraint(const std::string& word) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (word == names[i]) return static_cast<Constraint>(i);
  }
  std::vector<std::string> words(names.begin(), names.end());
  for (const auto& [name, mode] : modes) words.emplace_back(name);
  const std::string near = nearest_word(word, words);
  throw std::invalid_argument("'" + word + "' is neither a control mode nor a constraint" +
                              (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace

std::vector<Constraint> Mode::list() const {
  std::vector<Constraint> constraints;
  for (std::size_t i = 0; i < constraint_kinds; ++i) {
    if (has(static_cast<Constraint>(i))) constraints.push_back(static_cast<Constraint>(i));
  }
  return constraints;
}

const char* constraint_name(Constraint constraint) {
  return names[static_cast<std::size_t>(constraint)];
}

Mode parse_mode(const std::string& text) {
  const std::string whole = trimmed(text);
  for (const auto& [name, mode] : modes) {
    if (whole == name) return mode;
  }
  Mode mode;
  for (std::size_t from = 0; from <= whole.size();) {
    const std::size_t end = std::min(whole.find('+', from), whole.size());
    const std::string word = trimmed(whole.substr(from, end - from));
    if (!word.empty()) mode.add(parse_constraint(word));
    from = end + 1;
  }
  if (mode.empty()) throw std::invalid_argument("'" + text + "' names no constraint; 'none' is the mode without any");
  return mode;
}

std::string print_mode(const Mode& mode) {
  for (const auto& [name, named] : modes) {
    if (mode == named) return name;
  }
  std::string text;
  for (const Constraint c : mode.list()) text += (text.empty() ? "" : "+") + std::string(constraint_name(c));
  // A single constraint that shares its name with a mode is told apart by the sign.
  for (const auto& [name, named] : modes) {
    if (text == name) return text + "+";
  }
  return text;
}

std::string mode_range() {
  std::string text;
  for (const auto& [name, mode] : modes) text += std::string(name) + " | ";
  text += "a sum of";
  for (const char* name : names) text += std::string(" ") + name;
  return text;
}

bool holds_band(const Mode& mode) {
  return mode.has(Constraint::penalty) || mode.has(Constraint::projection) || mode.has(Constraint::homeostat);
}

}  // namespace vdn::control
