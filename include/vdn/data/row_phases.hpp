#pragma once
// Where in a cycle the rows of a table stand.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/data/series.hpp>

namespace vdn {

/// For every row t of the table a number in [0, cycle): the steps from `anchor` to its time, modulo `cycle`. A time off
/// the grid that begins at `anchor` (or before it) follows the row before it, the first one is 0. Tables that are read
/// row by row thus keep their place after a gap, and a later table continues where an earlier one stopped. Size T;
/// empty when cycle is 0.
std::vector<std::uint32_t> row_phases(const SeriesSet& set, std::int64_t anchor, std::size_t cycle);

/// The phase of row t, which may lie after the last one: those rows follow it one by one. `phases` is not empty.
inline std::uint32_t phase_at(std::span<const std::uint32_t> phases, std::size_t cycle, std::size_t t) {
  if (t < phases.size()) return phases[t];
  return static_cast<std::uint32_t>((phases.back() + t - (phases.size() - 1)) % cycle);
}

}  // namespace vdn
