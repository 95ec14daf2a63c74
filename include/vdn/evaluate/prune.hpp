#pragma once
// A smaller network from a fitted one: the neurons that contribute least are dropped (docs/results/README.md, C7).

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// How far to go; one of the two.
struct PruneTarget {
  std::optional<std::size_t> neurons;  ///< keep so many
  std::optional<double> loss;  ///< keep the fewest whose validation CRPS is at most this share above the whole's
};

/// What so many neurons reach on the validation part (at most 512 windows), as the network gives it, uncalibrated.
struct PrunePoint {
  std::size_t neurons = 0;
  double nll = 0.0, crps = 0.0;           ///< scaled units
  double seconds_per_1000_windows = 0.0;  ///< of forecasts, with the scheduler's threads
};

struct Pruned {
  Forecaster model;
  std::vector<std::size_t> kept;  ///< numbers of the neurons in the whole model, ascending
  std::vector<PrunePoint> curve;  ///< the whole model first, then every size tried, falling
};

/// The network of the neurons `kept` (ascending, at least one), every parameter that is one a neuron taken along. The
/// head's products keep their scale: base weights times sqrt(N'/N), the gain of the layer norm times sqrt(N/N'), as if
/// dropped activities were 0. No calibration, dependence or record of drift: those are of another network.
Forecaster keep_neurons(const Forecaster& whole, std::span<const std::size_t> kept);

/// Gives the head's first maps (head.hidden, head.base) of `part` = keep_neurons(whole, kept) the weights and biases
/// that come nearest, in squares over the windows' draws, to what those of `whole` put out, with a pull to where they
/// are. It makes up for what the dropped activities added and for the layer norm over fewer neurons.
void refit_head(Forecaster& part, Forecaster& whole, std::span<const std::size_t> kept, ConstMatrix<float> scaled,
                std::span<const Window> windows, Scheduler& scheduler);

/// In rounds of a third of the neurons: measures contributions (Forecaster::contribution) of those that are left, drops
/// the least, refits the head. Both on training windows; the curve and the loss are of validation windows. At the end
/// calibration, dependence and drift are recorded anew, and the validation figures of the training record, by the
/// windows that chose the whole network's epoch. `data` must be the table of the fit. Throws Error (data) when it is
/// not, Error (usage) for a target that cannot be. `progress` is told every point of the curve.
Pruned prune(Forecaster& whole, const LoadedData& data, const PruneTarget& target, Scheduler& scheduler,
             const std::function<void(const PrunePoint&)>& progress = {});

}  // namespace vdn
