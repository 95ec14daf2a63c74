#pragma once
// Results as JSON documents, for scripts and records. Text, so that no JSON library is part of the interface.

#include <string>
#include <string_view>

#include <vdn/evaluate/backtest.hpp>

namespace vdn {

/// {"mse", "mae", "nll", "crps", "coverage_80", "coverage_90", "pinball", "windows", "points", "original": {the same}}.
/// What is not finite is null.
std::string metrics_json(const Metrics& scaled, const Metrics& original);

/// {"source", "protocol", "rows": {"begin", "end"}, "horizon", "origins", "windows", "models": [{"name", the figures of
/// metrics_json, "seconds_fit", "seconds_score", "pit", "by_step", "by_series"}]}; pit holds the 20 counts of
/// PitCounts; by_step and by_series hold lists of every figure, scaled: {"mse": [H or D numbers], ...}. Under protocol
/// probts a model also has "probts": {"crps", "nmae", "crps_exact", "nmae_exact", "windows" (origins), "points",
/// "paths", "units": "original"}; one whose paths were scored has "paths": {"paths", "windows" and the other members of
/// PathScores}. Indented by two blanks.
std::string backtest_json(const BacktestTable& table);

/// A row without a name: metrics_json read back. Throws Error (data) when the text is not such a document.
BacktestRow parse_metrics_json(std::string_view text);

/// backtest_json read back; null becomes NaN, keys of its own (as `vdn backtest --out` adds) are passed over, and "pit"
/// and "paths" may be missing; "probts" is not read. Throws Error (data) saying what is missing or of another kind.
BacktestTable parse_backtest_json(std::string_view text);

}  // namespace vdn
