#pragma once
// Fits one trial and measures what most studies ask for.

#include <cstddef>
#include <optional>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/study/trial.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

struct MeasureOptions {
  std::size_t test_windows = 2048;  ///< at most, every n-th origin with all its series
  std::size_t paths = 0;            ///< sample paths of each test window; 0: no figures of whole futures
  bool whole_validation = false;    ///< regime over every validation window, not those training looks at
  bool disturbances = false;        ///< scores under noise (.5), missing stretches (20%) and level shifts (1), too
  bool origins = false;             ///< keep scores origin by origin as traces
  std::optional<Split> split = {};  ///< else the one a table of its kind usually has
};

/// Figures: validation_nll, validation_mse; epochs, best_epoch, fit_seconds, parameters; of the neurons over the
/// validation windows inside, frac_low, frac_high (of the band the settings declare, calibrated or not), alive,
/// active_units (shares), info, kl (sums, nats), macro_kl, mu2, sigma, autocorrelation (means); of the test part mse,
/// crps, nll, joint_nll, coverage_80, coverage_90, with paths energy, sum_coverage_80, sum_coverage_90, and of all
/// series at once series_sum_crps, joint_energy; crps_noise and so on under disturbances; "collapse posterior begins"
/// and so on: the epoch a collapse mode was first named, "... ends": that it ended for good. Traces by epoch:
/// validation_nll, outside, info, alive; by origin, when asked for: origin.crps and so on. An interrupted fit gives a
/// result without a key, which is not to be kept.
TrialResult measure_trial(const std::string& study, const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                          TrainingObserver& observer, const MeasureOptions& options);

/// The fit of a trial, with the split its table usually has; training().interrupted says when it was cut short.
Forecaster fit_trial(const Trial& trial, const LoadedData& data, Scheduler& scheduler, TrainingObserver& observer);

/// The same of a forecaster that is there already, added to `result`.
void measure_forecaster(Forecaster& model, const LoadedData& data, Scheduler& scheduler, const MeasureOptions& options,
                        TrialResult& result);

}  // namespace vdn
