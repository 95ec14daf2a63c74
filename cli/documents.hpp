#pragma once
// JSON documents of several commands.

#include <string>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

#include "common.hpp"

namespace vdn::cli {

/// DIR/metrics.json and `vdn fit --json`; "test" is null.
Json fit_document(const Forecaster& model, const std::string& data, std::size_t parameters, const EpochReport& best,
                  const std::string& path);

/// {"train": {"begin", "end"}, ...}, rows from 0, end excluded.
Json borders_json(const Borders& borders);

/// The table of `vdn backtest`.
Json backtest_document(const BacktestTable& table, const std::string& model, const std::string& data);

/// Scores of one row in scaled units, those in original units under "original".
Json test_json(const BacktestRow& row);

}  // namespace vdn::cli
