// The model against twins and baselines.

#include "report/run_sections.hpp"
#include "report/table_columns.hpp"

namespace vdn::report {
namespace {

HtmlTable html_table(const BacktestTable& table, bool original) {
  HtmlTable html;
  html.headings = {"forecaster"};
  for (const BacktestRow& row : table.rows_of_table) html.rows.push_back({row.name});
  for (const TableColumn& column : table_columns(table, original)) {
    html.headings.push_back(column.heading);
    for (std::size_t r = 0; r < html.rows.size(); ++r) html.rows[r].emplace_back(column.cells[r], column.best[r]);
  }
  html.caption = std::string(original ? "In the units of the data, mean over all points."
                                      : "Scaled by the training part, mean over all points.") +
                 " Lower is better; coverage: nearer to nominal. Bold: the best of its column.";
  return html;
}

}  // namespace

void add_comparison(HtmlPage& page, const RunReport& report) {
  if (report.table.rows_of_table.empty()) return;
  const bool alone = report.table.rows_of_table.size() == 1;
  page.section(alone ? "Scores" : "Against others");
  page.table(html_table(report.table, false));
  page.folded_table("The same in original units", html_table(report.table, true));
}

}  // namespace vdn::report
