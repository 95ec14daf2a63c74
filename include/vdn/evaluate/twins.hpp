#pragma once
// The control twins of a fitted model (deterministic, mixture, noise), fitted as the model was.

#include <functional>
#include <memory>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// Who is told of a twin's training; may give null.
using TwinObserver = std::function<std::unique_ptr<TrainingObserver>(Twin)>;

/// Fits the deterministic, mixture and noise twins with the model's settings, seed, split and rows. Throws Error
/// (usage) when the model is a twin itself, Error (data) when `data` would give other borders than the model's.
std::vector<Forecaster> fit_twins(const Forecaster& model, const LoadedData& data, Scheduler& scheduler,
                                  const TwinObserver& observer = {});

}  // namespace vdn
