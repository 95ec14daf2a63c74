#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include <vdn/core/error.hpp>

#include "data/raw_table.hpp"

namespace vdn {
namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();
constexpr const char* by_rows = "or go by row number with --time-axis rows";

/// The rows of one series (of all series, in a wide table) in the order of the file.
struct Group {
  std::span<const std::int64_t> times;
  std::span<const std::uint32_t> lines;
  std::span<const double> values;  ///< long tables
};

/// The times of the rows, and where the gaps between them are.
struct Axis {
  TimeStep step;
  std::vector<std::int64_t> times;  ///< ascending under strict
  std::vector<Gap> gaps;
  std::size_t holes = 0, inserted = 0;
};

/// A time as messages show it.
std::string shown(const RawTable& table, std::int64_t time, TimeStep step) {
  return format_time(time, step) + (table.report.offsets > 0 ? " UTC" : "");
}

std::string place(const RawTable& table, std::uint32_t line) {
  return fmt::format("{}:{}", table.source, line);
}

// ---- groups

/// Sorts the rows of a long table by series, those of one series staying in order.
void group_rows(RawTable& table, std::vector<Range>& ranges) {
  ranges.assign(table.names.size(), {});
  for (const std::uint32_t series : table.series) ++ranges[series].end;
  std::size_t at = 0;
  for (Range& range : ranges) {
    range = {at, at + range.end};
    at = range.end;
  }
  if (std::is_sorted(table.series.begin(), table.series.end())) return;
  std::vector<std::size_t> next(ranges.size());
  std::transform(ranges.begin(), ranges.end(), next.begin(), [](Range range) { return range.begin; });
  RawTable sorted;
  sorted.times.resize(table.times.size());
  sorted.lines.resize(table.times.size());
  sorted.values.resize(table.times.size());
  for (std::size_t row = 0; row < table.times.size(); ++row) {
    const std::size_t to = next[table.series[row]]++;
    sorted.times[to] = table.times[row];
    sorted.lines[to] = table.lines[row];
    sorted.values[to] = table.values[row];
  }
  table.times = std::move(sorted.times);
  table.lines = std::move(sorted.lines);
  table.values = std::move(sorted.values);
}

std::vector<Group> groups_of(RawTable& table) {
  if (!table.report.long_form) return {{table.times, table.lines, {}}};
  std::vector<Range> ranges;
  group_rows(table, ranges);
  std::vector<Group> groups;
  for (const Range range : ranges) {
    groups.push_back({std::span(table.times).subspan(range.begin, range.size()),
                      std::span(table.lines).subspan(range.begin, range.size()),
                      std::span(table.values).subspan(range.begin, range.size())});
  }
  return groups;
}

/// " of series 'x'" in a long table.
std::string of_series(const RawTable& table, std::size_t group) {
  return table.report.long_form ? fmt::format(" of series '{}'", table.names[group]) : "";
}

/// True when the times of every group fall from row to row.
bool newest_first(std::span<const Group> groups) {
  bool falls = false;
  for (const Group& group : groups) {
    if (std::adjacent_find(group.times.begin(), group.times.end(), std::less_equal<>()) != group.times.end()) {
      return false;
    }
    falls = falls || group.times.size() > 1;
  }
  return falls;
}

/// Reverses the rows of every group, which are spans of `table`.
void turn_round(RawTable& table, std::span<const Group> groups) {
  table.report.reversed = true;
  for (const Group& group : groups) {
    const auto begin = group.times.data() - table.times.data();
    const auto end = begin + static_cast<std::ptrdiff_t>(group.times.size());
    std::reverse(table.times.begin() + begin, table.times.begin() + end);
    std::reverse(table.lines.begin() + begin, table.lines.begin() + end);
    if (table.report.long_form) std::reverse(table.values.begin() + begin, table.values.begin() + end);
  }
  if (table.report.long_form) return;
  const auto rows = static_cast<std::ptrdiff_t>(table.lines.size());
  for (auto series = table.values.begin(); series != table.values.end(); series += rows) {
    std::reverse(series, series + rows);
  }
}

// ---- steps

/// Neighbours that are one step apart.
std::size_t explained(std::span<const std::int64_t> times, TimeStep step) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < times.size(); ++i) count += advance(times[i - 1], step, 1) == times[i] ? 1 : 0;
  return count;
}

/// The step of ascending times; `known` where it explains as much.
TimeStep step_of(std::span<const std::int64_t> times, TimeUnit unit, const std::optional<TimeStep>& known) {
  const TimeStep own = infer_step(times, unit).step;
  const bool fits = known && (known->unit == TimeUnit::index) == (unit == TimeUnit::index);
  return fits && explained(times, *known) >= explained(times, own) ? *known : own;
}

