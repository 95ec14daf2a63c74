#pragma once
// Forecasts of the future in original units.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/series.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Quantiles per series and step. Original units.
struct Prediction {
  std::vector<std::string> series;   ///< D
  std::size_t horizon = 0;           ///< H
  std::vector<std::size_t> origins;  ///< D, the row each forecast starts at: series may end at different rows
  std::vector<std::int64_t> times;   ///< [D][H], of the target rows
  TimeStep step;
  std::size_t padded = 0;                                ///< series with fewer rows of context than the model reads
  std::vector<double> levels;                            ///< Q, ascending
  std::vector<double> mean;                              ///< [D][H]
  std::vector<double> quantiles;                         ///< [D][H][Q]
  std::vector<double> within_variance, latent_variance;  ///< [D][H]: mean r^2, variance of the component means
};

/// Forecasts from `origin` (a row; series.length() forecasts past the end of the table), or, without one, each series
/// from its own end. Only rows before it and after the last break are read; contexts that are too short are padded.
/// Throws Error (data) when the table is not the model's (scale_for), or naming a series with fewer than
/// window.least_context observed rows of context (with `origin`: when all are so; the figures of a single one are NaN);
/// Error (usage) for a level outside (0, 1).
Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin,
                   std::vector<double> levels, Scheduler& scheduler);

/// Long table: unique_id, ds, mean, then one column a level named as it is written: q0.1. Seven digits, what single
/// precision holds; RFC 4180 quoting.
std::string to_csv(const Prediction& prediction);

}  // namespace vdn
