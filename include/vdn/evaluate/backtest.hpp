#pragma once
// Every forecaster of a table over the same windows, each window once.

#include <functional>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// One row of the table.
struct BacktestRow {
  std::string name;
  Metrics scaled, original;
  std::vector<Metrics> scaled_by_step, scaled_by_series;
  double fit_seconds = 0.0, score_seconds = 0.0;
  PitCounts pit{};  ///< all zero where it is not known
};

struct BacktestTable {
  std::string source;
  std::string protocol;                               ///< "ltsf", or the split of the model's own borders
  Range rows;                                         ///< the test rows
  std::size_t horizon = 0, origins = 0, windows = 0;  ///< origins: 0 when series have different ones
  std::vector<BacktestRow> rows_of_table;
};

/// The test rows of a protocol. "ltsf": the named set's borders; "" or "auto": the model's own test part, or all rows
/// after those it has seen when it has none. Throws Error (usage) for an unknown protocol, Error (data) when the model
/// has seen some of these rows (fitted or validated on them: the message says how many and which split would do) or
/// when they hold no window.
Range test_rows(const Forecaster& model, const LoadedData& data, const std::string& protocol);

/// Scores `models` (all fitted on the same series and scaler; the first gives borders and horizon) and, when
/// `baselines`, repeat last, seasonal naive, the ridge line with a Gaussian spread and with residual quantiles, all
/// fitted on the first model's training and validation rows with its look-back. `progress` (may be empty) is told the
/// name of each forecaster as it starts.
BacktestTable backtest(std::vector<Forecaster*> models, const LoadedData& data, const std::string& protocol,
                       bool baselines, Scheduler& scheduler,
                       const std::function<void(const std::string&)>& progress = {});

}  // namespace vdn
