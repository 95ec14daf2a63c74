#pragma once
// Settings from the command line: preset, then --config, then --set and the flags.

#include <cstdint>
#include <string>
#include <vector>

#include <vdn/model/forecaster.hpp>
#include <vdn/model/settings.hpp>

#include "common.hpp"

namespace vdn::cli {

struct SettingsOptions {
  std::uint64_t horizon = 0;
  std::string preset = "default", twin = "none", config, lookback, seed;
  std::vector<std::string> set;  ///< "key=value"
};

void add_settings_options(CLI::App& app, SettingsOptions& options);

/// Throws Error (config, no_input) naming where the offending text came from. `origins`, when given, tells where every
/// setting came from, the horizon included.
Settings resolve_settings(const SettingsOptions& options, SettingOrigins* origins = nullptr);

/// The table behind `vdn parameters` and `vdn fit --help-parameters`.
std::string parameters_text();

}  // namespace vdn::cli
