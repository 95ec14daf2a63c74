#include <vdn/model/line_choice.hpp>

#include <algorithm>
#include <limits>

namespace vdn {
namespace {

constexpr std::size_t most_steps = 24, most_series = 64;

/// A pooled map that series' own ones start from.
struct Candidate {
  std::size_t lookback;
  bool free_level;
  double penalty = 0;
  LineWeights line = {};
  double error = std::numeric_limits<double>::infinity();  ///< over all validation windows
};

double error_of(const LineSums& sums, const LineWeights& line) {
  return sums.squared_error({line.weight.data(), sums.targets, sums.features}, line.bias);
}

/// The best penalty of a look-back and level.
void fit_pooled(const LineMoments& training, const LineMoments& validation, std::span<const std::size_t> steps,
                std::span<const double> penalties, Candidate& candidate) {
  const LineSums known(training, candidate.lookback, steps), judged(validation, candidate.lookback, steps);
  for (const double penalty : penalties) {
    LineWeights line = solve_line(known, penalty, candidate.free_level, {});
    const double error = error_of(judged, line);
    if (error < candidate.error) candidate = {candidate.lookback, candidate.free_level, penalty, line, error};
  }
}

/// Squared errors of one series: of every candidate, and of its own map for every penalty, candidate after candidate.
struct SeriesErrors {
  std::vector<double> pooled, own;
  double points = 0;
};

SeriesErrors try_series(ConstMatrix<float> scaled, const Windows& training, const Windows& validation, std::size_t d,
                        std::size_t lookback, std::size_t horizon, std::span<const std::size_t> steps,
                        std::span<const Candidate> candidates, std::span<const double> penalties) {
  LineMoments known(lookback, horizon), judged(lookback, horizon);
  add_complete_windows(scaled.row(d), training.runs_of(d), known);
  add_complete_windows(scaled.row(d), validation.runs_of(d), judged);
  SeriesErrors errors{std::vector<double>(candidates.size()),
                      std::vector<double>(candidates.size() * penalties.size())};
  if (judged.count == 0) return errors;
  errors.points = static_cast<double>(judged.count * steps.size());
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const Candidate& candidate = candidates[c];
    const LineSums validated(judged, candidate.lookback, steps);
    errors.pooled[c] = error_of(validated, candidate.line);
    const LineSums sums(known, candidate.lookback, steps);
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      const LineWeights own = known.count == 0
                                  ? candidate.line
                                  : solve_line(sums, penalties[p], candidate.free_level, candidate.line.weight);
      errors.own[c * penalties.size() + p] = error_of(validated, own);
    }
  }
  return errors;
}

}  // namespace

std::optional<LineChoice> choose_line(ConstMatrix<float> scaled, const Windows& training, const Windows& validation,
                                      std::size_t horizon, const LineGrid& grid, Scheduler& scheduler) {
  const std::size_t longest = grid.lookbacks.back();
  const std::vector<std::size_t> steps = horizon_steps(horizon, most_steps);
  std::vector<Candidate> candidates;
  for (const std::size_t lookback : grid.lookbacks) {
    for (const char free : grid.free_levels) candidates.push_back({lookback, free != 0});
  }
  {
    const LineMoments known = complete_moments(scaled, training, longest, horizon, scheduler);
    const LineMoments judged = complete_moments(scaled, validation, longest, horizon, scheduler);
    if (known.count < 2 * longest || judged.count == 0) return std::nullopt;
    scheduler.run(candidates.size(),
                  [&](std::size_t c) { fit_pooled(known, judged, steps, grid.penalties, candidates[c]); });
  }
  const auto ranked = std::find_if(grid.ranks.begin(), grid.ranks.end(), [](std::size_t rank) { return rank > 0; });
  const bool pooled_allowed = std::find(grid.ranks.begin(), grid.ranks.end(), 0u) != grid.ranks.end();
  const std::vector<double> penalties = ranked == grid.ranks.end() ? std::vector<double>{} : grid.series_penalties;

  const std::size_t tried = std::min(scaled.rows, most_series);
  std::vector<SeriesErrors> errors(tried);
  scheduler.run(tried, [&](std::size_t k) {
    errors[k] = try_series(scaled, training, validation, k * scaled.rows / tried, longest, horizon, steps, candidates,
                           penalties);
  });
  double points = 0, best = std::numeric_limits<double>::infinity();
  for (const SeriesErrors& series : errors) points += series.points;
  LineChoice choice;
  const auto consider = [&](const Candidate& candidate, std::size_t rank, double series_penalty, auto error_in) {
    double error = 0;
    for (const SeriesErrors& series : errors) error += error_in(series);
    if (!(error < best)) return;
    best = error;
    choice.lookback = candidate.lookback;
    choice.options.penalty = candidate.penalty;
    choice.options.free_level = candidate.free_level;
    choice.options.rank = rank;
    choice.options.series_penalty = series_penalty;
  };
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    if (pooled_allowed) {
      consider(candidates[c], 0, grid.series_penalties.front(), [&](const auto& series) { return series.pooled[c]; });
    }
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      consider(candidates[c], *ranked, penalties[p],
               [&](const auto& series) { return series.own[c * penalties.size() + p]; });
    }
  }
  if (points == 0 || choice.lookback == 0) return std::nullopt;
  choice.validation_mse = best / points;
  return choice;
}

}  // namespace vdn
