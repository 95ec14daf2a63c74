// What the final stage of a study says of its configurations.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <vdn/search/objectives.hpp>

#include "search/pareto.hpp"

namespace vdn::search {
namespace {

using Fits = std::vector<const TrialRecord*>;

/// Finished fits of the final stage by number; none for a configuration one of whose fits failed.
std::map<std::uint64_t, Fits> finished_fits(const std::vector<TrialRecord>& trials) {
  std::map<std::uint64_t, Fits> fits;
  for (const TrialRecord& trial : trials) {
    if (trial.final_stage && trial.state == TrialState::finished) fits[trial.number].push_back(&trial);
  }
  for (const TrialRecord& trial : trials) {
    if (trial.final_stage && trial.state == TrialState::failed) fits.erase(trial.number);
  }
  return fits;
}

template <class Value>
double mean(const Fits& fits, Value value) {
  double sum = 0.0;
  for (const TrialRecord* fit : fits) sum += value(*fit);
  return sum / static_cast<double>(fits.size());
}

/// NaN where one of the fits lacks the figure.
double mean_figure(const Fits& fits, const char* name) {
  return mean(fits, [&](const TrialRecord& fit) {
    const auto found = fit.figures.find(name);
    return found == fit.figures.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
  });
}

/// Sample deviation (n - 1); 0 for one fit.
double score_deviation(const Fits& fits, double mean_score) {
  if (fits.size() < 2) return 0.0;
  double squares = 0.0;
  for (const TrialRecord* fit : fits) squares += (fit->score - mean_score) * (fit->score - mean_score);
  return std::sqrt(squares / static_cast<double>(fits.size() - 1));
}

Finalist finalist_of(const Fits& fits) {
  Finalist f;
  f.number = fits[0]->number;
  f.configuration = fits[0]->configuration;
  f.seeds = fits.size();
  f.valid = std::all_of(fits.begin(), fits.end(), [](const TrialRecord* fit) { return fit->valid; });
  f.penalty = mean(fits, [](const TrialRecord& fit) { return fit.penalty; });
  f.score = mean(fits, [](const TrialRecord& fit) { return fit.score; });
  f.score_deviation = score_deviation(fits, f.score);
  f.crps = mean_figure(fits, "validation_crps");
  f.joint_nll = mean_figure(fits, "validation_joint_nll");
  f.calibration = mean_figure(fits, "calibration");
  f.robustness = mean_figure(fits, "robustness");
  f.seconds = mean_figure(fits, "seconds");
  f.parameters = fits[0]->parameters;
  return f;
}

}  // namespace

std::vector<Finalist> finalists_of(const std::vector<TrialRecord>& trials, const std::vector<Objective>& objectives) {
  std::vector<Finalist> finalists;
  for (const auto& [number, fits] : finished_fits(trials)) finalists.push_back(finalist_of(fits));
  const std::vector<bool> front = front_of(finalists, objectives);
  for (std::size_t i = 0; i < finalists.size(); ++i) finalists[i].on_front = front[i];
  return finalists;
}

}  // namespace vdn::search
