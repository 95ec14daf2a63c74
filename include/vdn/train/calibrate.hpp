#pragma once
// What a fitted forecaster learns from its record: the calibration of its distribution and the dependence of its paths.

#include <span>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Windows with known targets, and how many of them are independent (rows of their part over H).
struct KnownWindows {
  std::span<const Window> windows;
  double independent = 0.0;
};

/// Fills forecaster.calibration() from `held_out`, windows that neither trained nor chose anything, and then
/// forecaster.dependence() from `known`, all windows it has seen. An empty list leaves its part empty, and so does
/// score.calibration = none the first. `scaled` is [D][T].
void calibrate(Forecaster& forecaster, ConstMatrix<float> scaled, const KnownWindows& held_out,
               std::span<const Window> known, Scheduler& scheduler);

}  // namespace vdn