/// What to do about times that do not ascend. Taking rows in the order of the file helps against a clock set back now
/// and then, not in a table that is not sorted.
std::string sorting_hint(std::span<const std::int64_t> times) {
  std::size_t back = 0;
  for (std::size_t i = 1; i < times.size(); ++i) back += times[i] < times[i - 1] ? 1 : 0;
  const std::string sort = "sort the rows by time and keep one row a time";
  return 100 * back > times.size() + 100 ? sort : fmt::format("{}, {}", sort, by_rows);
}

void require_ascending(const RawTable& table, std::span<const Group> groups) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto times = groups[g].times;
    for (std::size_t i = 1; i < times.size(); ++i) {
      if (times[i] > times[i - 1]) continue;
      const TimeStep step = infer_step(times, table.unit).step;
      const std::string time = shown(table, times[i], step);
      const std::string problem =
          times[i] == times[i - 1]
              ? fmt::format("the time {} is that of line {}{}", time, groups[g].lines[i - 1], of_series(table, g))
              : fmt::format("the time {} is earlier than {} of line {}{}", time, shown(table, times[i - 1], step),
                            groups[g].lines[i - 1], of_series(table, g));
      throw Error(ErrorKind::data, place(table, groups[g].lines[i]), problem, sorting_hint(times));
    }
  }
}

/// The one step of all series: that of the longest, which the others must share.
TimeStep common_step(const RawTable& table, std::span<const Group> groups, const ReadingOptions& options) {
  const auto longest = std::max_element(groups.begin(), groups.end(),
                                        [](const Group& a, const Group& b) { return a.times.size() < b.times.size(); });
  const auto times = longest->times;
  const auto name = static_cast<std::size_t>(longest - groups.begin());
  if (times.size() < 2 && !options.known_step) {
    throw Error(ErrorKind::data, table.source,
                fmt::format("is too short for the step of its rows to be told: {}",
                            groups.size() == 1 ? "it has 1 row" : "no series has more than 1 row"),
                fmt::format("give at least two times, {}", by_rows));
  }
  const TimeStep step = step_of(times, table.unit, options.known_step);
  if (2 * explained(times, step) < times.size() - 1) {
    throw Error(
        ErrorKind::data, table.source,
        fmt::format("the step of its rows cannot be told: the most frequent distance{}, {}, is that of {} of {}",
                    of_series(table, name), describe_step(step), explained(times, step), times.size() - 1),
        fmt::format("give a row every step, {}", by_rows));
  }
  constexpr std::size_t few = 4;  // rows that say little about a step
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto own_times = groups[g].times;
    if (own_times.size() < few || g == name) continue;
    const TimeStep own = step_of(own_times, table.unit, step);
    if (own == step) continue;
    throw Error(ErrorKind::data, table.source,
                fmt::format("series '{}' has a row every {}, series '{}' one every {}", table.names[name],
                            describe_step(step), table.names[g], describe_step(own)),
                fmt::format("give series of one step, {}", by_rows));
  }
  return step;
}

// ---- rows

/// The distinct times of all groups, ascending.
std::vector<std::int64_t> union_of_times(std::span<const Group> groups, bool ascending) {
  if (ascending && groups.size() == 1) return {groups[0].times.begin(), groups[0].times.end()};
  std::vector<std::int64_t> all;
  const auto tidy = [&] {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  };
  std::size_t tidied = 0;
  for (const Group& group : groups) {
    const auto known = all.begin() + static_cast<std::ptrdiff_t>(tidied);
    const bool nothing_new = ascending && std::includes(std::lower_bound(all.begin(), known, group.times.front()),
                                                        known, group.times.begin(), group.times.end());
    if (nothing_new) continue;
    all.insert(all.end(), group.times.begin(), group.times.end());
    if (all.size() < 2 * tidied + 4096 && tidied > 0) continue;  // now and then, so that each time is sorted seldom
    tidy();
    tidied = all.size();
  }
  tidy();
  return all;
}

[[noreturn]] void refuse_off_grid(const RawTable& table, std::span<const Group> groups, std::int64_t time,
                                  std::int64_t start, TimeStep step) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto found = std::find(groups[g].times.begin(), groups[g].times.end(), time);
    if (found == groups[g].times.end()) continue;
    const std::uint32_t line = groups[g].lines[static_cast<std::size_t>(found - groups[g].times.begin())];
    throw Error(ErrorKind::data, place(table, line),
                fmt::format("the time {}{} is not on the grid of one row every {} from {} on", shown(table, time, step),
                            of_series(table, g), describe_step(step), shown(table, start, step)),
                fmt::format("correct the time, {}{}",
                            table.report.offsets > 0 ? "write local times without offsets, " : "", by_rows));
  }
  throw Error(ErrorKind::software, table.source, "a time is of no row");
}

