#pragma once
// Validation during training: two figures to choose by and the regime of the neurons, in one pass.

#include <cstddef>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// A neuron is alive when it tells more than this about its input (METHOD section 3).
inline constexpr double alive_information = 0.01;

/// info_i = 0.5 ln(1 + v_i / mean sigma_i^2), nats: what mu, of variance `variance` over inputs, tells beside noise of
/// mean square `noise`. A variance that rounding made negative counts as 0.
double neuron_information(double variance, double noise);

/// Means over windows, scaled units; per-neuron figures use moments over all the windows, never averages of batches.
struct ValidationReport {
  std::size_t windows = 0;
  double nll = 0.0;  ///< marginal, per observed step
  double mse = 0.0;  ///< of the mixture mean
  RegimeRecord regime;
};

/// At most `limit` of the windows, evenly spread. Of a grid every n-th origin (one at least) with all its series.
std::vector<Window> thin_windows(const Windows& windows, std::size_t limit);

ValidationReport validate(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                          Scheduler& scheduler);

}  // namespace vdn
