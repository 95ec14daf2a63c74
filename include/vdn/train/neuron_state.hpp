#pragma once
// What training holds of the neurons beside their weights, for the record.

#include <vector>

#include <vdn/control/band.hpp>
#include <vdn/diagnostics/collapse.hpp>
#include <vdn/diagnostics/regime.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// By neuron, [N] each.
struct NeuronState {
  control::Bands bands{};      ///< as they are now: calibration moves them
  std::vector<double> beta{};  ///< price of a nat
  std::vector<double> phi{};   ///< persistence of the ar1 prior; empty under other priors
};

/// As settings say, before anything is controlled or learned.
NeuronState initial_state(const Settings& settings);

/// As a fitted model records it; what it does not record as the settings say.
NeuronState recorded_state(const Forecaster& model);

/// Adds the state to a record, and what follows from it: shares in and outside the bands, active units.
void add_state(RegimeRecord& regime, const Settings& settings, const NeuronState& state);

/// What figures of neurons of these settings are held against. The prior's deviation is 1, under the ar1 prior in its
/// exact form that of its stationary process, tau / sqrt(1 - phi^2).
diagnostics::CollapseContext collapse_context(const Settings& settings, const NeuronFigures& figures);

}  // namespace vdn