/// Rows of one grid: short holes filled, long ones noted as gaps.
Axis regular_axis(const RawTable& table, std::span<const Group> groups, TimeStep step, std::size_t max_gap) {
  const std::vector<std::int64_t> found = union_of_times(groups, true);
  Axis axis{step, {}, {}};
  axis.times.reserve(found.size());
  std::int64_t before = 0;
  for (const std::int64_t time : found) {
    const auto number = steps_between(found.front(), time, step);
    if (!number) refuse_off_grid(table, groups, time, found.front(), step);
    const auto absent = axis.times.empty() ? 0 : static_cast<std::size_t>(*number - before - 1);
    if (absent > max_gap) {
      axis.gaps.push_back({axis.times.size(), axis.times.back(), time, absent, false});
    } else if (absent > 0) {
      ++axis.holes;
      axis.inserted += absent;
      for (std::int64_t n = before + 1; n < *number; ++n) axis.times.push_back(advance(found.front(), step, n));
    }
    axis.times.push_back(time);
    before = *number;
  }
  return axis;
}

/// The rows as they are; of a long table all times once.
Axis plain_axis(RawTable& table, std::span<const Group> groups, const ReadingOptions& options, ReadingReport& report) {
  Axis axis;
  axis.times = report.long_form ? union_of_times(groups, false) : std::move(table.times);  // groups see them still
  axis.step = step_of(axis.times, table.unit, options.known_step);
  for (const Group& group : groups) {
    for (std::size_t i = 1; i < group.times.size(); ++i) {
      report.duplicates += group.times[i] == group.times[i - 1] ? 1 : 0;
      report.unsorted += group.times[i] < group.times[i - 1] ? 1 : 0;
    }
  }
  for (std::size_t i = 1; i < axis.times.size(); ++i) {
    if (axis.times[i] <= axis.times[i - 1]) continue;
    const std::int64_t expected = advance(axis.times[i - 1], axis.step, 1);
    report.ignored_gaps += axis.times[i] > expected ? 1 : 0;
    report.irregular += axis.times[i] < expected ? 1 : 0;
  }
  return axis;
}

// ---- values

/// Throws when the values of a long table, spread over all times, are more than this machine can hold.
void require_memory(const RawTable& table, std::size_t rows) {
  const double needed = 8.0 * static_cast<double>(rows) * static_cast<double>(table.names.size());
  const double present = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (needed <= present) return;
  throw Error(ErrorKind::data, table.source,
              fmt::format("{} series over {} times take {:.0f} GB of memory, this machine has {:.0f}",
                          table.names.size(), rows, needed / 1e9, present / 1e9),
              "give fewer series, or series of the same times");
}

/// The values of a wide table moved to the rows of `axis`, which holds all its times.
void spread_wide(RawTable& table, const Axis& axis, SeriesSet& set) {
  const std::size_t from_rows = table.lines.size(), rows = axis.times.size(), D = table.names.size();
  if (from_rows == rows) {
    set.values = std::move(table.values);
    return;
  }
  set.values.assign(D * rows, missing_value);
  for (std::size_t row = 0, to = 0; row < from_rows; ++row, ++to) {
    while (axis.times[to] != table.times[row]) ++to;
    for (std::size_t d = 0; d < D; ++d) set.values[d * rows + to] = table.values[d * from_rows + row];
  }
}

/// The values of a long table on the rows of `axis`; of several at one time the last one counts. The rows of each
/// series become its extent.
void spread_long(const RawTable& table, std::span<const Group> groups, const Axis& axis, SeriesSet& set) {
  const std::size_t rows = axis.times.size();
  require_memory(table, rows);
  set.values.assign(groups.size() * rows, missing_value);
  for (std::size_t d = 0; d < groups.size(); ++d) {
    Range extent{rows, 0};
    auto at = axis.times.begin();
    for (std::size_t i = 0; i < groups[d].times.size(); ++i) {
      const std::int64_t time = groups[d].times[i];
      if (at == axis.times.end() || *at != time) at = std::lower_bound(axis.times.begin(), axis.times.end(), time);
      const auto row = static_cast<std::size_t>(at - axis.times.begin());
      set.values[d * rows + row] = groups[d].values[i];
      extent = {std::min(extent.begin, row), std::max(extent.end, row + 1)};
      ++at;
    }
    set.extent.push_back(extent);
  }
}

void mask_suspected(SeriesSet& set) {
  for (SuspectedMark& mark : set.reading.suspected) {
    double* values = set.values.data() + mark.series * set.length();
    std::replace(values, values + set.length(), mark.value, missing_value);
    mark.masked = true;
  }
}

