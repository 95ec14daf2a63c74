#pragma once
// Standardisation by the training rows.

#include <cstddef>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/series.hpp>

namespace vdn {

/// scaled = (value - mean) / deviation, per series; original units.
struct Scaler {
  std::vector<double> mean;           ///< size D
  std::vector<double> deviation;      ///< size D, positive; 1 for a series that is constant over the rows fitted
  std::vector<std::size_t> constant;  ///< the series that are constant over the rows fitted, ascending

  double to_scaled(std::size_t series, double value) const { return (value - mean[series]) / deviation[series]; }
  double to_original(std::size_t series, double scaled) const { return scaled * deviation[series] + mean[series]; }
};

/// Mean and population standard deviation of the observed values in `rows`, per series.
/// Throws Error (data) naming the first series that has no observed value there, Error (software) when `rows` is not
/// inside the set.
Scaler fit_scaler(const SeriesSet& set, Range rows);

/// The whole set scaled: [D][T], NaN where missing. Throws Error (software) when the sizes disagree, Error (data)
/// naming the series and time when a scaled value does not fit a float.
std::vector<float> scale_series(const SeriesSet& set, const Scaler& scaler);

}  // namespace vdn
