#pragma once
// What a forecaster would have said at a row of the table, and what came.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/series.hpp>
#include <vdn/evaluate/predict.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/report/fan_chart.hpp>

namespace vdn {

/// The levels of a fan: the median and the central 50, 80, 90 and 95% intervals.
std::vector<double> fan_levels();

/// The row in the middle of those whose `horizon` rows lie in `rows` too.
std::size_t middle_origin(Range rows, std::size_t horizon);

/// Indices of the named series, in that order; of the first `most` when no name is given. Throws Error (usage) for a
/// name the table does not have, with the nearest one.
std::vector<std::size_t> chart_series(const SeriesSet& set, const std::vector<std::string>& names,
                                      std::size_t most = 4);

/// A panel of one series of a prediction: `history_rows` rows before the origin (fewer at the table's beginning) and
/// the truth where the table has it. Throws Error (software) when the origin is beyond the end of the table.
FanPanel fan_panel(const Prediction& prediction, const SeriesSet& set, std::size_t series, std::size_t origin,
                   std::size_t history_rows);

/// Panels of a forecast from `origin` (set.length() forecasts the future), or of each series from its own end.
/// history_rows = 0 takes three horizons, and at least 24 rows. Throws what predict and chart_series throw.
std::vector<FanPanel> backtest_panels(Forecaster& model, const SeriesSet& set, std::optional<std::size_t> origin,
                                      const std::vector<std::size_t>& series, Scheduler& scheduler,
                                      std::size_t history_rows = 0);

}  // namespace vdn
