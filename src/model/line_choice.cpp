#include <vdn/model/line_choice.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <vdn/model/line_folds.hpp>

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
  std::size_t longest, horizon;
  std::vector<std::size_t> steps;

  double points(const LineMoments& judged) const { return static_cast<double>(judged.count * steps.size()); }
};

/// Candidates that differ in nothing but their penalty: they share their sums.
struct Group {
  std::size_t lookback;
  LineOptions options;
  std::vector<double> log_errors = {};  ///< [penalties], summed over the folds
};

/// Adds the errors of all groups at all folds.
void judge(Past& past, std::span<const double> penalties, std::vector<Group>& groups, Scheduler& scheduler) {
  for (Group& group : groups) group.log_errors.assign(penalties.size(), 0.0);
  std::erase_if(past.folds, [&](const LineFold& fold) {
    const LineMoments known = complete_moments(past.scaled, fold.known, past.longest, past.horizon, scheduler);
    if (known.count < 2 * past.longest) return true;
    const LineMoments judged = complete_moments(past.scaled, fold.judged, past.longest, past.horizon, scheduler);
    if (judged.count == 0) return true;
    scheduler.run(groups.size(), [&](std::size_t g) {
      Group& group = groups[g];
      const LineSums fitted(known, group.lookback, past.steps), tested(judged, group.lookback, past.steps);
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

SeriesErrors judge_one(const Past& past, const LineFold& fold, std::size_t d, const LineChoice& choice,
                       const LineWeights& pooled, std::span<const double> penalties) {
  LineMoments known(choice.lookback, past.horizon), judged(choice.lookback, past.horizon);
  add_complete_windows(past.scaled.row(d), fold.known.runs_of(d), known);
  add_complete_windows(past.scaled.row(d), fold.judged.runs_of(d), judged);
  SeriesErrors errors(penalties.size());
  if (judged.count == 0) return errors;
  errors.points = past.points(judged);
  const LineSums fitted(known, choice.lookback, past.steps), tested(judged, choice.lookback, past.steps);
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
    const LineMoments known = complete_moments(past.scaled, fold.known, choice.lookback, past.horizon, scheduler);
    const LineWeights pooled = solve_line(LineSums(known, choice.lookback, past.steps), choice.options, {});
    std::vector<SeriesErrors> errors(tried, SeriesErrors(penalties.size()));
    scheduler.run(tried, [&](std::size_t k) {
      errors[k] = judge_one(past, fold, k * past.scaled.rows / tried, choice, pooled, penalties);
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
  Past past{scaled, rolling_folds(training, validation, horizon), grid.lookbacks.back(), horizon,
            horizon_steps(horizon, most_steps)};
  std::vector<Group> groups;
  for (const std::size_t lookback : grid.lookbacks) {
    for (const char drift : grid.drifts) {
      groups.push_back({lookback, {.free_level = grid.free_levels.front() != 0, .drift = drift != 0}});
    }
  }
  judge(past, grid.penalties, groups, scheduler);
  const std::size_t folds = past.folds.size();
  if (folds == 0) return std::nullopt;
  LineChoice choice = best_of(groups, folds, grid);
  if (!std::isfinite(choice.error)) return std::nullopt;
  if (grid.free_levels.size() > 1) {
    groups = {{choice.lookback, choice.options}};
    groups[0].options.free_level = grid.free_levels[1] != 0;
    judge(past, grid.penalties, groups, scheduler);
    const LineChoice other = best_of(groups, folds, grid);
    if (other.error < choice.error) choice = other;
  }
  choose_rank(past, grid, scheduler, choice);
  return choice;
}

}  // namespace vdn