/// A series has the rows from its first observed value to its last; one without any keeps all of its rows.
void find_extents(SeriesSet& set) {
  if (set.extent.empty()) set.extent.assign(set.count(), {0, set.length()});  // wide
  const auto observed = [](double value) { return !std::isnan(value); };
  for (std::size_t d = 0; d < set.count(); ++d) {
    const auto values = set.series(d);
    const auto first = std::find_if(values.begin(), values.end(), observed);
    const auto end = std::find_if(values.rbegin(), values.rend(), observed).base();
    if (first == values.end()) continue;
    set.extent[d] = {static_cast<std::size_t>(first - values.begin()), static_cast<std::size_t>(end - values.begin())};
  }
}

/// Extents that say nothing are left away.
void tidy_extents(SeriesSet& set) {
  const auto part = [&](Range range) { return range != Range{0, set.length()}; };
  set.reading.late_series = static_cast<std::size_t>(std::count_if(set.extent.begin(), set.extent.end(), part));
  if (set.reading.late_series == 0) set.extent.clear();
}

// ---- breaks

std::int64_t gap_time(const std::string& text, TimeUnit unit, bool dates) {
  std::int64_t number = 0;
  const bool integer = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == std::string::npos;
  if (integer) number = std::stoll(text);
  if (unit == TimeUnit::index && integer) return number;
  const auto time = dates && integer ? date_of_digits(number) : parse_time(text);
  if (unit != TimeUnit::index && time) return *time;
  throw Error(ErrorKind::usage, "--gap", fmt::format("'{}' is not a time as this table has them", text),
              unit == TimeUnit::index ? "give an integer" : "write it as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
}

/// Adds the declared gaps to those found.
void add_breaks(SeriesSet& set, std::vector<Gap> gaps, const ReadingOptions& options, TimeUnit unit, bool dates) {
  for (const std::string& text : options.gaps) {
    const std::int64_t time = gap_time(text, unit, dates);
    const auto found = std::find_if(set.times.begin(), set.times.end(), [&](auto other) { return other >= time; });
    const auto row = static_cast<std::size_t>(found - set.times.begin());
    if (row == 0 || row == set.length()) continue;
    const auto same = std::find_if(gaps.begin(), gaps.end(), [&](const Gap& gap) { return gap.row == row; });
    if (same == gaps.end()) {
      gaps.push_back({row, set.times[row - 1], set.times[row], 0, true});
    } else {
      same->declared = true;
    }
  }
  std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) { return a.row < b.row; });
  for (const Gap& gap : gaps) set.breaks.push_back(gap.row);
  set.reading.gaps = std::move(gaps);
}

/// Integers that all spell dates become dates. True when they did.
bool read_digits(RawTable& table) {
  if (table.unit != TimeUnit::index) return false;
  const auto spells = [](std::int64_t time) { return date_of_digits(time).has_value(); };
  if (!std::all_of(table.times.begin(), table.times.end(), spells)) return false;
  for (std::int64_t& time : table.times) time = *date_of_digits(time);
  table.unit = TimeUnit::second;
  return true;
}

}  // namespace

SeriesSet arrange(RawTable table, const ReadingOptions& options) {
  const bool dates = read_digits(table);
  const bool strict = options.time_axis == TimeAxis::strict;
  SeriesSet set;
  const std::vector<Group> groups = groups_of(table);
  if (strict && newest_first(groups)) turn_round(table, groups);
  set.reading = table.report;
  set.reading.time_axis = strict ? TimeAxis::strict : TimeAxis::rows;
  Axis axis;
  if (strict) {
    require_ascending(table, groups);
    axis = regular_axis(table, groups, common_step(table, groups, options), options.max_gap);
  } else {
    axis = plain_axis(table, groups, options, set.reading);
  }
  set.reading.holes = axis.holes;
  set.reading.inserted_rows = axis.inserted;
  const bool long_form = table.report.long_form;
  if (long_form) {
    spread_long(table, groups, axis, set);
  } else {
    spread_wide(table, axis, set);
  }
  set.source = std::move(table.source);
  set.time_name = std::move(table.time_name);
  set.names = std::move(table.names);
  set.times = std::move(axis.times);
  set.step = axis.step;
  set.reading.suspected = find_suspected_marks(set);
  const bool masks = std::find(options.missing.begin(), options.missing.end(), "auto") != options.missing.end();
  if (masks) mask_suspected(set);
  if (strict) find_extents(set);
  tidy_extents(set);
  add_breaks(set, std::move(axis.gaps), options, table.unit, dates);
  return set;
}

}  // namespace vdn
