#pragma once
// What a fitted forecaster learns from its record: the calibration of its distribution and the dependence of its paths.

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/predictive/calibration.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// Forecasts of held-out windows with what came after them.
struct HeldOut {
  CalibrationFit forecasts;
  double independent_windows;  ///< rows of the part over H: windows that overlap are not independent
};
/// Of the calibration windows (at most 2,048, evenly spaced), which did not train, as the forecaster has them now.
HeldOut held_out(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler);

/// Fills forecaster.calibration() from held_out, and then forecaster.dependence() from the training and validation
/// windows (at most 1024, each part by its size): dependence changes little from part to part, and the held-out rows
/// hold few windows that do not overlap. No window leaves either empty, and so does score.calibration = none the first.
/// `earlier`, which may be null, is what a rehearsal (correction.hpp) held out, forecast by the network of then: it
/// says how the spread holds at another time (CalibrationFit::finish). `scaled` is [D][T].
void calibrate(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
               const HeldOut* earlier = nullptr);

}  // namespace vdn
