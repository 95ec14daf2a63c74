#pragma once
// Forecasts in original units: quantiles, mean, variances, joint sample paths.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/series.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What is asked for.
struct PredictOptions {
  std::vector<double> levels{.1, .5, .9};  ///< of the quantiles, each in (0, 1), in any order
  std::size_t paths = 0;                   ///< N, joint sample paths of every series
  bool choose_draws = false;               ///< draws of each window by its uncertainty (draws.hpp), a path of each
};

/// The forecast from one origin. Original units.
struct Prediction {
  std::vector<std::string> series;      ///< D
  std::size_t horizon = 0;              ///< H
  std::vector<std::size_t> origins;     ///< D, the row each forecast starts at: series may end at different rows
  std::vector<std::int64_t> last_seen;  ///< D, the time of the row before it
  std::vector<std::int64_t> times;      ///< [D][H], of the target rows
  TimeStep step;
  std::size_t padded = 0;          ///< forecasts from fewer rows of context than the model reads
  std::vector<std::size_t> blank;  ///< ascending, series without a forecast: their figures are NaN
  std::vector<double> levels;      ///< Q, ascending
  std::vector<double> mean;        ///< [D][H]
  std::vector<double> quantiles;   ///< [D][H][Q]
  std::vector<double> within_variance, latent_variance;  ///< [D][H]: mean r^2, variance of the component means
  bool chosen_draws = false;                             ///< draws differ from series to series
  std::vector<std::size_t> draws;                        ///< [D] latent draws each forecast is made of
  std::size_t paths = 0;                                 ///< N, the most of any series and origin
  std::vector<double> path_values;  ///< [D][N][H]; with chosen draws, NaN behind path draws[d] of series d

  ConstMatrix<double> paths_of(std::size_t d) const {
    return {path_values.data() + d * paths * horizon, paths, horizon};
  }
  bool is_blank(std::size_t d) const { return std::binary_search(blank.begin(), blank.end(), d); }
  /// The first series that has a forecast; 0 when none has.
  std::size_t first_forecast() const;
  /// True when all series that have a forecast have the same times: they fit into one wide table.
  bool aligned() const;
};

/// Forecasts from every origin of the list, in its order: a row (series.length() forecasts past the end of the table),
/// or nothing, for each series from its own end. Only rows before an origin and after the last break are read; contexts
/// that are too short are padded; a series with fewer than window.least_context observed rows of context is left blank
/// (Prediction::blank). Quantiles and paths are those of one calibrated distribution (Calibration), paths
/// with the dependence the model has learned (PathSampler). With choose_draws, quantiles and paths of a window come
/// from as many draws as bring the standard error of its mean and of the quantiles asked for under 5% of the predictive
/// deviation (draws_needed). Latent draws belong to (seed, series, origin row): the same rows at another place of a
/// table give another sample of the same distribution, so a caller that cuts tables short sees quantiles move by the
/// noise of score.draws draws; plug-in forecasts do not move. Quantiles of levels from .001 to .999 are within 1e-6 of
/// the level, others within 1e-10.
/// Throws Error (data) when the table is not the model's (scale_for), or when every series would be blank; Error
/// (usage) for a level outside (0, 1), or for choose_draws where there are none: a twin without draws, a plug-in.
std::vector<Prediction> predict(Forecaster& forecaster, const SeriesSet& series,
                                std::span<const std::optional<std::size_t>> origins, const PredictOptions& options,
                                Scheduler& scheduler);
/// From one origin, quantiles alone.
Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin,
                   std::vector<double> levels, Scheduler& scheduler);

/// The row of an origin as a user names it: the time of the first row forecast, which may lie one step past the end of
/// the table; or, where times are no integers, the number of that row, from 0. Throws Error (usage) when it is neither.
std::size_t find_origin(const SeriesSet& series, std::string_view text);

/// How a prediction is written as CSV.
struct PredictionCsv {
  bool wide = false;       ///< one row a time, columns "SERIES mean" ...; else one row a series and time
  bool cutoff = false;     ///< a column with the time of the last row seen: tells forecasts of several origins apart
  bool variances = false;  ///< columns var_within and var_latent behind the mean
};

/// Long: unique_id, [cutoff,] ds, mean, [var_within, var_latent,] one column a level named as it is written (q0.1), one
/// a path (path1 ...). Wide: [cutoff,] ds, then these for every series, the name before them. Seven digits, or
/// as many as tell a thousandth of the predictive deviation, without an exponent below 1e15; nothing where there
/// is no forecast; RFC 4180 quoting. Predictions follow one another under one
/// header; they must have the same series, levels and paths. Throws Error (usage) when wide is asked for and series
/// that have a forecast end at different times.
std::string to_csv(std::span<const Prediction> predictions, const PredictionCsv& form);
std::string to_csv(const Prediction& prediction);

}  // namespace vdn
