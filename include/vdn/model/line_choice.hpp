#pragma once
// Look-back, penalties and form of the closed-form line by its error at rolling origins, from sums alone: no window is
// forecast.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/linear_path.hpp>

namespace vdn {

/// A cycle whose profile may be taken out first, and where in it the rows of the table stand (data/row_phases.hpp).
struct CycleCandidate {
  std::size_t rows = 0;                    ///< 0: no profile
  std::vector<std::uint32_t> phases = {};  ///< size T, empty without a profile
};

/// What may be chosen; each list holds at least one candidate, the simplest first.
struct LineGrid {
  std::vector<std::size_t> lookbacks;    ///< ascending
  std::vector<double> penalties;         ///< of the pooled map
  std::vector<char> drifts;              ///< false, true
  std::vector<char> free_levels;         ///< false, true
  std::vector<std::size_t> ranks;        ///< 0, or another; at most one that is not 0
  std::vector<double> series_penalties;  ///< of a series' own map, where there is a rank
  std::vector<char> robust = {0};        ///< false, true
  std::vector<CycleCandidate> cycles = {{}};
  double longer_gain = 0.0;  ///< share of the error by which a longer look-back must be better
  double drift_gain = 0.0;   ///< share of it by which a line with drift must be better
  double cycle_gain = 0.0;   ///< share of it by which a periodic line must be better
  double series_gain = 0.0;  ///< share of it by which series' own maps must be better
  /// Complete windows a fold is fitted on at least; 0: twice the longest look-back.
  std::size_t least_windows = 0;
};

struct LineChoice {
  std::size_t lookback = 0;
  LineOptions options;
  double error = 0;       ///< geometric mean over the folds of the mean squared error, scaled units
  std::size_t folds = 0;  ///< parts of the past that judged
};

/// The candidate with the smallest geometric mean over rolling_folds of the mean squared error, so that a share of the
/// error counts alike in calm and in wild times; of equal ones the first. `training` and `validation` are windows of
/// the longest look-back: candidates that are compared are judged by the same complete windows. Chosen in turn:
/// look-back, drift and penalty together, with the simplest level and no cycle; then, with that look-back, cycle and
/// penalty (the profile is that of the rows before each fold); then the level and its penalty; then, with that penalty,
/// whether the pooled line is robust (some 8,192 windows of a fold are weighed); then whether series have maps of their
/// own, with the pooled one as their prior, of at most 64 series, evenly spaced. Their rank is not tried: they are
/// judged whole. A look-back is passed over for a longer one only when that lowers the error by more than
/// grid.longer_gain, drift is taken on only for grid.drift_gain, a cycle for grid.cycle_gain, maps of series for
/// grid.series_gain. At most 24 steps of the horizon are looked at. A fold with fewer complete windows to fit on than
/// grid.least_windows, or none to judge by, does not count; nothing when none does. The same bits for any number of
/// threads. Throws what solve_line throws.
std::optional<LineChoice> choose_line(ConstMatrix<float> scaled, const Windows& training, const Windows& validation,
                                      std::size_t horizon, const LineGrid& grid, Scheduler& scheduler);

}  // namespace vdn
