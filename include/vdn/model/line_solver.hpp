#pragma once
// The ridge regression a line is the solution of, from sums. Letters: F features, T targets.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/model/line_moments.hpp>

namespace vdn {

struct LineOptions {
  double penalty = 1e-3;      ///< ridge penalty, times the mean diagonal of the normal matrix
  bool free_level = false;    ///< the level has a weight of its own; else it is carried through
  bool drift = true;          ///< every step has a bias; else a window that does not move stays where it is
  std::size_t rank = 0;       ///< of each series' correction; 0: none
  std::size_t cycle = 0;      ///< rows of the profile that is taken out first (fit_profile); 0: none
  double series_penalty = 1;  ///< as penalty, of the distance between a series' own map and the pooled one
  std::size_t least_context = 8;
  bool robust = false;  ///< windows the pooled map forecasts badly count less (robust_line)
};

/// One ridge regression: weight [T][F] and bias [T] minimise
///   sum (t - W f - b)^2 + penalty a sum_{i<F-1} (W - prior)_ki^2 + level_penalty v (W - prior)_k,F-1^2
/// with a the mean over l of sum f_l^2 and v the level's (with a drift centred) sum of squares, level_penalty = 1e-3;
/// without a free level W_k,F-1 = 0, without a drift b = 0. The bias is not penalised. `prior` may be empty: zero.
/// Of the options penalty, level and drift alone are looked at.
struct LineWeights {
  std::vector<double> weight, bias;
};
/// Throws Error (config) when the matrix is not positive definite. Where nothing moves, the prior comes back.
LineWeights solve_line(const LineSums& sums, const LineOptions& options, std::span<const double> prior);

/// What solve_line is made of, for those who go on from its solution. Sum of f f^T, with a drift about the means of f;
/// the first `used` features: [used][used].
std::vector<double> normal_matrix(const LineSums& sums, std::size_t used, bool drift);
/// With a drift mean t - weight mean f, else zero: [T].
std::vector<double> bias_for(const LineSums& sums, ConstMatrix<double> weight, bool drift);
/// False for contexts that never move, but for rounding (scaled values are near 1).
bool moves(const LineSums& sums);

}  // namespace vdn
