#pragma once
// What is measured of a model of the final stage, on validation rows.

#include <map>
#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn::search {

/// Over at most 2048 windows of the part of validation that chooses (the later part made the calibration), calibrated:
/// validation_crps; validation_joint_nll, of whole futures, per step; calibration, the mean distance of 80 and 90%
/// intervals from nominal; robustness, the CRPS under noise of .5 training deviations in the context, less the CRPS.
/// Scaled units.
std::map<std::string, double> final_figures(Forecaster& model, const LoadedData& data, Scheduler& scheduler);

}  // namespace vdn::search
