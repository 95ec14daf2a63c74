#include <vdn/data/profile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace vdn {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

void look_at_stretches(std::span<const double> values, SeriesProfile& out) {
  std::size_t missing = 0;
  Stretch now;
  for (std::size_t t = out.rows.begin; t < out.rows.end; ++t) {
    if (std::isnan(values[t])) {
      out.longest_missing = std::max(out.longest_missing, ++missing);
      now = {};
      continue;
    }
    missing = 0;
    if (now.rows > 0 && now.value == values[t]) {
      ++now.rows;
    } else {
      now = {t, 1, values[t]};
    }
    if (now.rows > out.constant.rows) out.constant = now;
  }
}

void look_at_values(std::vector<double> sorted, SeriesProfile& out) {
  std::sort(sorted.begin(), sorted.end());
  out.low = sorted.front();
  out.high = sorted.back();
  out.median = sorted[(sorted.size() - 1) / 2];
  double sum = 0, squares = 0;
  for (const double x : sorted) sum += x;
  out.mean = sum / static_cast<double>(sorted.size());
  for (const double x : sorted) squares += (x - out.mean) * (x - out.mean);
  out.deviation = std::sqrt(squares / static_cast<double>(sorted.size()));
  for (auto from = sorted.begin(); from != sorted.end();) {
    const auto to = std::upper_bound(from, sorted.end(), *from);
    if (const auto count = static_cast<std::size_t>(to - from); count > out.atom_count) {
      out.atom = *from;
      out.atom_count = count;
    }
    from = to;
  }
}

/// The step of every row's time, counted from the first row's; the row itself where times are no grid (disorder, steps
/// between the steps) or where the grid would be more than twice as long as the table.
std::vector<std::size_t> grid_positions(const SeriesSet& set) {
  std::vector<std::size_t> by_row(set.length()), by_time;
  std::iota(by_row.begin(), by_row.end(), std::size_t{0});
  by_time.reserve(set.length());
  for (std::size_t row = 0; row < set.length(); ++row) {
    if (row == 0) {
      by_time.push_back(0);
      continue;
    }
    const std::int64_t before = set.times[row - 1], now = set.times[row];
    const std::optional<std::int64_t> apart = steps_between(before, now, set.step);
    if (!apart || *apart <= 0) return by_row;
    const auto steps = static_cast<std::size_t>(*apart);
    if (steps > 2 * set.length() || by_time.back() + steps > 2 * set.length()) return by_row;
    by_time.push_back(by_time.back() + steps);
  }
  return by_time;
}

/// A series on that grid, NaN where no row stands, so that its seasons are counted in steps of time.
std::vector<double> on_grid(std::span<const double> values, const std::vector<std::size_t>& positions) {
  std::vector<double> grid(positions.empty() ? 0 : positions.back() + 1, none);
  for (std::size_t row = 0; row < values.size(); ++row) grid[positions[row]] = values[row];
  return grid;
}

SeriesProfile profile_of(const SeriesSet& set, const std::vector<std::size_t>& positions, std::size_t d) {
  const auto values = set.series(d);
  SeriesProfile out;
  std::vector<double> observed;
  observed.reserve(values.size());
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (std::isnan(values[t])) continue;
    if (observed.empty()) out.rows.begin = t;
    out.rows.end = t + 1;
    observed.push_back(values[t]);
  }
  out.observed = observed.size();
  if (observed.empty()) {
    out.low = out.median = out.high = out.mean = out.deviation = out.atom = none;
    return out;
  }
  out.missing = out.rows.size() - out.observed;
  look_at_stretches(values, out);
  look_at_values(std::move(observed), out);
  out.seasons = find_seasons(on_grid(values, positions), set.step);
  return out;
}

/// The largest multiple of `season` up to `rows`; `rows` itself when there is no season or none fits.
std::size_t whole_seasons(std::size_t rows, std::size_t season) {
  return season == 0 || rows < season ? rows : rows / season * season;
}

}  // namespace

DataProfile profile(const SeriesSet& set, Scheduler& scheduler) {
  DataProfile out;
  out.axis = time_axis_report(set);
  out.series.resize(set.count());
  const std::vector<std::size_t> positions = grid_positions(set);
  scheduler.run(set.count(), [&](std::size_t d) { out.series[d] = profile_of(set, positions, d); });
  for (const SuspectedMark& mark : set.reading.suspected) {
    SuspectedMark& first = out.series[mark.series].mark;
    if (!mark.masked && first.count == 0) first = mark;
  }
  std::vector<std::vector<Season>> seasons;
  for (const SeriesProfile& series : out.series) seasons.push_back(series.seasons);
  out.seasons = common_seasons(seasons);
  return out;
}

std::vector<std::string> notable(const SeriesProfile& s, const SeriesSet& set) {
  if (s.observed == 0) return {"no value"};
  if (s.atom_count == s.observed) return {"constant"};
  std::vector<std::string> list;
  if (s.mark.count > 0) {
    list.push_back(fmt::format("{:.6g} ({}) may stand for missing values", s.mark.value,
                               s.mark.count == 1 ? "once" : fmt::format("{} times", s.mark.count)));
  }
  const double missing = static_cast<double>(s.missing) / static_cast<double>(s.rows.size());
  if (missing >= 0.05) list.push_back(fmt::format("{:.0f}% missing", 100 * missing));
  if (s.atom_count > 1 && s.atom_share() >= 0.1)
    list.push_back(fmt::format("{:.0f}% are {:.6g}", 100 * s.atom_share(), s.atom));
  const std::size_t season = s.seasons.empty() ? 0 : s.seasons.front().rows;
  if (s.constant.rows >= std::max<std::size_t>(24, season)) {
    list.push_back(fmt::format("{} rows of {:.6g} from {}", s.constant.rows, s.constant.value,
                               format_time(set.times[s.constant.row], set.step)));
  }
  return list;
}

SeasonSpan season_span(const DataProfile& profile) {
  SeasonSpan span;
  for (const CommonSeason& season : profile.seasons) {
    if (4 * season.series < profile.series.size()) continue;
    span.longest = std::max(span.longest, season.rows);
    span.shortest = span.shortest == 0 ? season.rows : std::min(span.shortest, season.rows);
  }
  return span;
}

std::size_t suggest_lookback(SeasonSpan seasons, std::size_t training_rows, std::size_t horizon) {
  constexpr std::size_t usual = 336, without_season = 96;
  const std::size_t m = seasons.longest, quarter = training_rows / 4;
  const std::size_t room = training_rows > horizon ? (training_rows - horizon) / 2 : 1;
  std::size_t wanted = std::min(without_season, quarter);
  if (m > 0) {
    const std::size_t least = std::max(3 * seasons.shortest, 2 * m);
    wanted = std::max((least + m - 1) / m * m, whole_seasons(std::min(usual, quarter), m));
  }
  return std::max<std::size_t>(1, whole_seasons(std::min(wanted, room), m));
}

}  // namespace vdn
