#pragma once
// From data and settings to a fitted forecaster: borders, scaler, linear path, training.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/correction.hpp>
#include <vdn/train/observer.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// What a fit is made from. A look-back of the settings is taken as it is; usual_lookback says what a short table
/// takes.
struct FitJob {
  Settings settings;  ///< horizon set; a twin's settings already applied (with_twin)
  std::string preset = "default";
  Split split = Split::automatic;  ///< trains on the first 70% of the rows; Split::all, before a forecast, on 90%
  SettingOrigins origins = {};     ///< recorded in the model; may be empty
};

/// The borders of a split for a network of these settings. Throws what make_borders, check_borders, source_borders and
/// check_split_context throw.
Borders fit_borders(const LoadedData& data, Split split, const Settings& settings);
/// The rows series are scaled by: the training rows; under "source" those of the LTSF benchmark, as its data came
/// scaled.
Range scaler_rows(const LoadedData& data, Split split, const Borders& borders);
/// The windows a fit trains on and validates on, for a network of these settings (split_windows).
FitWindows fit_windows(const SeriesSet& series, Split split, const Borders& borders, const Settings& settings);

/// What stands before the first step and no setting of the network changes: borders, scaler, scaled values, the line.
/// Fits whose settings have one preparation_key may share it.
struct PreparedFit {
  Settings settings;  ///< those it was made for, with what they left open chosen
  SettingOrigins origins;
  Split split = Split::automatic;
  DataRecord data;
  Scaler scaler;
  std::vector<float> values;  ///< [D][T], scaled
  ConstMatrix<float> scaled() const {
    const std::size_t series = data.series_names.size();
    return {values.data(), series, values.size() / series};
  }
  LinearPath line;
  std::vector<std::uint32_t> phases;  ///< of the rows in the line's cycle (row_phases); empty where it has none
  /// The same on earlier rows, for a rehearsal (correction.hpp); null where none is asked for or rows are too few.
  std::shared_ptr<const PreparedFit> earlier = {};
};

/// Divides the rows, fits the scaler on the training part, chooses what settings leave open (automatic_settings.hpp)
/// and fits the line on the training windows; scaler and line again, as chosen, on earlier rows where a rehearsal is
/// asked for. `data` keeps its units. Throws what check_series_set, check_settings, choose_automatic_settings,
/// fit_borders, fit_scaler and fit_linear_path throw.
PreparedFit prepare_fit(const LoadedData& data, FitJob job, Scheduler& scheduler);
/// Names what a preparation depends on beside the table: the settings of the window, the line and the pair, and split.
std::string preparation_key(const FitJob& job);

/// Sets job.settings.window_norm, where it is left open, to the best of try_window_norms (window_norm.hpp) and tells
/// the observer. `prepared` is of the job and the table. Throws what FitSession throws.
void choose_window_norm(const PreparedFit& prepared, const LoadedData& data, FitJob& job, Scheduler& scheduler,
                        TrainingObserver& observer);

/// A fit that may be interrupted after any epoch and go on elsewhere (trainer.hpp).
class FitSession {
 public:
  /// `prepared` must be of the table and, by its key, of the job; `data` is needed here only. Throws what
  /// check_settings and Trainer throw.
  FitSession(std::shared_ptr<const PreparedFit> prepared, const LoadedData& data, FitJob job);
  FitSession(const FitSession&) = delete;
  FitSession& operator=(const FitSession&) = delete;

  /// Not after finish().
  Trainer& trainer() { return *trainer_; }
  /// With what the job left open filled in.
  const Settings& settings() const { return forecaster_.settings(); }
  std::size_t parameters() const { return forecaster_.network().layout().count(); }
  /// The best epoch's forecaster, its correction judged and its distribution calibrated; the session is at its end.
  /// `observer` is told of a rehearsal and may stop it. Throws what Trainer::finish throws.
  Forecaster finish(Scheduler& scheduler, TrainingObserver& observer);

 private:
  /// A fit of earlier rows; nothing when it was stopped at once or failed.
  std::optional<Forecaster> rehearse(Scheduler& scheduler, TrainingObserver& observer);
  /// Gives both forecasters the share of the correction that validation and the rehearsal, if there was one, bear out.
  void judge(Forecaster* rehearsed, double independent_windows, Scheduler& scheduler);
  /// Gives naive forecasts the weights that both parts bear out.
  void pool(Forecaster* rehearsed, double independent_windows, Scheduler& scheduler);
  /// Windows that do not overlap, of those that judge it and the rehearsal.
  double independent_windows(const Forecaster* rehearsed) const;
  std::shared_ptr<const PreparedFit> prepared_;
  Forecaster forecaster_;
  FitWindows windows_, earlier_windows_;
  std::optional<Trainer> trainer_;
};

/// Prepares, chooses the window normalisation if asked to, trains to the end and calibrates. Throws what these do.
Forecaster fit_forecaster(const LoadedData& data, FitJob job, Scheduler& scheduler, TrainingObserver& observer);

/// Throws Error (data) naming the difference when the series are not those the model was fitted on (count, names or
/// time step).
void check_series(const Forecaster& forecaster, const SeriesSet& series);
/// Tells the forecaster where in its cycle the rows of the table it forecasts from here on stand.
void place_rows(Forecaster& forecaster, const SeriesSet& series);
/// The series in the units of the forecaster, [D][T], whose rows are placed. Throws what check_series throws.
std::vector<float> scale_for(Forecaster& forecaster, const SeriesSet& series);

}  // namespace vdn
