#pragma once
// A small table and a small network: what fits in a fraction of a second.

#include <cmath>
#include <cstdint>
#include <string>

#include <vdn/data/load.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::test {

/// Hourly sines of period 24 with a little noise of their own, from 2020-01-01 on; series "a", "b", ...
inline LoadedData small_data(std::size_t rows = 400, std::size_t series = 2) {
  LoadedData data;
  data.path = data.series.source = "small.csv";
  data.series.time_name = "time";
  data.series.step = {TimeUnit::second, 3600};
  for (std::size_t t = 0; t < rows; ++t) {
    data.series.times.push_back(1577836800 + 3600 * static_cast<std::int64_t>(t));
  }
  std::uint32_t bits = 1;
  for (std::size_t d = 0; d < series; ++d) {
    data.series.names.emplace_back(1, static_cast<char>('a' + d));
    for (std::size_t t = 0; t < rows; ++t) {
      bits = bits * 1664525u + 1013904223u;
      const double noise = static_cast<double>(bits >> 8) * 0x1p-24 - 0.5;
      const double phase = 2.0 * 3.14159265358979 * static_cast<double>(t) / 24.0;
      data.series.values.push_back(100.0 * static_cast<double>(d + 1) + 10.0 * std::sin(phase) + 4.0 * noise);
    }
  }
  return data;
}

/// 8 neurons, look-back 24, horizon 4, two epochs of ten steps.
inline Settings small_settings() {
  Settings s;
  s.horizon = 4;
  s.lookback = 24;
  s.moving_average = 5;
  s.encoder_width = 12;
  s.neurons = 8;
  s.head_width = 10;
  s.components = 2;
  s.tail = 0.0;
  s.draws = 3;
  s.score_draws = 4;
  s.batch = 40;
  s.row_block = 8;
  s.epochs = 2;
  s.windows_per_epoch = 400;
  s.seed = 7;
  s.calibration = CalibrationMode::none;  // one row a model
  s.correction = CorrectionMode::whole;   // one fit a model
  s.pool = PoolMode::none;                // the network alone
  return s;
}

}  // namespace vdn::test
