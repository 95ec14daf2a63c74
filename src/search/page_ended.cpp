// Trials that were pruned or failed, and why.

#include <fmt/format.h>

#include "report/run_sections.hpp"
#include "search/page_sections.hpp"

namespace vdn::search {
namespace {

const EpochRecord* last_epoch(const StudyView& view, const TrialRecord& trial) {
  const EpochRecord* last = nullptr;
  for (const EpochRecord& epoch : view.epochs) {
    if (epoch.number != trial.number || epoch.seed != trial.seed) continue;
    if (!last || epoch.epoch > last->epoch) last = &epoch;
  }
  return last;
}

/// With the collapse modes of the last epoch where the words do not hold them.
std::string reason_text(const TrialRecord& trial, const EpochRecord* last) {
  if (!last || last->collapse.empty() || trial.reason.find(last->collapse) != std::string::npos) return trial.reason;
  return fmt::format("{}{}collapse: {}", trial.reason, trial.reason.empty() ? "" : "; ", last->collapse);
}

}  // namespace

void add_ended_early(HtmlPage& page, const Findings& found) {
  page.section("Ended early");
  std::vector<TrialRecord> trials = found.view.trials;
  std::erase_if(trials, [](const TrialRecord& trial) {
    return trial.state != TrialState::pruned && trial.state != TrialState::failed;
  });
  if (trials.empty()) {
    page.paragraph("No trial was pruned, and none failed.");
    return;
  }
  HtmlTable settings{"", {"number"}, {}};
  HtmlTable table{
      "Outside: share of the neurons outside their band after epoch 2. Information: nats of all neurons "
      "together, last epoch.",
      {"number", "state", "why", "epochs", "outside", "information"},
      {},
      3};
  for (const TrialRecord& t : trials) {
    if (table.rows.size() == most_rows) break;
    const EpochRecord* last = last_epoch(found.view, t);
    const std::string name = t.final_stage ? fmt::format("{}, seed {}", t.number, t.seed) : std::to_string(t.number);
    settings.rows.push_back({name});
    table.rows.push_back({name, state_name(t.state), reason_text(t, last), std::to_string(t.epochs),
                          report::percent_text(t.outside), last ? figure_text(last->info) : "-"});
  }
  table.more = trials.size() - table.rows.size();
  page.table(table);
  settings.more = table.more;
  add_settings(settings, found, trials);
  page.folded_table("Their settings", settings);
}

}  // namespace vdn::search
