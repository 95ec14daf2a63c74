#pragma once
// A forecaster with everything a fit records, without the fit.

#include <vdn/model/forecaster.hpp>

#include "support/small_data.hpp"

namespace vdn::test {

/// Of small_data(): 280 rows train, 40 validate, 80 test; 8 neurons. `seed` differs from the preset by --seed.
inline Forecaster fitted_model(Settings settings = small_settings()) {
  const LoadedData data = small_data();
  settings.line = LineMode::none;
  const auto& times = data.series.times;
  DataRecord record{.source = "small_file.csv",
                    .series_names = data.series.names,
                    .step = data.series.step,
                    .rows = 400,
                    .seen_until = times[319],
                    .split = "auto",
                    .borders = {280, 320, 400},
                    .season = 24,
                    .reading = {.missing = {"-9999"}},
                    .times = PartTimes{times[0], times[279], times[319], times[399], times[399]},
                    .missing = 2,
                    .values_sha256 = "0123456789abcdef"};
  Forecaster model(settings, "default", Scaler{{100, 200}, {7, 8}, {}}, record, LinearPath{});
  model.training() = {5, 3, 77, 1.25, -0.125, 0.0625, false, "0.1.0"};
  model.regime() = {{}, 0.5, 0.25, 0.75, 4.0, 0.875};
  for (int i = 8; i > 0; --i) {
    model.regime().mu2.push_back(static_cast<float>(i));
    model.regime().sigma.push_back(0.25f);
    model.regime().kl.push_back(0.75f);
    model.regime().info.push_back(0.5f);
  }
  model.origins() = {{"horizon", "--horizon"}, {"train.seed", "--seed"}, {"train.epochs", "my_fit.toml:12"}};
  return model;
}

}  // namespace vdn::test
