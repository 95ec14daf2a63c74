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

}  // namespace vdn
