#pragma once
// Results as JSON documents, for scripts and records. Text, so that no JSON library is part of the interface.

#include <string>

#include <vdn/evaluate/backtest.hpp>

namespace vdn {

/// {"mse", "mae", "nll", "crps", "coverage_80", "coverage_90", "pinball", "windows", "points", "original": {the same}}.
/// What is not finite is null.
std::string metrics_json(const Metrics& scaled, const Metrics& original);

/// {"source", "protocol", "rows": {"begin", "end"}, "horizon", "origins", "windows", "models": [{"name", the figures of
/// metrics_json, "seconds_fit", "seconds_score", "by_step", "by_series"}]}; by_step and by_series hold lists of every
/// figure, scaled: {"mse": [H or D numbers], ...}. Under protocol probts a model also has "probts": {"crps", "nmae",
/// "crps_exact", "nmae_exact", "windows" (origins), "points", "paths", "units": "original"}. Indented by two blanks.
std::string backtest_json(const BacktestTable& table);

}  // namespace vdn
