#include <vdn/model/line_choice.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

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

/// The best of the shortest look-back that no longer one beats by more than `gain`; of equals the first.
std::optional<LineChoice> best_choice(std::span<const LineChoice> choices, double gain) {
  const auto smaller = [](const LineChoice& a, const LineChoice& b) { return a.validation_mse < b.validation_mse; };
  const auto least = std::min_element(choices.begin(), choices.end(), smaller);
  if (least == choices.end() || !std::isfinite(least->validation_mse)) return std::nullopt;
  const LineChoice* best = nullptr;
  for (const LineChoice& choice : choices) {  // look-backs ascend
    if (best && choice.lookback > best->lookback) break;
    const bool enough = choice.validation_mse * (1.0 - gain) <= least->validation_mse;
    if (enough && (!best || smaller(choice, *best))) best = &choice;
  }
  return *best;
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
  double points = 0;
  for (const SeriesErrors& series : errors) points += series.points;
  if (points == 0) return std::nullopt;
  const auto total = [&](auto error_in) {
    return std::accumulate(errors.begin(), errors.end(), 0.0,
                           [&](double sum, const SeriesErrors& series) { return sum + error_in(series); }) /
           points;
  };
  std::vector<LineChoice> choices;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const auto& [lookback, free_level, penalty, line, unused] = candidates[c];
    LineOptions options{.penalty = penalty, .free_level = free_level, .series_penalty = grid.series_penalties.front()};
    if (pooled_allowed) choices.push_back({lookback, options, total([&](const auto& s) { return s.pooled[c]; })});
    for (std::size_t p = 0; p < penalties.size(); ++p) {
      options.rank = *ranked;
      options.series_penalty = penalties[p];
      choices.push_back({lookback, options, total([&](const auto& s) { return s.own[c * penalties.size() + p]; })});
    }
  }
  return best_choice(choices, grid.longer_gain);
}

}  // namespace vdn
