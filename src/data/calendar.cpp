#include <vdn/data/calendar.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace vdn {
namespace {

constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour, week = 7 * day;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::sys_days(std::chrono::days(floor_divide(time, day)));
}

std::int64_t seconds_of(std::chrono::year_month_day date) {
  return std::chrono::sys_days(date).time_since_epoch().count() * day;
}

/// Months since year 0, for differences.
std::int64_t month_number(std::chrono::year_month_day date) {
  return 12 * std::int64_t{static_cast<int>(date.year())} + static_cast<unsigned>(date.month()) - 1;
}

/// Eats text from the front.
struct Scanner {
  std::string_view rest;
  bool eat(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// Between `least` and `most` digits, or -1.
  int number(std::size_t least, std::size_t most) {
    std::size_t size = 0;
    int value = 0;
    while (size < most && size < rest.size() && rest[size] >= '0' && rest[size] <= '9') {
      value = 10 * value + (rest[size++] - '0');
    }
    if (size < least) return -1;
    rest.remove_prefix(size);
    return value;
  }
};

/// H:MM[:SS[.fff]] as seconds after midnight, or -1.
std::int64_t scan_time_of_day(Scanner& scan) {
  const int hours = scan.number(1, 2);
  if (hours < 0 || hours > 23 || !scan.eat(':')) return -1;
  const int minutes = scan.number(2, 2);
  if (minutes < 0 || minutes > 59) return -1;
  int seconds = 0;
  if (scan.eat(':')) {
    seconds = scan.number(2, 2);
    if (seconds < 0 || seconds > 59) return -1;
    if (scan.eat('.') && scan.number(1, 9) < 0) return -1;
  }
  return hours * hour + minutes * minute + seconds;
}

struct Frequent {
  std::int64_t value = 0;
  std::size_t count = 0;
};

/// The most frequent value, of equally frequent ones the smallest. Sorts.
Frequent most_frequent(std::vector<std::int64_t>& values) {
  std::sort(values.begin(), values.end());
  Frequent best;
  for (auto from = values.begin(); from != values.end();) {
    const auto to = std::upper_bound(from, values.end(), *from);
    const auto count = static_cast<std::size_t>(to - from);
    if (count > best.count) best = {*from, count};
    from = to;
  }
  return best;
}

/// The whole months from one time to a later one with the same day of the month and time of day, or 0.
std::int64_t whole_months(std::int64_t from, std::int64_t to) {
  const auto a = date_of(from), b = date_of(to);
  if (a.day() != b.day() || from - seconds_of(a) != to - seconds_of(b)) return 0;
  return month_number(b) - month_number(a);
}

TimeStep most_frequent_step(std::span<const std::int64_t> times, TimeUnit unit) {
  std::vector<std::int64_t> differences, months;
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] > times[i - 1]) differences.push_back(times[i] - times[i - 1]);
  }
  const Frequent step = most_frequent(differences);
  if (step.count == 0) return {unit, 1};
  if (unit == TimeUnit::index || step.value < 28 * day) return {unit, step.value};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const std::int64_t apart = times[i] > times[i - 1] ? whole_months(times[i - 1], times[i]) : 0;
    if (apart > 0) months.push_back(apart);
  }
  const Frequent month_step = most_frequent(months);
  if (month_step.count > step.count) return {TimeUnit::month, month_step.value};
  return {unit, step.value};
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  Scanner scan{text};
  const int year = scan.number(4, 4);
  const char separator = scan.rest.empty() ? '\0' : scan.rest.front();
  if (year < 0 || (separator != '-' && separator != '/')) return std::nullopt;
  scan.eat(separator);
  const int month = scan.number(1, 2);
  if (month < 0 || !scan.eat(separator)) return std::nullopt;
  const int day_of_month = scan.number(1, 2);
  if (day_of_month < 0) return std::nullopt;
  const auto date = std::chrono::year(year) / month / day_of_month;
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = 0;
  if (scan.eat(' ') || scan.eat('T')) {
    seconds = scan_time_of_day(scan);
    if (seconds < 0) return std::nullopt;
  }
  scan.eat('Z');
  if (!scan.rest.empty()) return std::nullopt;
  return seconds_of(date) + seconds;
}

std::string format_time(std::int64_t time, TimeStep step) {
  if (step.unit == TimeUnit::index) return fmt::format("{}", time);
  const auto date = date_of(time);
  const std::int64_t seconds = time - seconds_of(date);
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const bool whole_days = step.unit == TimeUnit::month || step.count % day == 0;
  if (whole_days && seconds == 0) return text;
  return text + fmt::format(" {:02}:{:02}:{:02}", seconds / hour, seconds / minute % 60, seconds % minute);
}

std::string describe_step(TimeStep step) {
  const auto say = [](std::int64_t count, const char* unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (step.unit == TimeUnit::index) return say(step.count, "row");
  if (step.unit == TimeUnit::month) {
    return step.count % 12 == 0 ? say(step.count / 12, "year") : say(step.count, "month");
  }
  constexpr std::pair<std::int64_t, const char*> units[] = {
      {week, "week"}, {day, "day"}, {hour, "hour"}, {minute, "minute"}};
  for (const auto& [length, name] : units) {
    if (step.count % length == 0) return say(step.count / length, name);
  }
  return say(step.count, "second");
}

std::int64_t advance(std::int64_t time, TimeStep step, std::int64_t n) {
  if (step.unit != TimeUnit::month) return time + n * step.count;
  using std::chrono::year, std::chrono::month;
  const auto date = date_of(time);
  const std::int64_t to = month_number(date) + n * step.count;
  const auto target =
      year(static_cast<int>(floor_divide(to, 12))) / month(static_cast<unsigned>(to - 12 * floor_divide(to, 12)) + 1);
  const auto last = (target / std::chrono::last).day();
  return seconds_of(target / std::min(date.day(), last)) + (time - seconds_of(date));
}

StepInference infer_step(std::span<const std::int64_t> times, TimeUnit unit) {
  StepInference result{most_frequent_step(times, unit), 0};
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (advance(times[i - 1], result.step, 1) != times[i]) ++result.deviations;
  }
  return result;
}

}  // namespace vdn
