#pragma once
// The ProbTS protocol: 100 sample paths in original units, quantile loss over absolute sum, window by window
// (Zhang et al., ProbTS: Benchmarking point and distributional forecasting across diverse prediction horizons, 2024).

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecast_model.hpp>

namespace vdn {

/// Rows between one origin and the next, whatever the horizon.
inline constexpr std::size_t probts_stride = 96;

/// Number of test windows: ceil((rows - H) / 96). When H fits a whole number of strides less than `rows`, the window
/// that would end with the last row is not among them, as in the published counts. 0 when rows <= H.
std::size_t probts_windows(std::size_t test_rows, std::size_t horizon);

/// The levels .05, .10 ... .95.
inline constexpr std::size_t probts_levels = 19;
using ProbtsQuantiles = std::array<double, probts_levels>;

/// Sample quantiles of P values, which are sorted in place: at place level * (P - 1) of the order statistics, linear
/// between two. P at least 1.
ProbtsQuantiles sample_quantiles(std::span<float> values);
/// Mean over the levels of 2 |(q - y) (1[y <= q] - level)|.
double quantile_loss(const ProbtsQuantiles& quantiles, double y);

/// A window here is all series at one origin. With O its observed targets (series and steps), q the quantiles of
/// levels .05, .10 ... .95 and y the values, all in original units:
///   crps = mean over the 19 levels of  sum_O 2 |(q - y) (1[y <= q] - level)|  /  sum_O |y|
///   nmae = sum_O |y - median| / sum_O |y|
/// then the plain mean over windows. A window whose sum_O |y| is 0 has no ratio and is left out.
struct ProbtsScore {
  double crps = 0;          ///< quantiles of the sample paths, linear between order statistics i at levels i/(P-1)
  double nmae = 0;          ///< median of the sample paths
  double crps_exact = 0;    ///< the same figure with the quantiles of the predictive distribution itself
  double nmae_exact = 0;    ///< the same figure with its median
  std::size_t windows = 0;  ///< origins scored
  std::size_t points = 0;   ///< observed targets
};

/// All of `windows`, those of one origin after each other in order of series.
std::vector<Window> windows_by_origin(const Windows& windows);

/// Writes paths of a batch of windows, scaled units: path p of window b is row b*P + p of [B*P, H].
using PathSource = std::function<void(std::span<const Window> windows, Matrix<float> paths)>;

struct ProbtsOptions {
  std::size_t paths = 100;  ///< P, at least 2
  std::uint64_t seed = 0;   ///< of the paths
  std::size_t batch = 256;  ///< (origin, series) pairs per call of forecast(), at least 1
  /// Where paths come from; empty: every step of the predictive distribution drawn by itself (sample_steps), which is
  /// enough for these scores, whose quantiles are those of single steps.
  PathSource source = {};
};

/// Scores `windows`, of which those of one origin follow each other. `scaled` is what the model reads, `values` the
/// series in original units (both [D][T], NaN where missing), `scaler` leads from one to the other. The same bits for
/// any number of threads and any batch. NaN figures when no window has a ratio. Throws Error (software) when sizes
/// disagree.
ProbtsScore score_probts(ForecastModel& model, ConstMatrix<float> scaled, ConstMatrix<double> values,
                         const Scaler& scaler, std::span<const Window> windows, Scheduler& scheduler,
                         const ProbtsOptions& options = {});

}  // namespace vdn
