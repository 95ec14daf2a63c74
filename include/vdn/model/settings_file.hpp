#pragma once
// A settings file to begin with.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vdn/model/settings.hpp>

namespace vdn {

/// Why a setting has its value: {"window.lookback", "14 seasons of 24 rows"}.
using SettingReasons = std::vector<std::pair<std::string, std::string>>;

/// TOML that `--config` reads: every setting of the table with its range and meaning above it, those of `reasons` set
/// and explained, those that differ from the preset "default" set too, all others behind a '#'. `head` comes first,
/// line by line as comments. Throws Error (software) when a reason names no setting.
std::string settings_toml(const Settings& settings, const SettingReasons& reasons, std::string_view head);

}  // namespace vdn
