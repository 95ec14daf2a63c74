#pragma once
// What a search varies.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <vdn/model/settings.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

enum class Scale { linear, log, integer, log_integer, choice };

/// A key of the settings table with the values it may take.
struct Dimension {
  /// It varies only while another dimension, which stands before it, has one of these values.
  struct Condition {
    std::string key;
    std::vector<std::string> values;
    bool operator==(const Condition&) const = default;
  };
  std::string key;
  Scale scale = Scale::linear;
  double low = 0.0, high = 0.0;           ///< ends, both possible; unused by choices
  std::vector<std::string> choices = {};  ///< texts the settings table reads
  std::optional<Condition> when = {};
  bool operator==(const Dimension&) const = default;
};

/// A key that follows another one: min(most, share * value of `of`) (the source's first price of information).
struct Dependent {
  std::string key, of;
  double share = 1.0, most = 0.0;
  bool operator==(const Dependent&) const = default;
};

struct SearchSpace {
  std::vector<Dimension> dimensions = {};
  std::vector<Dependent> dependents = {};
  Configuration fixed = {};  ///< keys every configuration but number 0 has
  bool operator==(const SearchSpace&) const = default;
};

/// "default": what may help a forecast; "source": the ranges of the source's own search under homeostasis without
/// calibration of the band. Throws Error (config) naming both for another word.
SearchSpace preset_space(const std::string& name);

/// Narrows a space by a TOML file of settings keys: a value fixes a key, a list gives its choices, a table { low, high,
/// scale = "linear" | "log" } its range (the scale of the space's dimension when none is named; whole numbers where the
/// setting is one). Keys the space does not have are added. Throws Error (no_input, config) with file, line and key:
/// a key that is none, a value the table refuses, low not below high, a log scale from 0, an empty list.
SearchSpace read_space(const std::string& path, SearchSpace space);

/// The space in which keys that are in it and in `set` have that value and vary no more. Throws Error (config) as
/// check_space.
SearchSpace fix_keys(SearchSpace space, const Configuration& set);

/// Both ends of every dimension, every choice, and every key must be known to the settings table, and conditions must
/// stand behind what they ask for. Throws Error (config).
void check_space(const SearchSpace& space);

/// The configuration at a point of the unit cube, one coordinate in [0, 1) a dimension, dimensions that do not apply
/// left out. Numbers are printed with 4 significant digits, which is what a trial then has.
Configuration configuration_at(const SearchSpace& space, const std::vector<double>& point);
/// Where on its dimension a value lies, in [0, 1]; choices at the middles of their cells.
double coordinate_of(const Dimension& dimension, const std::string& value);

/// Sets everything a configuration says. Throws what the settings table throws.
Settings configure(Settings base, const Configuration& configuration);

/// JSON text, and back. parse_space throws Error (data).
std::string print_space(const SearchSpace& space);
SearchSpace parse_space(const std::string& json);

}  // namespace vdn::search
