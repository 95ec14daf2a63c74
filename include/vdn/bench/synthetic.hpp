#pragma once
// Made-up series to time things on, and a forecaster of them that nobody fitted.

#include <cstddef>
#include <cstdint>

#include <vdn/data/series.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn::bench {

/// D hourly series of T rows: a daily and a weekly sine of a phase of their own, a slow walk, noise. The same numbers
/// for the same arguments.
SeriesSet synthetic_series(std::size_t series, std::size_t rows, std::uint64_t seed = 0);

/// Of these settings (horizon set) and the scale of those series, with initial weights and, where settings.line asks
/// for one, a line that repeats the last value: as much work as a fitted one.
Forecaster unfitted_forecaster(const Settings& settings, const SeriesSet& series);

}  // namespace vdn::bench
