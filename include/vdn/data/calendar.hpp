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
/// `month_end`: months from last day to last day. `business_day`: days from Monday to Friday, holidays not known.
enum class TimeUnit : std::uint8_t { second, month, index, month_end, business_day };

/// The distance between two neighbouring rows: `count` units.
struct TimeStep {
  TimeUnit unit = TimeUnit::second;
  std::int64_t count = 1;
  bool operator==(const TimeStep&) const = default;
};

/// Reads YYYY-MM-DD or YYYY/M/D, optionally followed by a blank or T and H:MM[:SS[.fff]], optionally by Z or an offset
/// such as +02:00, which is taken off (the time is then that of Greenwich); or YYYY-MM, the first of that month.
/// Fractions of a second are cut off. Returns seconds since 1970, or nothing when the text is no such time.
std::optional<std::int64_t> parse_time(std::string_view text);
/// Whether a time that parse_time reads carries an offset from UTC (+02:00), which it takes off.
bool has_offset(std::string_view text);

/// The date that an integer of eight digits spells (20240131), or nothing; years 1700 to 2299 only.
std::optional<std::int64_t> date_of_digits(std::int64_t digits);

/// "YYYY-MM-DD HH:MM:SS"; the date alone when the step is whole days or months and the time is midnight; the integer
/// itself when the step counts an index. Reads back with parse_time.
std::string format_time(std::int64_t time, TimeStep step);

/// "10 minutes", "1 hour", "1 day", "1 week", "1 month", "1 year", "1 row" (index steps of one), "3 months (month
/// ends)", "1 business day", ...
std::string describe_step(TimeStep step);

/// The time n steps later (earlier when n < 0). Months keep the day of the month, cut to the month's last day; month
/// ends go to the last day whatever the day was; business days count from the Friday before when the time is on a
/// weekend. The time of day stays.
std::int64_t advance(std::int64_t time, TimeStep step, std::int64_t n);

/// The n >= 0 with advance(from, step, n) == to, or nothing: `to` is earlier or off the grid that begins at `from`.
std::optional<std::int64_t> steps_between(std::int64_t from, std::int64_t to, TimeStep step);

/// What infer_step found out.
struct StepInference {
  TimeStep step;
  std::size_t deviations = 0;  ///< neighbouring rows whose difference is another one: gaps, duplicates, disorder
};

/// The step that explains most differences of neighbouring times (of equally good ones the smallest): a number of
/// seconds; months or month ends where the most frequent difference is 28 days or more and they explain as much;
/// business days where there are days, no weekend, and they explain more.
/// unit: `index` when the times are plain integers, else `second`. Only positive differences are candidates; with none
/// (fewer than two rows, or constant) the step is one unit.
StepInference infer_step(std::span<const std::int64_t> times, TimeUnit unit = TimeUnit::second);

}  // namespace vdn
