#pragma once
// Window normalisation by validation.

#include <cstddef>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// One fit of at most 8 epochs, as the settings of `start` are otherwise, for every normalisation; the smallest NLL
/// first. `start` gives settings, line and scaler; its window_norm is not looked at. A trial that diverges or
/// is interrupted counts as infinite. Stops with what there is when the observer wishes to, with at least one trial.
std::vector<NormTrial> try_window_norms(const Forecaster& start, ConstMatrix<float> scaled, const FitWindows& windows,
                                        Scheduler& scheduler, TrainingObserver& observer);

}  // namespace vdn
