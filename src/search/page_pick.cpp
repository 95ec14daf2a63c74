// What was picked, and the finalists against each other.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/run_sections.hpp"
#include "search/front_chart.hpp"
#include "search/page_sections.hpp"

namespace vdn::search {
namespace {

using report::grouped;

HtmlTable settings_table_of(const Findings& found, const Configuration& configuration, const std::string& name) {
  HtmlTable table{"What differs from the settings as they are.", {"setting", name, "as they are"}, {}, 3};
  for (const auto& [key, value] : configuration) {
    const auto known = found.defaults.find(key);
    if (known != found.defaults.end() && known->second == value) continue;
    table.rows.push_back({key, value, known == found.defaults.end() ? "-" : known->second});
  }
  return table;
}

std::string finalist_name(const Findings& found, const Finalist& f) {
  std::string name = std::to_string(f.number);
  if (f.number == 0) name += ", as they are";
  if (found.picked() == f.number) name += ", the pick";
  return f.valid ? name : name + ", not valid";
}

HtmlTable finalist_table(const Findings& found) {
  HtmlTable table{
      "Means over seeds the search never used, the score with its deviation; the lowest of a column in bold. "
      "Calibration: mean distance of the 80 and 90% intervals from nominal. Robustness: what noise in the context adds "
      "to the CRPS. On the front: none of the others is at least as good in everything and better in something.",
      {"number", "seeds", "validation score", "joint NLL", "CRPS", "calibration", "robustness", "seconds", "parameters",
       "front"},
      {}};
  const auto lowest = [&](double Finalist::*figure, double value) {
    return std::all_of(found.finalists.begin(), found.finalists.end(),
                       [&](const Finalist& f) { return !(f.*figure < value); });
  };
  const auto cell = [&](const Finalist& f, double Finalist::*figure, const std::string& text) {
    return HtmlCell(text, found.finalists.size() > 1 && std::isfinite(f.*figure) && lowest(figure, f.*figure));
  };
  std::vector<Finalist> sorted = found.finalists;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finalist& a, const Finalist& b) { return a.score < b.score; });
  for (const Finalist& f : sorted) {
    table.rows.push_back(
        {finalist_name(found, f), std::to_string(f.seeds), cell(f, &Finalist::score, spread_text(f)),
         cell(f, &Finalist::joint_nll, score_text(f.joint_nll)), cell(f, &Finalist::crps, score_text(f.crps)),
         cell(f, &Finalist::calibration, score_text(f.calibration)),
         cell(f, &Finalist::robustness, score_text(f.robustness)), cell(f, &Finalist::seconds, figure_text(f.seconds)),
         grouped(f.parameters), f.on_front ? "yes" : "no"});
  }
  return table;
}

std::string pick_rule(const StudyDefinition& definition) {
  if (definition.objectives.empty()) {
    return "Picked is the finalist of the lowest score, among those whose fits were valid and cost the least penalty.";
  }
  return "Picked is the knee of the front over " + joined(definition.objectives, objective_name) +
         ": the finalist nearest to the best in all of them.";
}

}  // namespace

void add_pick(HtmlPage& page, const Findings& found) {
  page.section("The pick");
  const std::size_t done = ended_of(found.finals), lost = done - count_of(found.finals, TrialState::finished);
  if (found.finals.empty()) {
    page.note("The final stage has not begun: the best trials and number 0 are still to be fitted with fresh seeds.");
  } else if (done < found.finals.size()) {
    page.note(fmt::format("{} of {} final fits have ended; the pick may change.", done, found.finals.size()));
  }
  if (lost > 0) {
    page.note(fmt::format("{} final fit{} did not reach {} end; configurations with such fits are left out.", lost,
                          lost == 1 ? "" : "s", lost == 1 ? "its" : "their"),
              HtmlNote::warning);
  }
  if (found.pick) {
    const Finalist& pick = found.finalists[*found.pick];
    page.paragraph(pick_rule(found.view.definition) +
                   (pick.number == 0 ? " That is number 0, the settings as they are." : ""));
    const HtmlTable table = settings_table_of(found, pick.configuration, fmt::format("number {}", pick.number));
    if (!table.rows.empty()) page.table(table);
    page.table(finalist_table(found));
  } else if (found.leader) {
    const std::uint64_t best = found.leader->number;
    page.paragraph(fmt::format("Best of the search so far: number {}{}, validation score {} after {} epochs.", best,
                               best == 0 ? ", the settings as they are" : "", score_text(found.leader->score),
                               found.leader->epochs));
    const HtmlTable table = settings_table_of(found, found.leader->configuration, fmt::format("number {}", best));
    if (!table.rows.empty()) page.table(table);
  }
}

void add_front(HtmlPage& page, const Findings& found) {
  page.section("Front");
  if (!found.pick) {
    page.paragraph("Finalists appear here when their fits are finished.");
    return;
  }
  const std::uint64_t pick = *found.picked();
  const auto legend = front_legend(found.finalists, pick);
  page.figures({{"Accuracy and cost", front_chart_svg(found.finalists, pick),
                 "Lower left is better, filled is on the front. Bars: deviation over seeds. Dashed: the best score "
                 "that so many seconds buy. "
                 "The front counts all objectives of the study, of which two are seen here.",
                 legend},
                {"Accuracy and calibration", calibration_chart_svg(found.finalists, pick),
                 "Across: mean distance of the 80 and 90% intervals from what they should cover.", legend}});
}

}  // namespace vdn::search
