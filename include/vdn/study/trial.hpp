#pragma once
// One fit of a study and what was measured of it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vdn/model/settings.hpp>

namespace vdn {

struct Trial {
  std::string arm;   ///< what the study varies, as its table names it: "homeostasis"
  std::string data;  ///< name of the set or path of the table
  std::string preset = "default";
  Settings settings;  ///< horizon, seed and twin set
  /// Names the trial by everything that decides its outcome: study, arm, data and every setting.
  std::string key(const std::string& study) const;
};

/// Figures by name; scaled units unless the study says otherwise. What could not be measured is NaN.
struct TrialResult {
  std::string key, arm, data;
  std::uint64_t seed = 0;
  double seconds = 0.0;  ///< fit and measurement, by `threads`
  std::map<std::string, double> figures = {};
  std::map<std::string, std::vector<double>> traces = {};  ///< by epoch, or by origin
  std::size_t threads = 0;                                 ///< 0: not known
  double figure(const std::string& name) const;            ///< NaN when it was not measured
};

/// One line of JSON, and back. parse_trial throws Error (data) for a line that is not one.
std::string trial_json(const TrialResult& result);
TrialResult parse_trial(const std::string& line);

}  // namespace vdn
