#pragma once
// The page about a run: what was forecast, how good it is, how training went, what the neurons do.

#include <string>
#include <vector>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/report/fan_chart.hpp>
#include <vdn/report/html_page.hpp>
#include <vdn/train/events.hpp>

namespace vdn {

/// Everything the page can show. What is empty is left out; `missing` says why.
struct RunReport {
  std::string title{}, subtitle{};
  std::vector<std::string> missing{};  ///< sentences, shown at the top

  RunRecord run{};                    ///< training; no epochs: not known
  BacktestTable table{};              ///< the model first; no rows: not scored
  std::string table_note{};           ///< where the figures come from
  std::vector<std::string> series{};  ///< D names, for the table's figures by series

  std::vector<FanPanel> panels{};
  std::vector<std::string> panel_captions{};  ///< one a panel, or none
  std::string panels_text{};                  ///< which forecasts these are

  HtmlTable setup{};  ///< data, sizes, settings
};

/// Series to be pictured, in order of their CRPS in the table's first row: the best, the worst and evenly spaced ones
/// in between; the first ones when the table has no figures by series. At most `most`.
std::vector<std::size_t> telling_series(const BacktestTable& table, std::size_t series, std::size_t most = 6);

/// Title, subtitle, series names and setup of a fitted model.
void describe_model(const Forecaster& model, RunReport& report);

/// The page, self-contained. `footer` says what wrote it.
std::string run_report_html(const RunReport& report, const std::string& footer);

}  // namespace vdn
