// The settings studies start from.

#include <algorithm>
#include <tuple>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/study/study.hpp>

namespace vdn {
namespace {

/// Horizon and look-back of the sets that are published on.
std::pair<std::uint64_t, std::uint64_t> usual_shape(const std::string& data) {
  if (data == "flights") return {24, 168};
  if (data == "exchange") return {96, 96};
  if (data == "ili") return {24, 52};
  return {96, 336};
}

}  // namespace

Settings study_settings(const StudyOptions& options, const std::string& data, std::uint64_t seed) {
  if (!find_named(data) && options.horizon == 0) {
    throw Error(ErrorKind::usage, "--horizon", "'" + data + "' is a table of your own: its horizon is not known",
                "give --horizon H");
  }
  Settings s = preset(options.preset);
  std::tie(s.horizon, s.lookback) = usual_shape(data);
  if (options.horizon > 0) s.horizon = options.horizon;
  if (!find_named(data)) s.lookback = std::max<std::uint64_t>(96, 2 * s.horizon);
  s.epochs = 6;
  s.patience = 6;
  s.windows_per_epoch = 16384;
  s.validation_windows = 4096;
  for (const auto& [key, value] : options.set) settings_table().set(s, key, value, "--set");
  s.seed = seed;
  check_settings(s);
  return s;
}

}  // namespace vdn
