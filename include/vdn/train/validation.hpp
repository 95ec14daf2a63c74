#pragma once
// Validation during training: three figures to choose by and the regime of the neurons, in one pass.

#include <cstddef>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/neuron_state.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// Means over windows, scaled units; per-neuron figures use moments over all the windows, never averages of batches.
struct ValidationReport {
  std::size_t windows = 0;
  double nll = 0.0;   ///< marginal, per observed step
  double mse = 0.0;   ///< of the mixture mean
  double crps = 0.0;  ///< of one window in 32, of one in eight where train.selection is crps
  RegimeRecord regime;
};

/// How many windows an epoch is validated on at most: train.validation_windows, or, where that is 0, 2,048 up to
/// H = 192 and 2,048 * 192 / H beyond. Neighbouring windows of a long horizon share nearly all their steps, and one
/// costs as much as H says.
std::size_t validation_limit(const Settings& settings);

/// At most `limit` of the windows, evenly spread. Of a grid every n-th origin (one at least) with all its series.
std::vector<Window> thin_windows(const Windows& windows, std::size_t limit);

/// Series of one origin that spread_windows takes at most.
inline constexpr std::size_t most_of_origin = 32;
/// The same, but of a grid of more series at most most_of_origin at an origin, in turn: with hundreds of series whole
/// origins would be a handful of moments, and what is common to all series at one of them would pass for what they are.
std::vector<Window> spread_windows(const Windows& windows, std::size_t limit);

/// `state` is what else is known of the neurons; `initial_state(settings)` where nothing controls them.
ValidationReport validate(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                          Scheduler& scheduler, const NeuronState& state);

/// The regime alone, which no draw changes: what `validate` reports of it, without forecasts.
RegimeRecord measure_regime(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                            Scheduler& scheduler, const NeuronState& state);

}  // namespace vdn
