#include <vdn/data/windows.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

void require_32_bits(std::size_t rows, std::size_t series) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (rows > most || series > most) throw Error(ErrorKind::data, "", "the table has more than 2^32 - 1 rows or series");
}

WindowRun make_run(std::size_t series, std::size_t begin, std::size_t first, std::size_t count, std::size_t stride) {
  return {static_cast<std::uint32_t>(series), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(first),
          static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(stride)};
}

/// Origins from `first` to `last`, none when last < first.
std::size_t origin_count(std::size_t first, std::size_t last, std::size_t stride) {
  return last < first ? 0 : (last - first) / stride + 1;
}

/// How many values of a series are observed before each row; empty when none is missing in `rows`.
std::vector<std::uint32_t> observed_before(std::span<const double> values, Range rows) {
  const auto missing = [](double value) { return std::isnan(value); };
  if (std::none_of(values.begin() + static_cast<std::ptrdiff_t>(rows.begin),
                   values.begin() + static_cast<std::ptrdiff_t>(rows.end), missing)) {
    return {};
  }
  std::vector<std::uint32_t> seen(values.size() + 1);
  for (std::size_t t = 0; t < values.size(); ++t) seen[t + 1] = seen[t] + (missing(values[t]) ? 0 : 1);
  return seen;
}

/// Adds the runs of a part, series after series.
class RunCollector {
 public:
  RunCollector(const SeriesSet& set, Range part, const WindowShape& shape) : set_(set), part_(part), shape_(shape) {}

  std::vector<WindowRun> collect() {
    for (std::size_t series = 0; series < set_.count(); ++series) {
      const Range rows = set_.rows_of(series);
      seen_ = observed_before(set_.series(series), rows);
      std::size_t begin = rows.begin;
      for (auto at = std::upper_bound(set_.breaks.begin(), set_.breaks.end(), begin);
           at != set_.breaks.end() && *at < rows.end; ++at) {
        add_stretch(series, {std::exchange(begin, *at), *at});
      }
      add_stretch(series, {begin, rows.end});
    }
    return std::move(runs_);
  }

 private:
  void add_stretch(std::size_t series, Range stretch) {
    const std::size_t end = std::min(part_.end, stretch.end);
    if (end < stretch.begin + shape_.horizon) return;
    const std::size_t last = end - shape_.horizon;
    std::size_t first = std::max(part_.begin, stretch.begin + shape_.lookback + shape_.extra);
    if (last < first) first = std::max(part_.begin, stretch.begin + shape_.least() + shape_.extra);
    const std::size_t count = origin_count(first, last, shape_.stride);
    if (count == 0) return;
    if (seen_.empty()) {
      runs_.push_back(make_run(series, stretch.begin, first, count, shape_.stride));
    } else {
      add_observed(make_run(series, stretch.begin, first, count, shape_.stride));
    }
  }

  /// The pieces of a run whose windows have enough observed values.
  void add_observed(const WindowRun& whole) {
    for (std::size_t i = 0; i < whole.count;) {
      std::size_t end = i;
      while (end < whole.count && observed_enough(whole.origin(end), whole.begin)) ++end;
      if (end > i) runs_.push_back(make_run(whole.series, whole.begin, whole.origin(i), end - i, whole.stride));
      i = end + 1;
    }
  }

  bool observed_enough(std::size_t origin, std::size_t begin) const {
    const std::size_t from = std::max(begin, origin - std::min(origin, shape_.lookback));
    return seen_[origin + shape_.horizon] > seen_[origin] && seen_[origin] - seen_[from] >= shape_.least();
  }

  const SeriesSet& set_;
  Range part_;
  WindowShape shape_;
  std::vector<std::uint32_t> seen_;
  std::vector<WindowRun> runs_;
};

/// True when there is one run per series, all alike and from row 0 on.
bool is_grid(const std::vector<WindowRun>& runs, std::size_t series) {
  if (runs.size() != series) return false;
  for (std::size_t d = 0; d < series; ++d) {
    WindowRun expected = runs.front();
    expected.series = static_cast<std::uint32_t>(d);
    expected.begin = 0;
    if (runs[d] != expected) return false;
  }
  return true;
}

}  // namespace

