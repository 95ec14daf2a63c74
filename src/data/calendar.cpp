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

/// Days since 1970-01-01, which was a Thursday.
std::int64_t day_number(std::int64_t time) {
  return floor_divide(time, day);
}

/// 0 on Mondays, 6 on Sundays.
std::int64_t weekday(std::int64_t day_number) {
  return (day_number + 3) - 7 * floor_divide(day_number + 3, 7);
}

/// Business days from the Monday 1969-12-29 on; a weekend counts as the Friday before it.
std::int64_t business_number(std::int64_t day_number) {
  return 5 * floor_divide(day_number + 3, 7) + std::min<std::int64_t>(weekday(day_number), 4);
}

std::int64_t day_of_business(std::int64_t business_number) {
  const std::int64_t weeks = floor_divide(business_number, 5);
  return 7 * weeks + (business_number - 5 * weeks) - 3;
}

bool is_month_end(std::chrono::year_month_day date) {
  return date.day() == (date.year() / date.month() / std::chrono::last).day();
}

std::chrono::year_month month_of_number(std::int64_t number) {
  return std::chrono::year(static_cast<int>(floor_divide(number, 12))) /
         std::chrono::month(static_cast<unsigned>(number - 12 * floor_divide(number, 12)) + 1);
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

/// +H:MM, -HH:MM or +HHMM east of Greenwich in seconds; nothing when it is none.
std::optional<std::int64_t> scan_offset(Scanner& scan) {
  const bool west = scan.rest.front() == '-';
  scan.rest.remove_prefix(1);
  const int hours = scan.number(2, 2);
  if (hours < 0 || hours > 23) return std::nullopt;
  const bool colon = scan.eat(':');
  const int minutes = scan.rest.empty() && !colon ? 0 : scan.number(2, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (hours * hour + minutes * minute);
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

/// The whole months from one time to a later one with the same day of the month (`ends`: both the last day) and time of
/// day, or 0.
std::int64_t whole_months(std::int64_t from, std::int64_t to, bool ends) {
  const auto a = date_of(from), b = date_of(to);
  const bool alike = ends ? is_month_end(a) && is_month_end(b) : a.day() == b.day();
  if (!alike || from - seconds_of(a) != to - seconds_of(b)) return 0;
  return month_number(b) - month_number(a);
}

/// The most frequent value of measure(from, to) over neighbouring times, zeros left out.
template <class Measure>
Frequent most_frequent_of(std::span<const std::int64_t> times, const Measure& measure) {
  std::vector<std::int64_t> values;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const std::int64_t value = times[i] > times[i - 1] ? measure(times[i - 1], times[i]) : 0;
    if (value > 0) values.push_back(value);
  }
  return most_frequent(values);
}

/// The common distance of ascending times, or 0: the regular table needs no counting.
std::int64_t only_difference(std::span<const std::int64_t> times) {
  if (times.size() < 2) return 0;
  const std::int64_t step = times[1] - times[0];
  for (std::size_t i = 2; i < times.size(); ++i) {
    if (times[i] - times[i - 1] != step) return 0;
  }
  return std::max<std::int64_t>(step, 0);
}

bool has_weekend(std::span<const std::int64_t> times) {
  return std::any_of(times.begin(), times.end(), [](std::int64_t time) { return weekday(day_number(time)) > 4; });
}

TimeStep months_or_seconds(std::span<const std::int64_t> times, Frequent seconds) {
  const Frequent ends = most_frequent_of(times, [](auto a, auto b) { return whole_months(a, b, true); });
  const Frequent months = most_frequent_of(times, [](auto a, auto b) { return whole_months(a, b, false); });
  if (months.count >= seconds.count && months.count >= ends.count) return {TimeUnit::month, months.value};
  if (ends.count >= seconds.count) return {TimeUnit::month_end, ends.value};
  return {TimeUnit::second, seconds.value};
}

TimeStep days_or_business_days(std::span<const std::int64_t> times, Frequent seconds) {
  if (has_weekend(times)) return {TimeUnit::second, seconds.value};
  const Frequent business = most_frequent_of(times, [](std::int64_t from, std::int64_t to) {
    return (to - from) % day == 0 ? business_number(day_number(to)) - business_number(day_number(from)) : 0;
  });
  if (business.count <= seconds.count) return {TimeUnit::second, seconds.value};
  return {TimeUnit::business_day, business.value};
}

TimeStep most_frequent_step(std::span<const std::int64_t> times, TimeUnit unit) {
  Frequent step{only_difference(times), times.size() - 1};
  if (step.value == 0) step = most_frequent_of(times, [](auto from, auto to) { return to - from; });
  if (step.value == 0) return {unit, 1};
  if (unit == TimeUnit::index) return {unit, step.value};
  if (step.value >= 28 * day) return months_or_seconds(times, step);
  if (step.value % day == 0 && step.value <= 3 * day && step.count + 1 < times.size()) {
    return days_or_business_days(times, step);
  }
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
  if (month < 0) return std::nullopt;
  if (scan.rest.empty() && text.size() == 7) {  // YYYY-MM
    const auto first = std::chrono::year(year) / month / 1;
    return first.ok() ? std::optional(seconds_of(first)) : std::nullopt;
  }
  if (!scan.eat(separator)) return std::nullopt;
  const int day_of_month = scan.number(1, 2);
  if (day_of_month < 0) return std::nullopt;
  const auto date = std::chrono::year(year) / month / day_of_month;
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = 0;
  if (scan.eat(' ') || scan.eat('T')) {
    seconds = scan_time_of_day(scan);
    if (seconds < 0) return std::nullopt;
    if (!scan.rest.empty() && (scan.rest.front() == '+' || scan.rest.front() == '-')) {
      const auto offset = scan_offset(scan);
      if (!offset || !scan.rest.empty()) return std::nullopt;
      return seconds_of(date) + seconds - *offset;
    }
  }
  scan.eat('Z');
  if (!scan.rest.empty()) return std::nullopt;
  return seconds_of(date) + seconds;
}

bool has_offset(std::string_view text) {
  constexpr std::size_t time_of_day = 9;  // behind the shortest date and its separator
  return text.find_first_of("+-", time_of_day) != std::string_view::npos;
}

std::optional<std::int64_t> date_of_digits(std::int64_t digits) {
  if (digits < 17000101 || digits > 22991231) return std::nullopt;
  const auto number = static_cast<unsigned>(digits);
  const auto date = std::chrono::year(static_cast<int>(number / 10000)) / (number / 100 % 100) / (number % 100);
  return date.ok() ? std::optional(seconds_of(date)) : std::nullopt;
}

std::string format_time(std::int64_t time, TimeStep step) {
  if (step.unit == TimeUnit::index) return fmt::format("{}", time);
  const auto date = date_of(time);
  const std::int64_t seconds = time - seconds_of(date);
  std::string text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const bool whole_days = step.unit != TimeUnit::second || step.count % day == 0;
  if (whole_days && seconds == 0) return text;
  return text + fmt::format(" {:02}:{:02}:{:02}", seconds / hour, seconds / minute % 60, seconds % minute);
}

std::string describe_step(TimeStep step) {
  const auto say = [](std::int64_t count, const char* unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (step.unit == TimeUnit::index) return say(step.count, "row");
  if (step.unit == TimeUnit::business_day) return say(step.count, "business day");
  if (step.unit == TimeUnit::month || step.unit == TimeUnit::month_end) {
    const std::string text = step.count % 12 == 0 ? say(step.count / 12, "year") : say(step.count, "month");
    return step.unit == TimeUnit::month_end ? text + " (month ends)" : text;
  }
  constexpr std::pair<std::int64_t, const char*> units[] = {
      {week, "week"}, {day, "day"}, {hour, "hour"}, {minute, "minute"}};
  for (const auto& [length, name] : units) {
    if (step.count % length == 0) return say(step.count / length, name);
  }
  return say(step.count, "second");
}

std::int64_t advance(std::int64_t time, TimeStep step, std::int64_t n) {
  if (step.unit == TimeUnit::second || step.unit == TimeUnit::index) return time + n * step.count;
  const std::int64_t time_of_day = time - day * day_number(time);
  if (step.unit == TimeUnit::business_day) {
    return day * day_of_business(business_number(day_number(time)) + n * step.count) + time_of_day;
  }
  const auto date = date_of(time);
  const auto target = month_of_number(month_number(date) + n * step.count);
  const auto last = (target / std::chrono::last).day();
  return seconds_of(target / (step.unit == TimeUnit::month_end ? last : std::min(date.day(), last))) + time_of_day;
}

std::optional<std::int64_t> steps_between(std::int64_t from, std::int64_t to, TimeStep step) {
  std::int64_t units = to - from;
  if (step.unit == TimeUnit::business_day) {
    units = business_number(day_number(to)) - business_number(day_number(from));
  } else if (step.unit == TimeUnit::month || step.unit == TimeUnit::month_end) {
    units = month_number(date_of(to)) - month_number(date_of(from));
  }
  const std::int64_t n = units / step.count;
  if (units < 0 || advance(from, step, n) != to) return std::nullopt;
  return n;
}

StepInference infer_step(std::span<const std::int64_t> times, TimeUnit unit) {
  StepInference result{most_frequent_step(times, unit), 0};
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (advance(times[i - 1], result.step, 1) != times[i]) ++result.deviations;
  }
  return result;
}

}  // namespace vdn
