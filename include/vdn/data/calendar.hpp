#pragma once
// Times without zones: seconds since 1970-01-01 00:00:00 in the proleptic Gregorian calendar, or plain integers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vdn {

/// What a time counts. `index`: the time column holds integers (0, 1, 2... or years); they are kept as they are.
/// Month ends and business days would become units of their own.
enum class TimeUnit : std::uint8_t { second, month, index };

/// The distance between two neighbouring rows: `count` units.
struct TimeStep {
  TimeUnit unit = TimeUnit::second;
  std::int64_t count = 1;
  bool operator==(const TimeStep&) const = default;
};

/// Reads YYYY-MM-DD or YYYY/M/D, optionally followed by a blank or T and H:MM[:SS[.fff]], optionally by Z.
/// Fractions of a second are cut off. Returns seconds since 1970, or nothing when the text is no such time.
std::optional<std::int64_t> parse_time(std::string_view text);

/// "YYYY-MM-DD HH:MM:SS"; the date alone when the step is whole days or months and the time is midnight; the integer
/// itself when the step counts an index. Reads back with parse_time.
std::string format_time(std::int64_t time, TimeStep step);

/// "10 minutes", "1 hour", "1 day", "1 week", "1 month", "1 year", "1 row" (index steps of one), ...
std::string describe_step(TimeStep step);

/// The time n steps later (earlier when n < 0). Months keep the day of the month, cut to the month's last day.
std::int64_t advance(std::int64_t time, TimeStep step, std::int64_t n);

/// What infer_step found out.
struct StepInference {
  TimeStep step;
  std::size_t deviations = 0;  ///< neighbouring rows whose difference is another one: gaps, duplicates, disorder
};

/// The most frequent difference of neighbouring times (of equally frequent ones the smallest), in months where that
/// explains more rows than seconds do. unit: `index` when the times are plain integers, else `second`.
/// Only positive differences are candidates; with none (fewer than two rows, or constant) the step is one unit.
StepInference infer_step(std::span<const std::int64_t> times, TimeUnit unit = TimeUnit::second);

}  // namespace vdn