Windows::Windows(std::size_t first, std::size_t last, std::size_t series, std::size_t stride)
    : series_(series), stride_(stride) {
  if (stride == 0) throw Error(ErrorKind::software, "Windows", "the stride is 0");
  require_32_bits(last, series);
  origins_ = origin_count(first, last, stride);
  count_ = origins_ * series_;
  if (count_ == 0) return;
  first_ = first;
  last_ = first + (origins_ - 1) * stride;
}

Windows Windows::of_runs(std::vector<WindowRun> runs, std::size_t series) {
  require_32_bits(0, series);
  Windows windows;
  windows.series_ = series;
  windows.runs_ = std::move(runs);
  std::erase_if(windows.runs_, [](const WindowRun& run) { return run.count == 0; });
  windows.series_starts_.assign(series + 1, windows.runs_.size());
  std::size_t next_series = 0, of_this_series = 0;
  for (std::size_t r = 0; r < windows.runs_.size(); ++r) {
    const WindowRun& run = windows.runs_[r];
    if (run.series >= series || (r > 0 && run.series < windows.runs_[r - 1].series) || run.stride == 0) {
      throw Error(ErrorKind::software, "Windows", "the runs are not in the order of the series, or a stride is 0");
    }
    if (r == 0 || run.series != windows.runs_[r - 1].series) of_this_series = 0;
    while (next_series <= run.series) windows.series_starts_[next_series++] = r;
    windows.run_starts_.push_back(windows.count_);
    windows.count_ += run.count;
    of_this_series += run.count;
    windows.origins_ = std::max(windows.origins_, of_this_series);
    windows.first_ = r == 0 ? run.first : std::min<std::size_t>(windows.first_, run.first);
    windows.last_ = std::max(windows.last_, run.last());
  }
  return windows;
}

Windows Windows::between(Range origins) const {
  const auto skipped = [&](std::size_t first, std::size_t stride) {
    return origins.begin <= first ? std::size_t{0} : (origins.begin - first + stride - 1) / stride;
  };
  if (origins.begin >= origins.end) return Windows(1, 0, series_, stride_);
  if (is_grid()) {
    if (empty()) return *this;
    return Windows(first_ + skipped(first_, stride_) * stride_, std::min(last_, origins.end - 1), series_, stride_);
  }
  std::vector<WindowRun> runs;
  for (const WindowRun& run : runs_) {
    const std::size_t first = run.origin(skipped(run.first, run.stride));
    const std::size_t count = origin_count(first, std::min(run.last(), origins.end - 1), run.stride);
    if (count > 0) runs.push_back(make_run(run.series, run.begin, first, count, run.stride));
  }
  return of_runs(std::move(runs), series_);
}

Window Windows::operator[](std::size_t i) const {
  if (runs_.empty()) {
    return {static_cast<std::uint32_t>(i % series_), static_cast<std::uint32_t>(first_ + i / series_ * stride_), 0};
  }
  const auto behind = std::upper_bound(run_starts_.begin(), run_starts_.end(), i);
  const auto index = static_cast<std::size_t>(behind - run_starts_.begin()) - 1;
  const WindowRun& run = runs_[index];
  return {run.series, static_cast<std::uint32_t>(run.origin(i - run_starts_[index])), run.begin};
}

std::vector<WindowRun> Windows::runs_of(std::size_t series) const {
  if (count_ == 0) return {};
  if (runs_.empty()) return {make_run(series, 0, first_, origins_, stride_)};
  return {runs_.begin() + static_cast<std::ptrdiff_t>(series_starts_[series]),
          runs_.begin() + static_cast<std::ptrdiff_t>(series_starts_[series + 1])};
}

std::size_t Windows::padded(std::size_t lookback, std::size_t extra) const {
  const auto of_run = [&](const WindowRun& run) {
    const std::size_t whole = std::size_t{run.begin} + lookback + extra;  // first origin with a whole context
    if (run.first >= whole) return std::size_t{0};
    return std::min<std::size_t>(run.count, (whole - run.first + run.stride - 1) / run.stride);
  };
  if (count_ == 0) return 0;
  if (runs_.empty()) return series_ * of_run(make_run(0, 0, first_, origins_, stride_));
  std::size_t padded = 0;
  for (const WindowRun& run : runs_) padded += of_run(run);
  return padded;
}

