#include <vdn/search/space.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "search/space_rules.hpp"

namespace vdn::search {
namespace {

double number_of(const std::string& text) {
  constexpr double unlimited = std::numeric_limits<double>::max();
  return parameter_text::parse_number(text, -unlimited, unlimited);
}

/// Four significant digits, and as many more as it takes to stay between the ends; `value` lies there.
std::string short_text(double value, double low, double high) {
  for (int digits = 4; digits < 17; ++digits) {
    std::string text = fmt::format("{:.{}g}", value, digits);
    const double rounded = number_of(text);
    if (low <= rounded && rounded <= high) return text;
  }
  return parameter_text::print_number(value);
}

/// The interval a scale stretches over [0, 1]: cells of whole numbers reach half a number to both sides.
struct Stretch {
  double low, high;
  bool log;

  explicit Stretch(const Dimension& d) : low(d.low), high(d.high), log(is_log(d.scale)) {
    if (is_whole(d.scale)) {
      low -= 0.5;
      high += 0.5;
    }
  }
  double value(double u) const { return log ? low * std::pow(high / low, u) : low + (high - low) * u; }
  double coordinate(double x) const {
    return log ? std::log(x / low) / std::log(high / low) : (x - low) / (high - low);
  }
};

std::size_t cell(double u, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(std::max(0.0, u) * static_cast<double>(count)));
}

std::string value_at(const Dimension& d, double u) {
  if (d.scale == Scale::choice) return d.choices.at(cell(u, d.choices.size()));
  const double value = Stretch(d).value(u);
  if (!is_whole(d.scale)) return short_text(std::clamp(value, d.low, d.high), d.low, d.high);
  return end_text(d, std::clamp(std::floor(value + 0.5), d.low, d.high));
}

const std::string* find_value(const Configuration& configuration, const std::string& key) {
  for (const auto& [name, value] : configuration) {
    if (name == key) return &value;
  }
  return nullptr;
}

bool applies(const Dimension& d, const Configuration& made) {
  if (!d.when) return true;
  const std::string* value = find_value(made, d.when->key);
  return value != nullptr && std::find(d.when->values.begin(), d.when->values.end(), *value) != d.when->values.end();
}

}  // namespace

Configuration configuration_at(const SearchSpace& space, const std::vector<double>& point) {
  if (point.size() != space.dimensions.size()) {
    throw Error(ErrorKind::software, "configuration_at",
                fmt::format("{} coordinates for {} dimensions", point.size(), space.dimensions.size()));
  }
  Configuration configuration = space.fixed;
  for (std::size_t i = 0; i < point.size(); ++i) {
    const Dimension& d = space.dimensions[i];
    if (applies(d, configuration)) configuration.emplace_back(d.key, value_at(d, point[i]));
  }
  for (const Dependent& d : space.dependents) {
    const std::string* of = find_value(configuration, d.of);
    if (of == nullptr) continue;
    const double value = std::min(d.most, d.share * number_of(*of));
    configuration.emplace_back(d.key, short_text(value, -std::numeric_limits<double>::infinity(), d.most));
  }
  return configuration;
}

double coordinate_of(const Dimension& dimension, const std::string& value) {
  if (dimension.scale == Scale::choice) {
    const auto found = std::find(dimension.choices.begin(), dimension.choices.end(), value);
    if (found == dimension.choices.end()) {
      throw Error(ErrorKind::data, dimension.key, "'" + value + "' is none of its values");
    }
    return (static_cast<double>(found - dimension.choices.begin()) + 0.5) /
           static_cast<double>(dimension.choices.size());
  }
  try {
    const double x = std::clamp(number_of(value), dimension.low, dimension.high);
    return std::clamp(Stretch(dimension).coordinate(x), 0.0, 1.0);
  } catch (const std::invalid_argument& problem) {
    throw Error(ErrorKind::data, dimension.key, problem.what());
  }
}

Settings configure(Settings base, const Configuration& configuration) {
  for (const auto& [key, value] : configuration) settings_table().set(base, key, value, "configuration");
  return base;
}

}  // namespace vdn::search
