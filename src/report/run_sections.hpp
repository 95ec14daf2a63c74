#pragma once
// The sections of a run report; each adds nothing when its part of the report is empty.

#include <cstddef>
#include <string>
#include <vector>

#include <vdn/report/html_page.hpp>
#include <vdn/report/run_report.hpp>

namespace vdn::report {

void add_overview(HtmlPage& page, const RunReport& report);
void add_forecasts(HtmlPage& page, const RunReport& report);
void add_comparison(HtmlPage& page, const RunReport& report);
void add_calibration(HtmlPage& page, const RunReport& report);
void add_errors(HtmlPage& page, const RunReport& report);
void add_training(HtmlPage& page, const RunReport& report);
void add_neurons(HtmlPage& page, const RunReport& report);
void add_setup(HtmlPage& page, const RunReport& report);

/// What a row of the table is to the model, by its name.
bool is_twin(const BacktestRow& row);
/// Whether a row of the table is neither the model, nor of its kind (another variant of it), nor a twin.
bool is_baseline(const BacktestTable& table, std::size_t row);

/// Styles of the table's rows in charts: 0 the model, 1 to 3 twins and other variants of the model, from 4 the others.
std::vector<std::size_t> row_styles(const BacktestTable& table);
/// Only of the rows `chosen`.
template <class Chosen>
std::vector<HtmlLegendEntry> row_legend(const BacktestTable& table, Chosen&& chosen) {
  std::vector<HtmlLegendEntry> legend;
  const auto styles = row_styles(table);
  for (std::size_t r = 0; r < styles.size(); ++r) {
    if (chosen(table.rows_of_table[r])) legend.push_back({table.rows_of_table[r].name, styles[r]});
  }
  return legend;
}

/// The row of lowest CRPS among those `chosen`; rows_of_table.size() when there is none.
template <class Chosen>
std::size_t best_row(const BacktestTable& table, Chosen&& chosen) {
  std::size_t best = table.rows_of_table.size();
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    if (!chosen(r)) continue;
    const bool better = best == table.rows_of_table.size() ||
                        table.rows_of_table[r].scaled.crps < table.rows_of_table[best].scaled.crps;
    if (better) best = r;
  }
  return best;
}

/// 1,234,567
std::string grouped(std::size_t number);
/// Three decimals; "-" for no figure.
std::string figure_text(double value);
/// 79.3%
std::string percent_text(double share);

}  // namespace vdn::report
