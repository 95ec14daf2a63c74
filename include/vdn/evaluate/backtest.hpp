#pragma once
// Every forecaster of a table over the same windows, each window once.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/evaluate/path_score.hpp>
#include <vdn/evaluate/probts.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// One row of the table.
struct BacktestRow {
  std::string name;
  Metrics scaled, original;
  std::vector<Metrics> scaled_by_step, scaled_by_series;
  std::optional<ProbtsScore> probts;  ///< under protocol probts, over the same windows
  std::optional<PathScores> paths;    ///< of whole futures, when asked for
  /// A calibrated model and its row before calibration are scored in one pass: each has half of its seconds.
  double fit_seconds = 0.0, score_seconds = 0.0;
  PitCounts pit{};  ///< all zero where it is not known
};

struct BacktestTable {
  std::string source;
  std::string protocol;  ///< "ltsf", "probts", "source", or the split of the model's own borders
  Range rows;            ///< the test rows
  std::size_t horizon = 0, origins = 0, windows = 0;  ///< origins: 0 when series have different ones
  std::vector<BacktestRow> rows_of_table;
};

/// The rows of test_part(): what a protocol scores. Throws what that throws.
Range test_rows(const Forecaster& model, const LoadedData& data, const std::string& protocol);

/// Scores `models` (all fitted on the same series and scaler; the first gives borders and horizon) and, when
/// `baselines`, repeat last, seasonal naive, the ridge line with a Gaussian spread and with residual quantiles, all
/// fitted on the first model's training and validation rows with its look-back (under probts a season longer than the
/// protocol's context is not used). A calibrated model has a second row, "NAME, uncalibrated", behind its own. Under
/// probts the paths' seed is the first model's. With `paths` whole futures of the models are scored too, that many
/// paths of at most 2048 windows, evenly spread. `progress` (may be empty) is told the name of each forecaster as it
/// starts.
BacktestTable backtest(std::vector<Forecaster*> models, const LoadedData& data, const std::string& protocol,
                       bool baselines, Scheduler& scheduler,
                       const std::function<void(const std::string&)>& progress = {}, std::size_t paths = 0);

}  // namespace vdn
