// Data, sizes and settings of the run.

#include "report/run_sections.hpp"

namespace vdn::report {

void add_setup(HtmlPage& page, const RunReport& report) {
  HtmlTable table = report.setup;
  if (table.rows.empty() && !report.run.settings.empty()) {  // the model is not there, its record is
    table.headings = {"", "value"};
    table.text_columns = 2;
    table.rows = {{"data", report.run.source}, {"preset", report.run.preset}, {"twin", report.run.twin}};
    for (const auto& [name, value] : report.run.settings) table.rows.push_back({name, value});
  }
  if (table.rows.empty()) return;
  page.section("Data and settings").folded_table("Everything this run was made of", table);
}

}  // namespace vdn::report