Windows part_windows(const SeriesSet& set, Range part, const WindowShape& shape) {
  if (shape.stride == 0) throw Error(ErrorKind::software, "part_windows", "the stride is 0");
  require_32_bits(set.length(), set.count());
  std::vector<WindowRun> runs = RunCollector(set, part, shape).collect();
  if (runs.empty()) return Windows(1, 0, set.count(), shape.stride);
  if (is_grid(runs, set.count())) return Windows(runs[0].first, runs[0].last(), set.count(), shape.stride);
  return Windows::of_runs(std::move(runs), set.count());
}

Windows training_windows(const SeriesSet& set, const Borders& borders, const WindowShape& shape) {
  return part_windows(set, borders.train(), shape);
}

Window window_at(const SeriesSet& set, std::size_t series, std::size_t origin) {
  std::size_t begin = set.rows_of(series).begin;
  const auto behind = std::lower_bound(set.breaks.begin(), set.breaks.end(), origin);  // breaks before it are crossed
  if (behind != set.breaks.begin()) begin = std::max(begin, *(behind - 1));
  return {static_cast<std::uint32_t>(series), static_cast<std::uint32_t>(origin),
          static_cast<std::uint32_t>(std::min(begin, origin))};
}

Windows training_windows(const Borders& borders, std::size_t series, std::size_t lookback, std::size_t horizon,
                         std::size_t extra, std::size_t stride) {
  return part_windows(borders.train(), series, lookback, horizon, extra, stride);
}

Windows part_windows(Range part, std::size_t series, std::size_t lookback, std::size_t horizon, std::size_t extra,
                     std::size_t stride) {
  const std::size_t first = std::max(part.begin, lookback + extra);
  if (part.end < horizon || part.end - horizon < first) return Windows(1, 0, series, stride);
  return Windows(first, part.end - horizon, series, stride);
}

Range context_rows(Window window, std::size_t lookback, std::size_t shift) {
  const std::size_t end = window.origin - std::min<std::size_t>(window.origin, shift);
  const std::size_t begin = std::max<std::size_t>(window.begin, end - std::min(end, lookback));
  return {std::min(begin, end), end};
}

void gather_context(ConstMatrix<float> values, Window window, std::span<float> context, std::size_t shift) {
  const Range rows = context_rows(window, context.size(), shift);
  const auto row = values.row(window.series).subspan(rows.begin, rows.size());
  const auto begin = context.end() - static_cast<std::ptrdiff_t>(row.size());
  std::copy(row.begin(), row.end(), begin);
  const auto observed = [](float value) { return !std::isnan(value); };
  const auto first = std::find_if(begin, context.end(), observed);
  std::fill(context.begin(), first, first == context.end() ? 0.0f : *first);
  for (auto at = first; at != context.end(); ++at) {
    if (std::isnan(*at)) *at = *(at - 1);  // at > first: the first one is observed
  }
}

void gather_target(ConstMatrix<float> values, Window window, std::span<float> target,
                   std::span<std::uint8_t> observed) {
  const auto row = values.row(window.series).subspan(window.origin, target.size());
  for (std::size_t h = 0; h < target.size(); ++h) {
    observed[h] = std::isnan(row[h]) ? 0 : 1;
    target[h] = observed[h] ? row[h] : 0.0f;
  }
}

WindowTargets::WindowTargets(ConstMatrix<float> values, std::span<const Window> windows, std::size_t horizon)
    : horizon_(horizon), values_(windows.size() * horizon), observed_(windows.size() * horizon) {
  for (std::size_t b = 0; b < windows.size(); ++b) {
    gather_target(values, windows[b], std::span(values_).subspan(b * horizon, horizon),
                  std::span(observed_).subspan(b * horizon, horizon));
    series_.push_back(windows[b].series);
  }
}

}  // namespace vdn
