#include <vdn/train/automatic_settings.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <vdn/data/row_phases.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/seasons.hpp>
#include <vdn/model/split_windows.hpp>

namespace vdn {
namespace {

constexpr std::size_t longest_unjudged = 336;

/// One candidate, or all of them where the setting is empty.
template <class Value, class Candidates>
Candidates candidates_for(const Automatic<Value>& setting, Candidates all) {
  if (!setting) return all;
  return {static_cast<typename Candidates::value_type>(*setting)};
}

/// Look-backs the split allows, ascending; the one that is set, when it is.
std::vector<std::size_t> lookbacks_for(const LoadedData& data, const FitJob& job) {
  if (job.settings.lookback > 0) return {job.settings.lookback};
  std::vector<std::size_t> allowed;
  Settings settings = job.settings;
  for (const std::size_t lookback : {36, 96, 192, 336, 512, 720}) {
    settings.lookback = lookback;
    try {
      fit_borders(data, job.split, settings);
      allowed.push_back(lookback);
    } catch (const Error&) {  // another one may be allowed: a protocol may fix it
      continue;
    }
  }
  return allowed;
}

/// Whether the training rows hold two look-backs and the horizon.
bool holds_windows(const LoadedData& data, const FitJob& job, std::size_t lookback) {
  Settings settings = job.settings;
  settings.lookback = lookback;
  return 2 * lookback + settings.horizon <= fit_borders(data, job.split, settings).train_end;
}

LineGrid grid_for(const LoadedData& data, const FitJob& job) {
  const Settings& s = job.settings;
  const bool line = s.line != LineMode::none;  // without one the pooled line stands in, to choose the look-back
  const Automatic<std::uint64_t> rank = line ? s.line_rank : 0;
  LineGrid grid;
  grid.lookbacks = lookbacks_for(data, job);
  grid.penalties = candidates_for(s.line_penalty, std::vector<double>{1e-3, 1e-2, 1e-1, 1, 10, 100, 1000});
  grid.drifts = s.line_drift ? std::vector<char>{*s.line_drift == LineDrift::fitted} : std::vector<char>{0, 1};
  grid.free_levels = s.line_level ? std::vector<char>{*s.line_level == LineLevel::free} : std::vector<char>{0, 1};
  grid.ranks = candidates_for(rank, std::vector<std::size_t>{0, 8});
  grid.series_penalties = candidates_for(s.line_series_penalty, std::vector<double>{.1, 1, 10});
  grid.robust = s.line_loss ? std::vector<char>{*s.line_loss == LineLoss::robust} : std::vector<char>{0, 1};
  grid.longer_gain = .001;
  grid.drift_gain = .01;
  grid.series_gain = .02;
  grid.cycle_gain = .01;
  return grid;
}

/// The cycles most series have in the training rows, at most two.
std::vector<std::size_t> cycles_of(const SeriesSet& series, Range training) {
  constexpr std::size_t most_series = 16, most_cycles = 2, repetitions = 8;
  std::vector<std::vector<Season>> seasons;
  const std::size_t tried = std::min(series.count(), most_series);
  for (std::size_t k = 0; k < tried; ++k) {
    const auto values = series.series(k * series.count() / tried).subspan(training.begin, training.size());
    seasons.push_back(find_seasons(values, series.step));
  }
  std::vector<std::size_t> cycles;
  for (const CommonSeason& season : common_seasons(seasons)) {
    if (season.rows * repetitions <= training.size() && cycles.size() < most_cycles) cycles.push_back(season.rows);
  }
  return cycles;
}

/// None, and those found; or the one that is set.
std::vector<CycleCandidate> cycles_for(const SeriesSet& series, const Settings& s, Range training) {
  const auto candidate = [&](std::size_t rows) {
    return CycleCandidate{rows, row_phases(series, series.times.front(), rows)};
  };
  if (s.line == LineMode::none) return {candidate(0)};
  if (s.line_cycle) return {candidate(*s.line_cycle)};
  std::vector<CycleCandidate> candidates{candidate(0)};
  for (const std::size_t rows : cycles_of(series, training)) candidates.push_back(candidate(rows));
  return candidates;
}

/// choose_line on the windows of the longest look-back.
std::optional<LineChoice> judge(const LoadedData& data, const FitJob& job, LineGrid grid, Scheduler& scheduler) {
  Settings s = job.settings;
  s.lookback = grid.lookbacks.back();
  const SeriesSet& series = data.series;
  const Borders borders = fit_borders(data, job.split, s);
  const std::vector<float> values = scale_series(series, fit_scaler(series, scaler_rows(data, job.split, borders)));
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  WindowShape shape = window_shape(s);
  shape.extra = 0;
  const auto windows = [&](Part part) { return split_windows(series, s, job.split, borders, part, shape); };
  const Windows training = windows(Part::training), validation = windows(Part::validation);
  if (training.empty() || validation.empty()) return std::nullopt;
  // Of few windows no periodic line is fitted (linear_path): none is offered.
  if (grid.least_windows == 0) grid.cycles = cycles_for(series, s, borders.train());
  return choose_line(scaled, training, validation, s.horizon, grid, scheduler);
}

/// Chooses no more than the penalty, by folds of half as many windows again and again: without one a line of few
/// windows follows their chances as far as it can. A periodic line is not fitted on so few.
std::optional<LineChoice> judge_by_few(const LoadedData& data, const FitJob& job, LineGrid grid, Scheduler& scheduler) {
  constexpr std::size_t fewest = 8;
  if (grid.lookbacks.empty() || job.settings.line_cycle.value_or(0) > 0) return std::nullopt;
  const auto keep_simplest = [](auto& candidates) { candidates = {candidates.front()}; };
  keep_simplest(grid.lookbacks);
  keep_simplest(grid.drifts);
  keep_simplest(grid.free_levels);
  keep_simplest(grid.ranks);
  keep_simplest(grid.robust);
  for (grid.least_windows = grid.lookbacks.front(); grid.least_windows >= fewest; grid.least_windows /= 2) {
    if (const auto choice = judge(data, job, grid, scheduler)) return choice;
  }
  return std::nullopt;
}

/// Judges fewer and fewer look-backs, as long as the longest leaves too few complete windows.
std::optional<LineChoice> choose(const LoadedData& data, const FitJob& job, const LineGrid& grid,
                                 Scheduler& scheduler) {
  for (LineGrid fewer = grid; !fewer.lookbacks.empty(); fewer.lookbacks.pop_back()) {
    if (const auto choice = judge(data, job, fewer, scheduler)) return choice;
  }
  return judge_by_few(data, job, grid, scheduler);
}

/// Sets what is empty; `origin` is recorded for it.
void fill_in(const LineChoice& choice, const std::string& origin, FitJob& job) {
  Settings& s = job.settings;
  const auto fill = [&](auto& setting, auto value, const char* key) {
    if (setting) return;
    setting = value;
    job.origins[key] = origin;
  };
  if (s.lookback == 0) {
    s.lookback = choice.lookback;
    job.origins["window.lookback"] = origin;
  }
  const LineOptions& line = choice.options;
  fill(s.line_penalty, line.penalty, "line.penalty");
  fill(s.line_level, line.free_level ? LineLevel::free : LineLevel::carried, "line.level");
  fill(s.line_drift, line.drift ? LineDrift::fitted : LineDrift::none, "line.drift");
  fill(s.line_cycle, std::uint64_t{line.cycle}, "line.cycle");
  fill(s.line_rank, std::uint64_t{line.rank}, "line.rank");
  fill(s.line_series_penalty, line.series_penalty, "line.series_penalty");
  fill(s.line_loss, line.robust ? LineLoss::robust : LineLoss::squares, "line.loss");
}

}  // namespace

bool has_automatic_settings(const Settings& s) {
  return s.lookback == 0 || !s.line_penalty || !s.line_level || !s.line_drift || !s.line_cycle || !s.line_rank ||
         !s.line_series_penalty || !s.line_loss;
}

std::optional<LineChoice> choose_automatic_settings(const LoadedData& data, FitJob& job, Scheduler& scheduler) {
  if (!has_automatic_settings(job.settings)) return std::nullopt;
  const LineGrid grid = grid_for(data, job);
  const bool judged = job.settings.lookback == 0 || job.settings.line != LineMode::none;
  const auto choice = judged ? choose(data, job, grid, scheduler) : std::nullopt;
  if (choice) {
    fill_in(*choice, "chosen by rolling origins", job);
    return choice;
  }
  LineChoice usual;  // of tables whose windows all have gaps (docs/method.md, Short tables)
  usual.options.penalty = 1;
  usual.options.drift = grid.drifts.front() != 0;
  for (const std::size_t lookback : grid.lookbacks) {
    if (lookback <= longest_unjudged && holds_windows(data, job, lookback)) usual.lookback = lookback;
  }
  if (usual.lookback == 0) usual.lookback = grid.lookbacks.empty() ? 36 : grid.lookbacks.front();
  fill_in(usual, judged ? "no validation to choose by" : "of no use without a line", job);
  return std::nullopt;
}

}  // namespace vdn
