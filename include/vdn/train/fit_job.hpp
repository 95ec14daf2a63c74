#pragma once
// From data and settings to a fitted forecaster: borders, scaler, linear path, training.

#include <map>
#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

struct FitJob {
  Settings settings;  ///< horizon set; a twin's settings already applied (with_twin)
  std::string preset = "default";
  Split split = Split::automatic;
  SettingOrigins origins = {};  ///< recorded in the model; may be empty
};

/// The borders of a split for a network of these settings. Throws what make_borders, check_borders, source_borders and
/// check_split_context throw.
Borders fit_borders(const LoadedData& data, Split split, const Settings& settings);
/// The rows series are scaled by: the training rows; under "source" those of the LTSF benchmark, as its data came
/// scaled.
Range scaler_rows(const LoadedData& data, Split split, const Borders& borders);
/// The windows a fit trains on and validates on, for a network of these settings (split_windows).
FitWindows fit_windows(const SeriesSet& series, Split split, const Borders& borders, const Settings& settings);

/// Divides the rows, fits the scaler on the training part, chooses what settings leave open (automatic_settings.hpp),
/// fits the line on the training windows, and trains. `data` keeps its units. Throws what check_settings,
/// choose_automatic_settings, fit_borders, fit_scaler, fit_linear_path and fit throw.
Forecaster fit_forecaster(const LoadedData& data, FitJob job, Scheduler& scheduler, TrainingObserver& observer);

/// The series of `data` in the units of the forecaster, [D][T]. Throws Error (data) naming the difference when the
/// series are not those the model was fitted on (count, names or time step).
std::vector<float> scale_for(const Forecaster& forecaster, const SeriesSet& series);

}  // namespace vdn
