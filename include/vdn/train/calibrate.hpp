#pragma once
// What a fitted forecaster learns from its record: the calibration of its distribution and the dependence of its paths.

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// Fills forecaster.calibration() from windows.calibration (at most 2048 of them, evenly spaced), which did not train,
/// and then forecaster.dependence() from the training and validation windows (at most 1024, each part by its size):
/// dependence changes little from part to part, and the held-out rows hold few windows that do not overlap. No window
/// leaves either empty, and so does score.calibration = none the first. Independent windows are the rows of the
/// calibration part over H. `scaled` is [D][T].
void calibrate(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler);

}  // namespace vdn
