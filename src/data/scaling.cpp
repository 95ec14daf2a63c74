#include <vdn/data/scaling.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

struct Moments {
  std::size_t observed = 0;
  double mean = 0, deviation = 0;
  bool constant = true;
};

/// Two passes over the observed values, in order.
Moments moments_of(std::span<const double> values) {
  Moments result;
  double sum = 0, squares = 0, first = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (result.observed++ == 0) first = value;
    result.constant = result.constant && value == first;
    sum += value;
  }
  if (result.observed == 0) return result;
  const auto count = static_cast<double>(result.observed);
  result.mean = result.constant ? first : sum / count;
  for (const double value : values) {
    if (!std::isnan(value)) squares += (value - result.mean) * (value - result.mean);
  }
  result.deviation = std::sqrt(squares / count);
  if (result.deviation == 0) result.constant = true;  // differences too small to square
  if (result.constant) result.deviation = 1;
  return result;
}

std::string place_of(const SeriesSet& set, std::size_t series) {
  return fmt::format("{}, series '{}'", set.source, set.names[series]);
}

}  // namespace

Scaler fit_scaler(const SeriesSet& set, Range rows) {
  if (rows.begin > rows.end || rows.end > set.length()) {
    throw Error(ErrorKind::software, "fit_scaler",
                fmt::format("rows [{}, {}) are outside the {} rows of the set", rows.begin, rows.end, set.length()));
  }
  Scaler scaler;
  for (std::size_t i = 0; i < set.count(); ++i) {
    const Moments moments = moments_of(set.series(i).subspan(rows.begin, rows.size()));
    if (moments.observed == 0) {
      throw Error(ErrorKind::data, place_of(set, i),
                  fmt::format("has no observed value in the training rows {} to {}", rows.begin + 1, rows.end),
                  fmt::format("leave it out with --ignore '{}', or split the rows otherwise", set.names[i]));
    }
    if (!std::isfinite(moments.mean) || !std::isfinite(moments.deviation)) {
      throw Error(ErrorKind::data, place_of(set, i), "its values are too large for a mean and a standard deviation",
                  "give the series in a larger unit");
    }
    scaler.mean.push_back(moments.mean);
    scaler.deviation.push_back(moments.deviation);
    if (moments.constant) scaler.constant.push_back(i);
  }
  return scaler;
}

std::vector<float> scale_series(const SeriesSet& set, const Scaler& scaler) {
  if (scaler.mean.size() != set.count() || scaler.deviation.size() != set.count()) {
    throw Error(ErrorKind::software, "scale_series",
                fmt::format("a scaler of {} series for a set of {}", scaler.mean.size(), set.count()));
  }
  std::vector<float> scaled(set.count() * set.length());
  for (std::size_t i = 0; i < set.count(); ++i) {
    const auto values = set.series(i);
    float* out = scaled.data() + i * set.length();
    for (std::size_t t = 0; t < values.size(); ++t) {
      const double value = scaler.to_scaled(i, values[t]);
      if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
        throw Error(ErrorKind::data, place_of(set, i),
                    fmt::format("{} at {} is too far from the training rows (mean {}, standard deviation {})",
                                values[t], format_time(set.times[t], set.step), scaler.mean[i], scaler.deviation[i]),
                    "declare it as missing if it is no measurement");
      }
      out[t] = static_cast<float>(value);
    }
  }
  return scaled;
}

}  // namespace vdn
