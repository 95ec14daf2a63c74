#include <vdn/data/reading.hpp>

#include <fmt/format.h>

#include <array>

#include <vdn/core/error.hpp>

namespace vdn {

const char* time_axis_name(TimeAxis axis) {
  constexpr std::array<const char*, 3> names = {"automatic", "strict", "rows"};
  return names[static_cast<std::size_t>(axis)];
}

TimeAxis parse_time_axis(std::string_view text) {
  for (const TimeAxis axis : {TimeAxis::strict, TimeAxis::rows}) {
    if (text == time_axis_name(axis)) return axis;
  }
  const std::string near = nearest_word(std::string(text), std::array<std::string, 2>{"strict", "rows"});
  throw Error(ErrorKind::usage, "--time-axis", fmt::format("unknown value '{}'", text),
              near.empty() ? "known are strict and rows" : fmt::format("did you mean '{}'?", near));
}

std::vector<std::pair<std::string, std::string>> unusual_options(const ReadingOptions& options) {
  const ReadingOptions usual;
  std::vector<std::pair<std::string, std::string>> list;
  for (const std::string& mark : options.missing) list.emplace_back("missing", mark);
  if (options.id_column != usual.id_column) list.emplace_back("id-column", options.id_column);
  if (options.time_column != usual.time_column) list.emplace_back("time-column", options.time_column);
  if (options.value_column != usual.value_column) list.emplace_back("value-column", options.value_column);
  for (const std::string& name : options.ignored) list.emplace_back("ignore", name);
  if (options.time_axis != usual.time_axis) list.emplace_back("time-axis", time_axis_name(options.time_axis));
  if (options.max_gap != usual.max_gap) list.emplace_back("max-gap", std::to_string(options.max_gap));
  for (const std::string& time : options.gaps) list.emplace_back("gap", time);
  return list;
}

}  // namespace vdn
