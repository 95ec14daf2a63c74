#pragma once
// Where an axis is labelled, and how.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace vdn::report {

/// A label of the value axis.
struct ValueTick {
  double value;
  std::string label;
};

/// Multiples of 1, 2 or 5 times a power of ten inside [low, high], at most `most` and, `most` being 3 or more, at
/// least one. Labels have just the digits that tell them apart; thousands are grouped, millions and billions named M
/// and B, and very large or small numbers have an exponent. None unless low < high.
std::vector<ValueTick> value_ticks(double low, double high, std::size_t most);

/// A label of the time axis in up to two lines: the upper one small (12:00), the lower one large (30 Jun 2001) and only
/// where it changes.
struct TimeTick {
  double position;  ///< row, fractional where a tick falls between rows
  std::string upper, lower;
};

/// At most `most` ticks for rows with these times: whole minutes, hours, days, months or years where the texts are
/// times (parse_time) that never go back; multiples of 1, 2 or 5 times a power of ten where they are integers that
/// ascend; else the texts of evenly spread rows.
std::vector<TimeTick> time_ticks(std::span<const std::string> times, std::size_t most);

}  // namespace vdn::report
