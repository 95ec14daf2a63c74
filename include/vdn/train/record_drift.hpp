#pragma once
// What a model remembers of its neurons' regime, so that drift can be told later (model/drift.hpp).

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// Fills forecaster.drift(): the regime over at most 1024 training windows, evenly spread; then location, spread and
/// levels from the validation rows, in stretches of neighbouring origins (at most about 32,768 windows): the regime is
/// not fitted to these, so their distances are those of unseen rows. Left empty when there are fewer than 2 training
/// windows or no validation window. `scaled` is [D][T].
void record_drift(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler);

}  // namespace vdn
