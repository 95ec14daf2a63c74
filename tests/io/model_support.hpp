#pragma once
// What the tests of model files share: a forecaster and its file.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <vdn/data/row_phases.hpp>
#include <vdn/io/model_file.hpp>

#include "support/small_data.hpp"
#include "support/support.hpp"

namespace vdn::test {

/// An unfitted forecaster of the small table with everything set to something that is not the default.
inline Forecaster make_forecaster(Settings settings = small_settings()) {
  const SeriesSet series = small_data().series;
  DataRecord data{.source = "söme \"path\".csv",
                  .series_names = {"a, b", "日本"},
                  .step = {TimeUnit::month, 3},
                  .rows = 400,
                  .split = "all",
                  .borders = {300, 350, 390},
                  .season = 12,
                  .reading = {.missing = {"-9999", "auto"},
                              .id_column = "shop",
                              .time_column = "when",
                              .value_column = "sales",
                              .time_axis = TimeAxis::strict,
                              .max_gap = 7,
                              .gaps = {"2020-01-01"}},
                  .times = PartTimes{-86400, 1, 2, 3, 400},
                  .missing = 3,
                  .values_sha256 = "00ff"};
  settings.beta = 1.0 / 3.0;
  LinearPath line;
  if (settings.line != LineMode::none) {
    Scheduler scheduler(1);
    const auto scaled = scale_series(series, fit_scaler(series, {0, 300}));
    const LineOptions options = line_options(settings);
    line = fit_linear_path({scaled.data(), 2, 400}, training_windows(data.borders, 2, 24, 4), 24, 4, options, scheduler,
                           row_phases(series, series.times.front(), options.cycle), {0, 300});
  }
  Scaler scaler = fit_scaler(series, {0, 300});
  scaler.constant = {1};
  Forecaster f(settings, "reference", scaler, data, line);
  for (const auto& [name, slot, initial] : f.network().layout().entries()) {
    for (std::size_t i = 0; i < slot.size(); ++i) {
      f.edit_parameters()[slot.offset + i] += 0.01f * static_cast<float>(i % 17);
    }
  }
  f.training() = {5, 3, 77, 1.25, 0.1 + 0.2, 1e-300, true, "0.1.0"};
  if (settings.calibration == CalibrationMode::split) f.calibration() = {{1.5f, 0.5f, 1, 2}, {0, -0.1f, 0.1f, 0}};
  f.set_correction_share(0.1 + 0.2);
  if (settings.pool == PoolMode::naive) {
    f.naive() = {{0.1, {1, 2, 3, 4, 5, 6, 7, 8}}, {0.25, {.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f}}};
  }
  f.dependence() = {{1, 0.5, 0.25, -0.1}};
  const std::size_t neurons = settings.neurons;
  f.regime() = {{}, 0.1 + 0.2, 0.5, 1e-9, 3.0, 0.875};
  f.regime().mu2.assign(neurons, 0.1f);
  f.regime().sigma.assign(neurons, 0.2f);
  f.regime().kl.assign(neurons, 0.3f);
  f.regime().info.assign(neurons, std::numeric_limits<float>::infinity());
  f.origins() = {{"horizon", "--horizon"}, {"train.seed", "söme.toml:3"}};
  return f;
}

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of its file.
inline std::string saved() {
  const test::TemporaryDirectory folder;
  const auto path = (folder.path() / "model.vdn").string();
  save_model(make_forecaster(), path);
  return content_of(path);
}

}  // namespace vdn::test
