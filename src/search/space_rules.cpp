#include "search/space_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace vdn::search {
namespace {

constexpr double largest_whole = 0x1p53;  // every whole number up to it is a double

[[noreturn]] void refuse(const std::string& place, const std::string& key, const std::string& problem,
                         const std::string& hint = {}) {
  throw Error(ErrorKind::config, place + ": " + key, problem, hint);
}

/// Keys by which trials are compared: a trial of its own rule could not be told better or worse than another.
bool belongs_to_study(const std::string& key) {
  constexpr std::array<const char*, 5> keys{"train.seed", "train.selection", "train.validation_windows",
                                            "train.row_block", "budget.tolerance"};
  const bool of_judgement = key.starts_with("select.") || key.starts_with("score.") || key.starts_with("collapse.");
  return of_judgement || std::find(keys.begin(), keys.end(), key) != keys.end();
}

void check_choices(const Dimension& d, const std::string& place) {
  if (d.choices.empty()) refuse(place, d.key, "the list of values is empty", "give one value at least");
  std::vector<std::string> seen;
  for (const std::string& choice : d.choices) {
    const std::string value = canonical_value(d.key, choice, place);
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) {
      refuse(place, d.key, fmt::format("'{}' stands twice in its list of values", value), "leave one out");
    }
    seen.push_back(value);
  }
}

void check_whole_range(const Dimension& d, const std::string& place) {
  for (const double end : {d.low, d.high}) {
    if (end != std::floor(end)) refuse(place, d.key, fmt::format("{} is not a whole number", end));
    if (std::abs(end) > largest_whole) {
      refuse(place, d.key, fmt::format("{} is too large for an end of a range", end), "the largest is 2^53");
    }
  }
}

void check_range(const Dimension& d, const std::string& place) {
  const Parameter<Settings>& parameter = searched_parameter(d.key, place);
  if (parameter.type != "integer" && parameter.type != "number") {
    refuse(place, d.key, "has no range of numbers", "give a list of its values: " + parameter.range);
  }
  if (!(d.low < d.high)) refuse(place, d.key, fmt::format("low {} is not below high {}", d.low, d.high));
  if (is_log(d.scale) && d.low <= 0.0) {
    refuse(place, d.key, fmt::format("a log scale cannot begin at {}", d.low), "raise low, or use a linear scale");
  }
  if (is_whole(d.scale)) check_whole_range(d, place);
  for (const double end : {d.low, d.high}) canonical_value(d.key, end_text(d, end), place);
  if (parameter.type == "integer" && !is_whole(d.scale)) {
    refuse(place, d.key, "takes whole numbers", "use the scale integer or log_integer");
  }
}

bool has_key(const Configuration& configuration, const std::string& key) {
  return std::any_of(configuration.begin(), configuration.end(), [&](const auto& pair) { return pair.first == key; });
}

const Dimension* find_dimension(const SearchSpace& space, const std::string& key) {
  const auto found =
      std::find_if(space.dimensions.begin(), space.dimensions.end(), [&](const Dimension& d) { return d.key == key; });
  return found == space.dimensions.end() ? nullptr : &*found;
}

void check_condition(const SearchSpace& space, const Dimension& d, const std::string& place) {
  const Dimension::Condition& when = *d.when;
  if (when.values.empty()) refuse(place, d.key, "its condition on " + when.key + " names no value");
  for (const std::string& value : when.values) canonical_value(when.key, value, place);
  const Dimension* asked = find_dimension(space, when.key);
  if (!has_key(space.fixed, when.key) && (asked == nullptr || asked >= &d)) {
    refuse(place, d.key, "its condition asks for " + when.key + ", which does not stand before it",
           "put " + when.key + " first");
  }
}

void check_dependent(const SearchSpace& space, const Dependent& d, const std::string& place) {
  const auto set = [&](double value) {
    canonical_value(d.key, parameter_text::print_number(std::min(d.most, d.share * value)), place);
  };
  const Dimension* of = find_dimension(space, d.of);
  if (of != nullptr && of->scale != Scale::choice) {
    set(of->low);
    set(of->high);
    return;
  }
  std::vector<std::string> values = of != nullptr ? of->choices : std::vector<std::string>{};
  for (const auto& [key, value] : space.fixed) {
    if (key == d.of) values.push_back(value);
  }
  if (values.empty()) refuse(place, d.key, "follows " + d.of + ", which is not in the space");
  for (const std::string& value : values) {
    const std::string type = searched_parameter(d.of, place).type;
    if ((type != "number" && type != "integer") || value == "auto") {
      refuse(place, d.key, "follows " + d.of + ", which is not a number");
    }
    set(std::stod(value));
  }
}

/// Every key stands once.
void check_keys(const SearchSpace& space, const std::string& place) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& key) {
    searched_parameter(key, place);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) refuse(place, key, "stands twice in the space");
    keys.push_back(key);
  };
  for (const auto& [key, value] : space.fixed) add(key);
  for (const Dimension& d : space.dimensions) add(d.key);
  for (const Dependent& d : space.dependents) add(d.key);
}

}  // namespace

const Parameter<Settings>& searched_parameter(const std::string& key, const std::string& place) {
  if (belongs_to_study(key)) {
    refuse(place, key, "is the same for all trials of a study, or they could not be compared",
           key == "train.seed" ? "give the study's seed by --seed" : "set it by --set");
  }
  for (const Parameter<Settings>& parameter : settings_table().parameters()) {
    if (parameter.name == key) return parameter;
  }
  Settings scratch;
  settings_table().set(scratch, key, "", place);  // throws, naming the nearest
  throw Error(ErrorKind::software, place, "the settings table took the unknown key '" + key + "'");
}

std::string canonical_value(const std::string& key, const std::string& text, const std::string& place) {
  const Parameter<Settings>& parameter = searched_parameter(key, place);
  Settings scratch;
  settings_table().set(scratch, key, text, place);
  return parameter.print(scratch);
}

bool is_whole(Scale scale) {
  return scale == Scale::integer || scale == Scale::log_integer;
}

bool is_log(Scale scale) {
  return scale == Scale::log || scale == Scale::log_integer;
}

std::string end_text(const Dimension& dimension, double end) {
  return is_whole(dimension.scale) ? fmt::format("{:.0f}", end) : parameter_text::print_number(end);
}

void check_dimension(const Dimension& dimension, const std::string& place) {
  if (dimension.scale == Scale::choice) {
    check_choices(dimension, place);
  } else {
    check_range(dimension, place);
  }
}

void check_space_at(const SearchSpace& space, const std::string& place) {
  check_keys(space, place);
  if (space.dimensions.empty()) {
    throw Error(ErrorKind::config, place, "there is nothing to vary", "give a key a list of values or a range");
  }
  for (const auto& [key, value] : space.fixed) canonical_value(key, value, place);
  for (const Dimension& d : space.dimensions) {
    check_dimension(d, place);
    if (d.when) check_condition(space, d, place);
  }
  for (const Dependent& d : space.dependents) check_dependent(space, d, place);
}

void check_space(const SearchSpace& space) {
  check_space_at(space, "search space");
}

}  // namespace vdn::search
