#pragma once
// A random choice of windows, the same for everybody who asks with the same key.

#include <cstddef>
#include <functional>

#include <vdn/core/random.hpp>
#include <vdn/data/windows.hpp>

namespace vdn {

/// `most` windows of each series drawn at random without replacement (Permutation under key(series)), in order of
/// series and origin; all windows of a series that has no more than that.
Windows draw_windows(const Windows& all, std::size_t most, const std::function<StreamKey(std::size_t series)>& key);

}  // namespace vdn
