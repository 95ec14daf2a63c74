#pragma once
// How much of the spread of a search's scores goes with each dimension of its space.

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <vdn/search/space.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

struct DimensionImportance {
  std::string key;
  std::size_t trials = 0;  ///< compared ones in which the dimension was varied
  /// In [0, 1]; NaN where fewer than three trials can be compared, or where neither they nor their scores differ.
  double share = std::numeric_limits<double>::quiet_NaN();
  double chance = std::numeric_limits<double>::quiet_NaN();  ///< mean share were the scores dealt out at random
};

/// For every dimension of the space, over the n trials of the search that had it, with R the ranks of their scores
/// (ties by their mean rank):
///   ordered scales: rho^2, Spearman's rank correlation of coordinate and score squared; by chance 1 / (n - 1);
///   choices: eta^2 = sum_g n_g (mean_g R - mean R)^2 / sum_i (R_i - mean R)^2 over the k choices taken, the
///   correlation ratio (Kruskal and Wallis 1952); by chance (k - 1) / (n - 1).
/// Scores are those after the same epoch, the first rung's, so that who went further is not better for it; of a trial
/// pruned before it its last. Scores that are not finite rank last. Left out: number 0, whose values were not drawn,
/// the final stage, trials that failed, and those not yet so far. Sorted by share less chance, unknown ones last.
std::vector<DimensionImportance> importance_of(const SearchSpace& space, const std::vector<TrialRecord>& trials,
                                               const std::vector<EpochRecord>& epochs, std::size_t first_rung_epoch);

}  // namespace vdn::search
