#pragma once
// Forecasts of the future in original units.

#include <cstdint>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/series.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Quantiles per series and step. Original units.
struct Prediction {
  std::vector<std::string> series;  ///< D
  std::vector<std::int64_t> times;  ///< H, of the target rows
  TimeStep step;
  std::vector<double> levels;                            ///< Q, ascending
  std::vector<double> mean;                              ///< [D][H]
  std::vector<double> quantiles;                         ///< [D][H][Q]
  std::vector<double> within_variance, latent_variance;  ///< [D][H]: mean r^2, variance of the component means
};

/// Forecasts from `origin` (a row; series.length() forecasts past the end of the table). Only rows before it are read.
/// Throws Error (data) when the table is not the model's (scale_for) or has fewer rows than the model's context, Error
/// (usage) for a level outside (0, 1).
Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::size_t origin, std::vector<double> levels,
                   Scheduler& scheduler);

/// Long table: unique_id, ds, mean, then one column a level named as it is written: q0.1. Seven digits, what single
/// precision holds; RFC 4180 quoting.
std::string to_csv(const Prediction& prediction);

}  // namespace vdn
