#pragma once
// From data and settings to a fitted forecaster: borders, scaler, linear path, training.

#include <map>
#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

struct FitJob {
  Settings settings;  ///< horizon set; a twin's settings already applied (with_twin)
  std::string preset = "default";
  Split split = Split::automatic;
  SettingOrigins origins = {};                      ///< recorded in the model; may be empty
  std::map<std::string, std::string> reading = {};  ///< recorded in the model: DataRecord::reading
};

/// Divides the rows, fits the scaler on the training part, the line on the training windows, and trains. `data` keeps
/// its units. Throws what check_settings, make_borders, check_borders, fit_scaler, fit_linear_path and fit throw.
Forecaster fit_forecaster(const LoadedData& data, const FitJob& job, Scheduler& scheduler, TrainingObserver& observer);

/// The series of `data` in the units of the forecaster, [D][T]. Throws Error (data) naming the difference when the
/// series are not those the model was fitted on (count, names or time step).
std::vector<float> scale_for(const Forecaster& forecaster, const SeriesSet& series);

}  // namespace vdn
