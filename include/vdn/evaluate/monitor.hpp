#pragma once
// Watches windows as they come, without their future: drift of the neurons, and what the forecast itself says.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/series.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// What one window shows by itself. Scales are root mean squares over the horizon in scaled units (training
/// deviations of the series): `latent` what draws disagree about, `within` what the head says it cannot know.
struct WindowMeasure {
  Window window;
  DriftDistances distances{};  ///< 1 is usual
  double latent_scale = 0.0, within_scale = 0.0;
};

/// Measures of windows, and mu_i^2 of each: its mean over the K dimensions, [W][N].
struct WindowMeasures {
  std::vector<WindowMeasure> windows;
  std::vector<float> activity;
};

/// Measures windows; only rows before each origin are read.
WindowMeasures measure_windows(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                               Scheduler& scheduler);

/// A measure among those before it.
struct WindowReading : WindowMeasure {
  double drift = 0.0;        ///< smoothed over the times of the series, in deviations of validation (DriftTracker)
  double out_of_band = 0.0;  ///< share of neurons out of their band at this time, the same for all series
  bool alarm = false;        ///< drift above the threshold
};

/// Follows all series of a model through time. The threshold is the drift that the largest over all series exceeded at
/// `false_alarms` of the validation times: so often one alarm or more is to be expected while nothing changes.
/// Neuron i is out of band when its m_i, averaged over the series of a time and smoothed over times (weight of the new
/// value .1), lies outside [band.lower, band.upper] times that of training.
class Monitor {
 public:
  static constexpr double activity_weight = 0.1;

  /// `forecaster` must outlive the monitor. Throws Error (data) when it has no record of its regime, Error (usage)
  /// unless 0 < false_alarms < 1.
  Monitor(Forecaster& forecaster, double false_alarms);

  double threshold() const { return threshold_; }
  /// Windows in ascending order of origins, each later than those of the call before; at most one a series and origin.
  std::vector<WindowReading> observe(ConstMatrix<float> scaled, std::span<const Window> windows, Scheduler& scheduler);
  /// The same from measures taken before.
  std::vector<WindowReading> follow(const WindowMeasures& measures);

 private:
  double out_of_band(std::span<const float> activity);

  Forecaster& forecaster_;
  double threshold_;
  DriftTracker tracker_;
  std::vector<double> activity_;  ///< [N], empty before the first time
};

/// The windows a monitor reads at an origin: those of series that can_measure_drift there. `origin` may be
/// series.length(): what follows the table.
std::vector<Window> windows_to_watch(const Forecaster& forecaster, const SeriesSet& series, std::size_t origin);

}  // namespace vdn
