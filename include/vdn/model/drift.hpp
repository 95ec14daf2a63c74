#pragma once
// Drift: how far the neurons' regime of a window lies from what training windows showed, judged without its future.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Where vectors of N*K numbers usually lie.
struct RegimeCloud {
  std::vector<float> mean;      ///< [N*K]
  std::vector<float> basis;     ///< [N*K, R] column r: direction r of length 1, by falling variance
  std::vector<float> variance;  ///< [R + 1] along the directions; last: mean squared length of what they leave

  std::size_t directions() const { return variance.empty() ? 0 : variance.size() - 1; }
  /// Mahalanobis distance in the directions, the squared length of the rest counted as one more:
  /// sqrt((sum_r x_r^2 / variance_r + rest / variance_R) / (R + 1)). 1 is usual.
  double distance(std::span<const float> point) const;
  bool operator==(const RegimeCloud&) const = default;
};

/// The cloud of W points [W, N*K]: directions are the leading ones of the covariance, at most drift_directions. Throws
/// Error (software) with fewer than 2 points.
RegimeCloud fit_cloud(ConstMatrix<float> points);
/// Few directions tell more than many: those of small variance move from month to month whatever happens.
inline constexpr std::size_t drift_directions = 4;

/// How far a window lies from what is usual: [0] its mu from the mu of training windows; [1] its move, mu less the mu
/// `lag` rows earlier, from the moves of training windows; [2] the surprise: how far the rows that came since then
/// (at most H) lie from what was forecast for them, NaN when that is not known. The level finds a regime never seen,
/// the move a beginning: what sets windows of one month apart from those of another is the same in both and drops out.
/// The surprise finds what neurons made for forecasting leave out: window normalisation hides a new level from them.
inline constexpr std::size_t drift_kinds = 3;
using DriftDistances = std::array<double, drift_kinds>;

/// What a model remembers of its neurons' regime; of bounded size.
struct DriftReference {
  RegimeCloud level, move;
  std::vector<float> activity;  ///< [N] m_i, mean over training windows and dimensions of mu_i^2
  std::vector<float> location;  ///< [3, D] mean of each distance of a series over the validation windows
  std::vector<float> spread;    ///< [3, D] their standard deviation, positive
  std::vector<float> levels;    ///< quantiles of the largest score over series at each validation time

  /// False for a model that recorded nothing (files of earlier versions, tables too short).
  bool known() const { return !levels.empty(); }
  /// mu and before: [N*K], of a window and of the one lag rows earlier; surprise as measured.
  DriftDistances distances(std::span<const float> mu, std::span<const float> before, double surprise) const;
  /// The score above which `false_alarms` of the validation times lay, in (0, 1).
  double threshold(double false_alarms) const;
  bool operator==(const DriftReference&) const = default;
};

/// True for a reference that is empty, and for one whose parts are all there, of sizes that agree, with finite numbers,
/// positive variances and spreads, and ascending levels.
bool sound(const DriftReference& reference);

/// Rows between a window and the one it is held against: a season, where that is known and fits into the look-back,
/// else an eighth of the look-back.
std::size_t drift_lag(std::size_t lookback, std::size_t season);

/// One score a series, smoothed over time: what one odd window does is forgotten, what lasts adds up.
/// Of each kind of distance, a moving average over the times of a series of min((distance - location) / spread, cut);
/// the largest is the score. What is not known (NaN) leaves its average where it was.
class DriftTracker {
 public:
  static constexpr double weight = 0.25;  ///< of the new value
  static constexpr double cut = 20.0;     ///< deviations a single window may count

  /// `reference` must outlive the tracker.
  explicit DriftTracker(const DriftReference& reference);
  /// The score of `series` after one more window.
  double add(std::size_t series, const DriftDistances& distances);

 private:
  const DriftReference& reference_;
  std::vector<double> average_;  ///< [3, D], NaN before the first window
};

}  // namespace vdn
