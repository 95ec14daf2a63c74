#pragma once
// The columns of a backtest table, as every kind of page prints them.

#include <string>
#include <vector>

#include <vdn/evaluate/backtest.hpp>

namespace vdn::report {

/// A column of figures as it is printed.
struct TableColumn {
  std::string heading;
  std::vector<std::string> cells;  ///< one a forecaster; "-" where there is no figure
  std::vector<bool> best;
};

/// MSE, MAE, CRPS, NLL, coverages, pinball, seconds; in scaled or in original units. Under protocol
/// probts its own figures.
std::vector<TableColumn> table_columns(const BacktestTable& table, bool original);

}  // namespace vdn::report
