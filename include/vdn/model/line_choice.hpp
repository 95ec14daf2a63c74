#pragma once
// Look-back and penalties of the closed-form line by its error on validation windows, from sums alone: no window is
// forecast.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/linear_path.hpp>

namespace vdn {

/// What may be chosen; each list holds at least one candidate, the simplest first.
struct LineGrid {
  std::vector<std::size_t> lookbacks;    ///< ascending
  std::vector<double> penalties;         ///< of the pooled map
  std::vector<char> free_levels;         ///< false, true
  std::vector<std::size_t> ranks;        ///< 0, or another; at most one that is not 0
  std::vector<double> series_penalties;  ///< of a series' own map, where there is a rank
  double longer_gain = 0.0;              ///< share of the error by which a longer look-back must be better
};

struct LineChoice {
  std::size_t lookback = 0;
  LineOptions options;
  double validation_mse = 0;  ///< over the validation windows and the steps looked at, scaled units
};

/// The candidate with the smallest error; of equal ones the first. A look-back is passed over for a longer one only
/// when that lowers the error by more than grid.longer_gain: it brings more weights to the network too, and errors of
/// few independent windows differ by chance. `training` and `validation` are windows of the longest look-back: all
/// candidates are judged by the same complete windows. The pooled penalty is chosen first for every look-back and
/// level, then series' own maps are tried with it as their prior, of at most 64 series, evenly spaced; their rank is
/// not tried: they are judged whole. At most 24 steps of the horizon are looked at. Nothing when a part has too few
/// complete windows to judge by: fewer than twice the longest look-back to train on, or none to validate on. Throws
/// what solve_line throws.
std::optional<LineChoice> choose_line(ConstMatrix<float> scaled, const Windows& training, const Windows& validation,
                                      std::size_t horizon, const LineGrid& grid, Scheduler& scheduler);

}  // namespace vdn
