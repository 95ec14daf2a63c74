// Every trial: its settings, its cost and its score.

#include <algorithm>

#include "report/run_sections.hpp"
#include "search/page_sections.hpp"
#include "search/parallel_coordinates.hpp"

namespace vdn::search {

void add_settings(HtmlTable& table, const Findings& found, const std::vector<TrialRecord>& trials) {
  const SearchSpace& space = found.view.definition.space;
  const Configuration as_they_are = defaults_in(found);
  for (const Dimension& d : space.dimensions) table.headings.push_back(axis_name(space, d.key));
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Configuration& values = trials[row].number == 0 ? as_they_are : trials[row].configuration;
    for (const Dimension& d : space.dimensions) {
      std::string value;
      for (const auto& [key, text] : values) value = key == d.key ? text : value;
      table.rows[row].push_back(value);
    }
  }
}

namespace {

using report::grouped;
using report::percent_text;

HtmlTable trial_table(const Findings& found, const std::vector<TrialRecord>& trials) {
  HtmlTable table{
      "Score: validation score of the best epoch so far. Outside: share of the neurons outside their band "
      "after epoch 2. Settings to the right.",
      {"number", "state", "score", "epochs", "seconds", "parameters", "outside"},
      {},
      2};
  for (const TrialRecord& t : trials) {
    if (table.rows.size() == most_rows) break;
    table.rows.push_back({std::to_string(t.number), state_name(t.state), score_text(t.score), std::to_string(t.epochs),
                          figure_text(t.seconds), grouped(t.parameters), percent_text(t.outside)});
  }
  table.more = trials.size() - table.rows.size();
  add_settings(table, found, trials);
  return table;
}

}  // namespace

void add_trials(HtmlPage& page, const Findings& found) {
  page.section("Trials");
  if (found.search.empty()) {
    page.paragraph("None yet.");
    return;
  }
  const ParallelCoordinates chart{found.view.definition.space, found.search, defaults_in(found), found.picked()};
  HtmlFigure figure;
  figure.legend = fate_legend(chart);
  figure.wide = true;
  // On a phone it is moved sideways rather than made too small to read.
  figure.svg = "<div style=\"overflow-x:auto\"><div style=\"min-width:700px\">" + parallel_coordinates_svg(chart) +
               "</div></div>";
  figure.caption =
      "A line a trial, from setting to setting to its validation score (lower is better), that of its best epoch so "
      "far. "
      "Trials were trained for different numbers of epochs. A line below an axis: the setting does not apply, or lies "
      "beyond the space.";
  page.figures({figure});
  std::vector<TrialRecord> sorted = found.search;
  std::stable_sort(sorted.begin(), sorted.end(), better_trial);
  page.folded_table("Every trial, the best first", trial_table(found, sorted));
}

}  // namespace vdn::search
