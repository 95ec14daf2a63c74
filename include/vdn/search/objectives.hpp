#pragma once
// Which trial is better: lexicographic as in docs/autopilot.md, or by several objectives at once.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// A valid trial before one that is not, then the smaller penalty, then the smaller score, then the smaller number.
/// Trials without a finite score come last.
bool better_trial(const TrialRecord& a, const TrialRecord& b);

/// accuracy: validation score; calibration: mean distance of the calibrated 80 and 90% intervals from nominal on
/// validation rows the map did not see; stability: deviation of the score over seeds and what noise in the context adds
/// to the CRPS; cost: seconds of a fit times parameters, square root (both count alike).
enum class Objective { accuracy, calibration, stability, cost };
const char* objective_name(Objective objective);
/// Throws Error (usage) for another word.
Objective parse_objective(const std::string& word);

/// A configuration of the final stage: means over its seeds.
struct Finalist {
  std::uint64_t number = 0;
  Configuration configuration = {};
  std::size_t seeds = 0;  ///< finished fits
  bool valid = true;
  double penalty = 0.0;
  double score = 0.0, score_deviation = 0.0;  ///< validation score (NLL unless train.selection says otherwise)
  double joint_nll = 0.0;                     ///< of whole futures, per step: the score looks at single steps
  double crps = 0.0, calibration = 0.0, robustness = 0.0, seconds = 0.0;
  std::size_t parameters = 0;
  bool on_front = false;  ///< nothing comparable is at least as good in all objectives and better in one

  double value(Objective objective) const;
};

/// From all trials of a study, by number; `on_front` by `objectives`, all four when empty. Configurations one of whose
/// fits failed are left out, as are fits that were never made.
std::vector<Finalist> finalists_of(const std::vector<TrialRecord>& trials, const std::vector<Objective>& objectives);

/// Marks of points in objective space, each a list of values to be small: true where no other point dominates. Equal
/// points are all on the front.
std::vector<bool> pareto_front(const std::vector<std::vector<double>>& points);

/// best: lexicographic. accuracy, calibration, stability, cost: the best of the front in that objective. knee: the
/// point of the front nearest to the best of every objective, each scaled to its range over the front.
enum class Pick { best, knee, accuracy, calibration, stability, cost };
const char* pick_name(Pick pick);
Pick parse_pick(const std::string& word);
/// Of those with as many seeds as any, valid where one is. Index into `finalists`, ties by number. Throws Error (data)
/// when there is none.
std::size_t pick_of(const std::vector<Finalist>& finalists, const std::vector<Objective>& objectives, Pick pick);

}  // namespace vdn::search
