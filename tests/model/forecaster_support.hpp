#pragma once
// A table in scaled units, a forecaster with a line made by hand, and its forecasts as numbers.

#include <cmath>
#include <vector>

#include <vdn/model/forecaster.hpp>

#include "support/small_data.hpp"

namespace vdn::test {

/// Sines around zero with a trend, [2][400].
struct Table {
  Table() : values(series * rows) {
    for (std::size_t d = 0; d < series; ++d) {
      for (std::size_t t = 0; t < rows; ++t) {
        const double x = static_cast<double>(t);
        at(d, t) = static_cast<float>(std::sin(x * 0.26 + static_cast<double>(d)) + 0.3 * std::cos(x * x) + 0.002 * x);
      }
    }
  }
  float& at(std::size_t d, std::size_t t) { return values[d * rows + t]; }
  ConstMatrix<float> matrix() const { return {values.data(), series, rows}; }
  std::size_t series = 2, rows = 400;
  std::vector<float> values;
};

/// Weights that fall off into the past and change sign, and one bias for all steps.
inline LinearPath make_line(const Settings& s, double bias) {
  LinearPath line{s.lookback, s.horizon, {}, std::vector<double>(s.horizon, bias)};
  for (std::size_t h = 0; h < s.horizon; ++h) {
    for (std::size_t l = 0; l < s.lookback; ++l) {
      const bool last = l + 1 == s.lookback;
      line.weight.push_back(
          last ? 0.0 : 0.3 * std::cos(static_cast<double>(h + 2 * l)) / static_cast<double>(s.lookback - l));
    }
  }
  return line;
}

inline Forecaster make_forecaster(const Settings& s, double line_bias = 0.1) {
  DataRecord data;
  data.series_names = {"a", "b"};
  return {s, "default", Scaler{{0, 0}, {1, 1}, {}}, std::move(data),
          s.line == LineMode::none ? LinearPath{} : make_line(s, line_bias)};
}

struct Forecast {
  std::size_t components, horizon;
  std::vector<float> mean, scale, log_weight;

  std::vector<float> everything() const {
    std::vector<float> all = mean;
    all.insert(all.end(), scale.begin(), scale.end());
    all.insert(all.end(), log_weight.begin(), log_weight.end());
    return all;
  }
  /// Everything about window b.
  std::vector<float> window(std::size_t b) const {
    const std::size_t size = components * horizon;
    std::vector<float> all(mean.begin() + long(b * size), mean.begin() + long((b + 1) * size));
    all.insert(all.end(), scale.begin() + long(b * size), scale.begin() + long((b + 1) * size));
    all.insert(all.end(), log_weight.begin() + long(b * components), log_weight.begin() + long((b + 1) * components));
    return all;
  }
};

inline Forecast forecast_of(Forecaster& model, const Table& table, const std::vector<Window>& windows,
                            std::size_t threads = 1) {
  Scheduler scheduler(threads);
  ForecastBatch batch;
  model.forecast(table.matrix(), windows, batch, scheduler);
  const auto copy = [](std::span<float> values) { return std::vector<float>(values.begin(), values.end()); };
  return {batch.components(), batch.horizon(), copy(batch.mean().flat()), copy(batch.scale().flat()),
          copy(batch.log_weight().flat())};
}

}  // namespace vdn::test
