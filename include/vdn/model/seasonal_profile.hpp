#pragma once
// The cycle of each series: what is left of it at every phase once all that is slower is taken off. Letters: D series,
// T rows, P rows of a cycle.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// What a periodic line takes out of its window and puts back into its forecast: row t of series d, at phase p, is
/// a s_dp + rest, with an amplitude a of the window's own (profile_amplitude). Scaled units.
struct SeasonalProfile {
  std::size_t cycle = 0;           ///< P; 0: none
  std::vector<float> values = {};  ///< [D][P], of every series sum 0
  bool empty() const { return cycle == 0; }
  std::span<const float> of(std::size_t d) const { return std::span(values).subspan(d * cycle, cycle); }
};

/// The profile of the rows `known` (classical decomposition): the means over each phase of what differs from a centred
/// average of one cycle, less their mean. Then drawn to zero by the share that chance explains (James and Stein 1961):
/// times max(0, 1 - within/between), `within` the mean square of single rows about their phase's mean and `between`
/// that of the means, times their counts, over P - 1: a series without the cycle has a profile of nearly zero, and of
/// zero where it has less than three whole cycles. `scaled` is [D][T], NaN where missing; `phases` as row_phases
/// (data/row_phases.hpp) gives them, size T.
SeasonalProfile fit_profile(ConstMatrix<float> scaled, std::span<const std::uint32_t> phases, Range known,
                            std::size_t cycle);

/// How much of the profile a window shows: with x the observed rows of its context and s the profile there, both less
/// their means, and e the profile's mean square,
///   a = (sum x s + n e/10) / (sum s^2 + n e/10), cut to [0, 2], over the n rows;
/// 1 where nothing is observed. A cycle may be weaker in winter than over the year: what is taken out of a window and
/// put back into its forecast is a s. context [L], NaN where missing, and the phases of its rows; profile [P].
float profile_amplitude(std::span<const float> context, std::span<const std::uint32_t> phases,
                        std::span<const float> profile);

}  // namespace vdn
