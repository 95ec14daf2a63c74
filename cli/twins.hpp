#pragma once
// The control twins of a fitted model.

#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>

#include "common.hpp"

namespace vdn::cli {

/// Fits the deterministic, mixture and noise twins with the model's settings, seed, split and rows. Throws Error
/// (usage) when the model is a twin itself, Error (data) when DATA would give other borders than the model's.
std::vector<Forecaster> fit_twins(const Forecaster& model, const LoadedData& data, const Shared& shared,
                                  Scheduler& scheduler);

}  // namespace vdn::cli
