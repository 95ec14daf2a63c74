#pragma once
// Fits a forecaster: epochs of shuffled windows, validation after each, the best weights kept.

#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// What a fit looks at. Of the validation windows the first choose and the later ones calibrate (data/splits.hpp);
/// without calibration all choose.
struct FitWindows {
  Windows training, validation, selection, calibration;
};

/// Trains `forecaster` in place on the training windows (METHOD section 4) and leaves the best epoch's parameters
/// (train/selection.hpp). Stops early after settings.patience epochs without a better one, but not before a valid one.
/// An epoch takes at most settings.windows_per_epoch windows (at least one batch) in an order drawn from (seed, epoch);
/// the remainder that fills no batch is left out of that epoch. When stop_requested() turns true the best weights so
/// far are kept; before the first validation those are the present ones.
///
/// `scaled`: [D][T], NaN where missing. Throws Error (data) when a part holds no window, Error (software) when the loss
/// is not finite: the message names step and tensor.
void fit(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
         TrainingObserver& observer);

}  // namespace vdn
