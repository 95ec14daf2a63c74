#include <vdn/model/line_choice.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <vdn/model/line_folds.hpp>

#include "model/fold_sums.hpp"

namespace vdn {
namespace {

constexpr std::size_t most_steps = 24, most_series = 64;

double error_of(const LineSums& sums, const LineWeights& line) {
  return sums.squared_error({line.weight.data(), sums.targets, sums.features}, line.bias);
}

/// Of a mean squared error; those of series that do not move are rounding.
double log_error(double mean_square) {
  return std::log(std::max(mean_square, 1e-12));
}

/// Everything candidates are judged by; folds that turn out to hold too little are dropped.
struct Past {
  ConstMatrix<float> scaled;
  std::vector<LineFold> folds;
  std::size_t longest, horizon, least_windows;
  std::vector<std::size_t> steps;
  std::span<const CycleCandidate> cycles;

  FoldSums sums(const LineFold& fold, std::size_t cycle, bool thinned = false) const {
    static const CycleCandidate none;
    const auto found = std::find_if(cycles.begin(), cycles.end(), [&](const auto& c) { return c.rows == cycle; });
    return {scaled, fold, cycle == 0 ? none : *found, thinned, longest, horizon, steps};
  }
  bool holds_enough(const LineMoments& known) const {
    return known.count >= (least_windows > 0 ? least_windows : 2 * longest);
  }
  double points(const LineMoments& judged) const { return static_cast<double>(judged.count * steps.size()); }
};

/// Candidates that differ in nothing but their penalty: they share their sums.
struct Group {
  std::size_t lookback;
  LineOptions options;
  std::vector<double> log_errors = {};  ///< [penalties], summed over the folds
};

/// Adds the errors of all groups at all folds; the groups are of one cycle. `thinned`: by as many windows as a cycle
/// would be.
void judge(Past& past, std::span<const double> penalties, std::span<Group> groups, Scheduler& scheduler,
           bool thinned = false) {
  for (Group& group : groups) group.log_errors.assign(penalties.size(), 0.0);
  std::erase_if(past.folds, [&](const LineFold& fold) {
    const FoldSums sums = past.sums(fold, groups.front().options.cycle, thinned);
    const LineMoments known = sums.known(scheduler);
    if (!past.holds_enough(known)) return true;
    const LineMoments judged = sums.judged(scheduler);
    if (judged.count == 0) return true;
    scheduler.run(groups.size(), [&](std::size_t g) {
      Group& group = groups[g];
      const LineSums fitted = sums.sums(known, group.lookback), tested = sums.sums(judged, group.lookback);
      LineOptions options = group.options;
      for (std::size_t p = 0; p < penalties.size(); ++p) {
        options.penalty = penalties[p];
        group.log_errors[p] += log_error(error_of(tested, solve_line(fitted, options, {})) / past.points(judged));
      }
    });
    return false;
  });
}

/// Whether `later`, which is less simple, is enough better than `best`.
bool beats(const LineChoice& later, const LineChoice& best, const LineGrid& grid) {
  double gain = later.lookback > best.lookback ? grid.longer_gain : 0.0;
  if (later.options.drift && !best.options.drift) gain = std::max(gain, grid.drift_gain);
  if (later.options.cycle != 0 && best.options.cycle == 0) gain = std::max(gain, grid.cycle_gain);
  return later.error < best.error * (1.0 - gain);
}

/// The best penalty of every group, and of those the first that no later one beats.
LineChoice best_of(std::span<const Group> groups, std::size_t folds, const LineGrid& grid) {
  std::optional<LineChoice> best;
  for (const Group& group : groups) {
    const auto least = std::min_element(group.log_errors.begin(), group.log_errors.end());
    LineChoice choice{group.lookback, group.options, std::exp(*least / static_cast<double>(folds)), folds};
    choice.options.penalty = grid.penalties[static_cast<std::size_t>(least - group.log_errors.begin())];
    if (!best || beats(choice, *best, grid)) best = choice;
  }
  return *best;
}

/// The first of the cycles a window does not show itself that no later one beats, and its penalty. Two cycles in the
/// look-back are enough for a line to see them (hourly and 10-minute series: no gain, or a loss, from a profile).
void choose_cycle(Past& all, const LineGrid& grid, Scheduler& scheduler, LineChoice& choice) {
  std::vector<Group> groups;
  for (const CycleCandidate& cycle : grid.cycles) {
    const bool shown = grid.cycles.size() > 1 && cycle.rows > 0 && choice.lookback >= 2 * cycle.rows;
    if (shown) continue;
    groups.push_back({choice.lookback, choice.options});
    groups.back().options.cycle = cycle.rows;
  }
  if (groups.size() == 1 && groups.front().options.cycle == 0) return;
  Past past = all;  // its folds may prove too short for a cycle
  std::size_t before = 0;
  do {  // all on the same folds
    before = past.folds.size();
    for (Group& group : groups) judge(past, grid.penalties, {&group, 1}, scheduler, true);
  } while (past.folds.size() != before);
  if (past.folds.empty()) return;
  const LineChoice best = best_of(groups, past.folds.size(), grid);
  if (best.options.cycle == 0) return;
  all.folds = past.folds;
  choice.folds = past.folds.size();
  if (groups.front().options.cycle != 0) {  // there is nothing else
    choice = best;
    return;
  }
  const double plain = best_of({&groups.front(), 1}, past.folds.size(), grid).error;
  choice.error *= best.error / plain;
  choice.options = best.options;
}

/// Lets windows the line forecasts badly count less where that lowers the error, or nothing else is allowed.
void choose_robust(const Past& past, const LineGrid& grid, Scheduler& scheduler, LineChoice& choice) {
  choice.options.robust = grid.robust.size() == 1 && grid.robust.front() != 0;
  if (grid.robust.size() == 1) return;
  double change = 0;  // of the sum of logarithms
  for (const LineFold& fold : past.folds) {
    const FoldSums sums = past.sums(fold, choice.options.cycle);
    const LineSums judged = sums.sums(sums.judged(scheduler), choice.lookback);
    const double points = judged.count * static_cast<double>(past.steps.size());
    const LineWeights plain = sums.plain_line(choice.options, scheduler);
    const LineWeights robust = sums.reweighted(plain, choice.options, scheduler);
    change += log_error(error_of(judged, robust) / points) - log_error(error_of(judged, plain) / points);
  }
  if (!(change < 0)) return;
  choice.options.robust = true;
  choice.error *= std::exp(change / static_cast<double>(choice.folds));
}

/// Squared errors of series' maps of their own, for every series penalty, and of the pooled one on the same series.
struct SeriesErrors {
  explicit SeriesErrors(std::size_t penalties) : own(penalties) {}
  void add(const SeriesErrors& other) {
    points += other.points;
    pooled += other.pooled;
    for (std::size_t p = 0; p < own.size(); ++p) own[p] += other.own[p];
  }
  /// Adds the logarithms of the mean squared errors to `sums`.
  void add_logs_to(SeriesErrors& sums) const {
    sums.pooled += log_error(pooled / points);
    for (std::size_t p = 0; p < own.size(); ++p) sums.own[p] += log_error(own[p] / points);
  }
  double pooled = 0, points = 0;
  std::vector<double> own;
};

SeriesErrors judge_one(const Past& past, const FoldSums& sums, std::size_t d, const LineChoice& choice,
                       const LineWeights& pooled, std::span<const double> penalties) {
  const LineMoments known = sums.known(d), judged = sums.judged(d);
  SeriesErrors errors(penalties.size());
  if (judged.count == 0) return errors;
  errors.points = past.points(judged);
  const LineSums fitted = sums.sums(known, choice.lookback), tested = sums.sums(judged, choice.lookback);
  errors.pooled = error_of(tested, pooled);
  LineOptions options = choice.options;
  for (std::size_t p = 0; p < penalties.size(); ++p) {
    options.penalty = penalties[p];
    errors.own[p] = known.count == 0 ? errors.pooled : error_of(tested, solve_line(fitted, options, pooled.weight));
  }
  return errors;
}

/// Sums over the folds of the logarithms of the errors of all series together.
SeriesErrors judge_series(const Past& past, const LineChoice& choice, std::span<const double> penalties,
                          Scheduler& scheduler) {
  const std::size_t tried = std::min(past.scaled.rows, most_series);
  SeriesErrors logs(penalties.size());
  for (const LineFold& fold : past.folds) {
    const FoldSums sums = past.sums(fold, choice.options.cycle);
    LineWeights pooled = solve_line(sums.sums(sums.known(scheduler), choice.lookback), choice.options, {});
    if (choice.options.robust) pooled = sums.reweighted(std::move(pooled), choice.options, scheduler);
    std::vector<SeriesErrors> errors(tried, SeriesErrors(penalties.size()));
    scheduler.run(tried, [&](std::size_t k) {
      errors[k] = judge_one(past, sums, k * past.scaled.rows / tried, choice, pooled, penalties);
    });
    SeriesErrors fold_errors(penalties.size());
    for (const SeriesErrors& series : errors) fold_errors.add(series);
    if (fold_errors.points > 0) fold_errors.add_logs_to(logs);
  }
  return logs;
}

/// Gives the series maps of their own where those are better, or nothing else is allowed.
void choose_rank(const Past& past, const LineGrid& grid, Scheduler& scheduler, LineChoice& choice) {
  const auto ranked = std::find_if(grid.ranks.begin(), grid.ranks.end(), [](std::size_t rank) { return rank > 0; });
  choice.options.series_penalty = grid.series_penalties.front();
  if (ranked == grid.ranks.end()) return;
  const bool pooled_allowed = std::find(grid.ranks.begin(), grid.ranks.end(), 0u) != grid.ranks.end();
  const SeriesErrors logs = judge_series(past, choice, grid.series_penalties, scheduler);
  const auto least = std::min_element(logs.own.begin(), logs.own.end());
  const double change = (*least - logs.pooled) / static_cast<double>(choice.folds);  // of the mean logarithm
  if (pooled_allowed && !(std::exp(change) < 1.0 - grid.series_gain)) return;
  choice.options.rank = *ranked;
  choice.options.series_penalty = grid.series_penalties[static_cast<std::size_t>(least - logs.own.begin())];
  choice.error *= std::exp(change);
}

}  // namespace

std::optional<LineChoice> choose_line(ConstMatrix<float> scaled, const Windows& training, const Windows& validation,
                                      std::size_t horizon, const LineGrid& grid, Scheduler& scheduler) {
  Past past{.scaled = scaled,
            .folds = rolling_folds(training, validation, horizon),
            .longest = grid.lookbacks.back(),
            .horizon = horizon,
            .least_windows = grid.least_windows,
            .steps = horizon_steps(horizon, most_steps),
            .cycles = grid.cycles};
  std::vector<Group> groups;
  for (const std::size_t lookback : grid.lookbacks) {
    for (const char drift : grid.drifts) {
      groups.push_back({lookback, {.free_level = grid.free_levels.front() != 0, .drift = drift != 0}});
    }
  }
  judge(past, grid.penalties, groups, scheduler);
  if (past.folds.empty()) return std::nullopt;
  LineChoice choice = best_of(groups, past.folds.size(), grid);
  if (!std::isfinite(choice.error)) return std::nullopt;
  past.longest = choice.lookback;
  choose_cycle(past, grid, scheduler, choice);
  if (grid.free_levels.size() > 1) {
    groups = {{choice.lookback, choice.options}, {choice.lookback, choice.options}};
    groups[1].options.free_level = grid.free_levels[1] != 0;
    judge(past, grid.penalties, groups, scheduler);
    const LineChoice present = best_of({&groups[0], 1}, past.folds.size(), grid);
    const LineChoice other = best_of({&groups[1], 1}, past.folds.size(), grid);
    if (other.error < present.error) {
      choice.error *= other.error / present.error;
      choice.options = other.options;
    }
  }
  choose_robust(past, grid, scheduler, choice);
  choose_rank(past, grid, scheduler, choice);
  return choice;
}

}  // namespace vdn
