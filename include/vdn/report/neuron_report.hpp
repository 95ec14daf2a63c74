#pragma once
// What `vdn inspect MODEL --neurons` shows: every neuron of a model, over its training and at its best epoch.

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <vdn/diagnostics/collapse.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/events.hpp>

namespace vdn {

struct NeuronReport {
  std::string model{};                              ///< path, for titles
  std::size_t epoch = 0;                            ///< the best one, which the model is; 0: none
  std::size_t stride = 0;                           ///< rows between the windows of the autocorrelation
  std::string mode{};                               ///< control.mode
  bool band = false;                                ///< the mode holds neurons in their band
  std::vector<std::string> missing{};               ///< sentences: what is not shown and why
  RunRecord run{};                                  ///< with the neurons of every epoch; at least the kept one
  RegimeRecord regime{};                            ///< at the best epoch, over the validation windows
  std::array<diagnostics::Collapse, 5> collapse{};  ///< at the best epoch
  double collapse_share = 0.5;                      ///< above which a mode is named
  std::vector<double> contribution{};               ///< [N] nats lost without the neuron; empty: not measured
  std::size_t contribution_windows = 0;             ///< windows it was measured on
};

/// From a model and what is left of its training: `run` may be empty, or of another model, which is then not shown
/// (NeuronReport::missing says so). Throws Error (data) when the model has no record of its neurons, as twins without
/// draws, models of version 1 and models stopped before the first validation.
NeuronReport describe_neurons(const Forecaster& model, const std::string& path, RunRecord run);

/// Neurons by contribution, or by info_i where that was not measured, most first.
std::vector<std::size_t> rank_neurons(const NeuronReport& report);

/// At most 80 columns: the layer, its collapse modes, information by epoch, histograms, the neurons that contribute
/// most and least.
std::string neuron_text(const NeuronReport& report);

/// {"model", "epoch", "mode", "regime": {means and shares}, "collapse": [{"mode", "share", "named"}], "ranked_by",
/// "rank": [N], "neurons": {figure: [N]}, "contribution": [N] or null, "epochs": [{"epoch", figure: mean}]}.
std::string neuron_json(const NeuronReport& report);

/// The page: facts, maps over training, band, collapse, histograms, the neurons that contribute most and least.
std::string neuron_page_html(const NeuronReport& report);

}  // namespace vdn
