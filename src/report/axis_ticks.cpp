#include "report/axis_ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include <vdn/data/calendar.hpp>

namespace vdn::report {
namespace {

/// The smallest of 1, 2, 5 times a power of ten that is at least `width`.
double nice_step(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= width * (1 - 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

/// 12345.5 -> 12,345.5
std::string group_thousands(std::string text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = std::min(text.find('.'), text.size()); at > sign + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

/// 1.5e-6, with the digits that tell multiples of `step` apart.
std::string print_exponent(double value, double step) {
  const double digits = std::floor(std::log10(std::abs(value))) - std::floor(std::log10(step) + 1e-9);
  const std::string text = fmt::format("{:.{}e}", value, std::clamp(static_cast<int>(digits), 0, 16));
  std::string mantissa = text.substr(0, text.find('e'));
  if (mantissa.find('.') != std::string::npos) mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.ends_with('.')) mantissa.pop_back();
  return mantissa + "e" + std::to_string(std::stoi(text.substr(text.find('e') + 1)));
}

/// A multiple of `step` on an axis whose largest number is `largest` by size.
std::string print_value(double value, double step, double largest) {
  if (std::abs(value) < step / 2) return "0";
  if (largest >= 1e13 || largest < 1e-3) return print_exponent(value, step);
  double unit = 1.0;
  const char* suffix = "";
  if (largest >= 2e9) {
    unit = 1e9;
    suffix = "B";
  } else if (largest >= 2e6) {
    unit = 1e6;
    suffix = "M";
  }
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit) - 1e-9)), 0, 9);
  return group_thousands(fmt::format("{:.{}f}", value / unit, decimals)) + suffix;
}

constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;

/// The distance of two ticks: seconds or months.
struct Interval {
  std::int64_t seconds = 0, months = 0;
};

constexpr Interval intervals[] = {{1},          {5},           {15},          {30},          {minute},  {2 * minute},
                                  {5 * minute}, {10 * minute}, {15 * minute}, {30 * minute}, {hour},    {2 * hour},
                                  {3 * hour},   {6 * hour},    {12 * hour},   {day},         {2 * day}, {4 * day},
                                  {7 * day},    {14 * day},    {0, 1},        {0, 2},        {0, 3},    {0, 6},
                                  {0, 12},      {0, 24},       {0, 60},       {0, 120},      {0, 240},  {0, 600},
                                  {0, 1200},    {0, 6000},     {0, 12000},    {0, 120000}};

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  return value - ((value % step) + step) % step;
}

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(floor_to(time, day) / day)));
}

std::int64_t month_of(std::int64_t time) {
  const auto date = date_of(time);
  return std::int64_t{12} * static_cast<int>(date.year()) + static_cast<unsigned>(date.month()) - 1;
}

std::int64_t month_start(std::int64_t month) {
  const std::int64_t year = floor_to(month, 12) / 12;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month - 12 * year + 1)),
                                         std::chrono::day(1));
  return day * std::chrono::sys_days(date).time_since_epoch().count();
}

/// The multiples of an interval in [first, last]; nothing when there are more than `most`. Weeks begin on Monday.
std::optional<std::vector<std::int64_t>> multiples(Interval interval, std::int64_t first, std::int64_t last,
                                                   std::size_t most) {
  std::vector<std::int64_t> times;
  const std::int64_t anchor = interval.seconds % (7 * day) == 0 ? 4 * day : 0;
  std::int64_t at = interval.months > 0 ? floor_to(month_of(first), interval.months)
                                        : floor_to(first - anchor, interval.seconds) + anchor;
  for (;; at += interval.months > 0 ? interval.months : interval.seconds) {
    const std::int64_t time = interval.months > 0 ? month_start(at) : at;
    if (time > last) return times;
    if (time < first) continue;
    if (times.size() == most) return std::nullopt;
    times.push_back(time);
  }
}

/// Where a time falls among ascending times, between rows by proportion.
double position_of(std::int64_t time, std::span<const std::int64_t> rows) {
  const auto after = std::lower_bound(rows.begin(), rows.end(), time);
  const double index = static_cast<double>(after - rows.begin());
  if (after == rows.begin() || after == rows.end() || *after == time) return index;
  return index - static_cast<double>(*after - time) / static_cast<double>(*after - *(after - 1));
}

