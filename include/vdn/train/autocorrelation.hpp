#pragma once
// The lag-stride autocorrelation of mu over a sample of windows.

#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// A window and the same one `encoder.stride` rows earlier.
struct WindowPair {
  Window now, before;
};

/// Pairs from `windows`, series after series: at most `series` series with at most `pairs` / (series in the sample)
/// pairs each, both evenly spread. Windows whose earlier partner would be padded (fewer than `context` rows before it)
/// are left out.
std::vector<std::vector<WindowPair>> sample_pairs(std::span<const Window> windows, std::size_t context,
                                                  std::size_t stride, std::size_t series, std::size_t pairs);

/// Correlation of mu_i between windows and their partners (PersistenceSums), [N], over at most 1,024 pairs of at most
/// 16 series (fewer pairs of very wide layers). NaN where there are no two pairs of a series, or mu does not vary.
std::vector<float> neuron_autocorrelation(Forecaster& forecaster, ConstMatrix<float> scaled,
                                          std::span<const Window> windows, Scheduler& scheduler);

}  // namespace vdn
