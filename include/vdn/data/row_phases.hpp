#pragma once
// Where in a cycle the rows of a table stand.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <vdn/data/series.hpp>

namespace vdn {

/// For every row t of the table a number in [0, cycle): the steps from `anchor` to its time, modulo `cycle`. A time off
/// the grid that begins at `anchor` (or before it) follows the row before it, the first one is 0. Tables that are read
/// row by row thus keep their place after a gap, and a later table continues where an earlier one stopped. Size T;
/// empty when cycle is 0.
std::vector<std::uint32_t> row_phases(const SeriesSet& set, std::int64_t anchor, std::size_t cycle);

}  // namespace vdn
