#pragma once
// How many windows a step and an epoch of a fit take.

#include <cstddef>

#include <vdn/model/settings.hpp>

namespace vdn {

/// Windows of an automatic epoch of a small table.
inline constexpr std::size_t fewest_epoch_windows = 4096;

/// Windows of a step of `count` training windows: settings.batch, never more than there are, one at least.
std::size_t step_windows(const Settings& settings, std::size_t count);
/// Windows an epoch draws of `count` training windows: settings.windows_per_epoch or, where that is auto, a fortieth of
/// them, at most 16,384 up to H = 192 and as many steps as those have beyond, at least fewest_epoch_windows; never more
/// than there are. Patience counts epochs: of a large table a few epochs of 4,096 windows show too little to give up
/// for (docs/choices.md, Length and size of a fit).
std::size_t epoch_windows(const Settings& settings, std::size_t count);
/// Steps of such an epoch, one at least.
std::size_t epoch_steps(const Settings& settings, std::size_t count);

}  // namespace vdn