/// `before`: the tick before this one, or null.
TimeTick label_time(std::int64_t time, const std::int64_t* before, Interval interval) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto date = date_of(time);
  const std::string year = std::to_string(static_cast<int>(date.year()));
  const char* month = months[static_cast<unsigned>(date.month()) - 1];
  const std::string day_text = fmt::format("{} {}", static_cast<unsigned>(date.day()), month);
  const bool new_year = !before || date_of(*before).year() != date.year();
  if (interval.months >= 12) return {0, year, ""};
  if (interval.months > 0) return {0, month, new_year ? year : ""};
  if (interval.seconds >= day) return {0, day_text, new_year ? year : ""};
  const std::int64_t clock = time - floor_to(time, day);
  std::string upper = fmt::format("{:02}:{:02}", clock / hour, clock % hour / minute);
  if (interval.seconds < minute) upper += fmt::format(":{:02}", clock % minute);
  const bool new_day = !before || date_of(*before) != date;
  return {0, upper, new_day ? day_text + (new_year ? " " + year : "") : ""};
}

std::optional<std::vector<TimeTick>> calendar_ticks(std::span<const std::string> texts, std::size_t most) {
  std::vector<std::int64_t> rows;
  for (const std::string& text : texts) {
    const auto time = parse_time(text);
    if (!time || (!rows.empty() && *time < rows.back())) return std::nullopt;
    rows.push_back(*time);
  }
  for (const Interval interval : intervals) {
    const auto times = multiples(interval, rows.front(), rows.back(), most);
    if (!times) continue;
    std::vector<TimeTick> ticks;
    for (std::size_t i = 0; i < times->size(); ++i) {
      ticks.push_back(label_time((*times)[i], i > 0 ? &(*times)[i - 1] : nullptr, interval));
      ticks.back().position = position_of((*times)[i], rows);
    }
    return ticks;
  }
  return std::nullopt;
}

std::optional<std::vector<TimeTick>> integer_ticks(std::span<const std::string> texts, std::size_t most) {
  std::vector<std::int64_t> rows;
  for (const std::string& text : texts) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc() || stop != end || (!rows.empty() && value <= rows.back())) return std::nullopt;
    rows.push_back(value);
  }
  const double span = static_cast<double>(rows.back()) - static_cast<double>(rows.front());
  const auto step =
      static_cast<std::int64_t>(std::max(1.0, nice_step(std::max(1.0, span) / static_cast<double>(most))));
  std::vector<TimeTick> ticks;
  for (std::int64_t at = floor_to(rows.front() + step - 1, step); at <= rows.back(); at += step) {
    ticks.push_back({position_of(at, rows), std::to_string(at), ""});
  }
  return ticks;
}

}  // namespace

std::vector<ValueTick> value_ticks(double low, double high, std::size_t most) {
  std::vector<ValueTick> ticks;
  if (!(low < high) || most == 0) return ticks;
  const double step = nice_step((high - low) / static_cast<double>(most));
  if (!std::isfinite(step) || step <= 0) return ticks;
  const double largest = std::max(std::abs(low), std::abs(high));
  for (double k = std::ceil(low / step); k * step <= high && ticks.size() <= most; ++k) {
    ticks.push_back({k * step, print_value(k * step, step, largest)});
  }
  return ticks;
}

std::vector<TimeTick> time_ticks(std::span<const std::string> times, std::size_t most) {
  if (times.empty() || most == 0) return {};
  if (auto ticks = calendar_ticks(times, most)) return *ticks;
  if (auto ticks = integer_ticks(times, most)) return *ticks;
  std::vector<TimeTick> ticks;
  const std::size_t every = (times.size() + most - 1) / most;
  for (std::size_t row = 0; row < times.size(); row += every) {
    ticks.push_back({static_cast<double>(row), times[row], ""});
  }
  return ticks;
}

}  // namespace vdn::report
