#include <vdn/bench/synthetic.hpp>

#include <cmath>
#include <numbers>
#include <string>

#include <vdn/core/random.hpp>
#include <vdn/kernels/random_fill.hpp>

namespace vdn::bench {

SeriesSet synthetic_series(std::size_t series, std::size_t rows, std::uint64_t seed) {
  constexpr std::int64_t begin = 1577836800, hour = 3600;  // 2020-01-01
  SeriesSet set;
  set.source = "synthetic";
  set.time_name = "date";
  set.step = {TimeUnit::second, hour};
  set.times.resize(rows);
  for (std::size_t t = 0; t < rows; ++t) set.times[t] = begin + hour * static_cast<std::int64_t>(t);
  set.values.resize(series * rows);
  std::vector<float> noise(rows);
  for (std::size_t d = 0; d < series; ++d) {
    set.names.push_back("s" + std::to_string(d));
    const auto number = static_cast<std::uint32_t>(d);
    kernels::fill_normal<float>({stream_key(seed, Purpose::latent, 0), number, 0, 0}, noise);
    double walk = 0.0;
    for (std::size_t t = 0; t < rows; ++t) {
      const double day = 2.0 * std::numbers::pi * static_cast<double>(t) / 24.0, phase = static_cast<double>(d);
      walk += 0.02 * static_cast<double>(noise[rows - 1 - t]);
      set.values[d * rows + t] =
          10.0 + 3.0 * std::sin(day + phase) + std::sin(day / 7.0 + phase) + walk + 0.5 * static_cast<double>(noise[t]);
    }
  }
  return set;
}

Forecaster unfitted_forecaster(const Settings& settings, const SeriesSet& series) {
  LinearPath line;
  if (settings.line != LineMode::none) {
    line = {settings.lookback, settings.horizon, std::vector<double>(settings.horizon * settings.lookback),
            std::vector<double>(settings.horizon)};
  }
  DataRecord data;
  data.source = series.source;
  data.series_names = series.names;
  data.step = series.step;
  data.rows = series.length();
  return Forecaster(settings, "default", fit_scaler(series, {0, series.length()}), data, line);
}

}  // namespace vdn::bench
