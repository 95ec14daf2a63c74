#pragma once
// What tells one table's values from another's, however they were written down.

#include <string>

#include <vdn/data/series.hpp>

namespace vdn {

/// SHA-256 in lower-case hex of the D*T values, series by series, as IEEE doubles, little-endian; every missing value
/// is the quiet NaN 0x7ff8000000000000 and -0 is 0. Names and times are not part of it.
std::string values_sha256(const SeriesSet& set);

}  // namespace vdn
