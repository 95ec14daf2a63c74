#pragma once
// Backtest tables for terminals and Markdown.

#include <string>

#include <vdn/evaluate/backtest.hpp>

namespace vdn {

/// Aligned text: one row a forecaster; scaled MSE, MAE, CRPS, NLL, coverage 80 and 90, pinball; the best figure of a
/// column marked with '*' (coverage: nearest to nominal). `original` shows original units instead.
/// Under protocol probts: CRPS and NMAE of the paths and of the predictive distribution itself, which are in original
/// units in any case, and the coverages.
std::string text_table(const BacktestTable& table, bool original = false);
/// The same as a Markdown table, without the marks.
std::string markdown_table(const BacktestTable& table, bool original = false);

/// Scores of whole futures, one row a forecaster that has them: energy score, that of independent steps, coverage of
/// the sum over the horizon at 80 and 90%, CRPS of that sum; scaled units. "" when there are none.
std::string path_table(const BacktestTable& table);

}  // namespace vdn
