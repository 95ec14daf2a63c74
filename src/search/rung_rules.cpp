#include "search/rung_rules.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <vdn/search/halving.hpp>
#include <vdn/search/objectives.hpp>

namespace vdn::search {
namespace {

constexpr std::size_t least_regime_trials = 4;  // a half of fewer says nothing

/// Non-dominated sorting (Goldberg 1989; Deb et al. 2002) by score and parameters.
Records by_layers(Records rest) {
  Records order;
  while (!rest.empty()) {
    std::vector<std::vector<double>> points;
    for (const TrialRecord* t : rest) {
      points.push_back({t->valid ? 0.0 : 1.0, t->penalty + t->score, static_cast<double>(t->parameters)});
    }
    const std::vector<bool> front = pareto_front(points);
    Records behind;
    for (std::size_t i = 0; i < rest.size(); ++i) (front[i] ? order : behind).push_back(rest[i]);
    rest = std::move(behind);
  }
  return order;
}

}  // namespace

std::size_t kept_of(double share, std::size_t n) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(share * static_cast<double>(n) - 1e-9)));
}

Records ranked(Records trials, const std::vector<Objective>& objectives) {
  std::sort(trials.begin(), trials.end(),
            [](const TrialRecord* a, const TrialRecord* b) { return better_trial(*a, *b); });
  const bool cost = std::find(objectives.begin(), objectives.end(), Objective::cost) != objectives.end();
  return cost ? by_layers(std::move(trials)) : trials;
}

Records under_band(const Records& trials) {
  Records banded;
  for (TrialRecord* t : trials) {
    if (!std::isnan(t->outside)) banded.push_back(t);
  }
  std::stable_sort(banded.begin(), banded.end(), [](const TrialRecord* a, const TrialRecord* b) {
    return std::pair(a->outside, a->number) < std::pair(b->outside, b->number);
  });
  return banded;
}

bool lies_outside(const Records& banded, std::size_t place) {
  const std::size_t kept = kept_of(regime_keep, banded.size());
  if (banded.size() < least_regime_trials || place < kept) return false;
  return banded[place]->outside > std::max(regime_tolerance, banded[kept - 1]->outside);
}

void prune_outside(TrialRecord& trial, std::size_t place, std::size_t of) {
  trial.state = TrialState::pruned;
  trial.reason = fmt::format("out of band: {:.0f}% of the neurons after epoch {}, place {} of {}", 100 * trial.outside,
                             regime_epoch, place + 1, of);
}

}  // namespace vdn::search
