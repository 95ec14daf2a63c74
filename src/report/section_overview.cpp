// The head of a run report: its verdict in figures and in a few sentences.

#include <fmt/format.h>

#include <cmath>

#include "report/run_sections.hpp"

namespace vdn::report {
namespace {

/// "8.8% below", "2.0% above", "level with": what prints as 0.0% is level.
std::string compared(double value, double other) {
  const double difference = 100 * (value / other - 1);
  if (!(std::abs(difference) >= 0.05)) return "level with";
  return fmt::format("{:.1f}% {}", std::abs(difference), difference < 0 ? "below" : "above");
}

std::vector<HtmlFact> score_facts(const BacktestTable& table, std::size_t baseline) {
  const Metrics& m = table.rows_of_table[0].scaled;
  const bool known = baseline < table.rows_of_table.size();
  const auto against = [&](double Metrics::*figure, std::string (*print)(double) = figure_text) {
    if (!known) return std::string();
    return fmt::format("{}: {}", table.rows_of_table[baseline].name,
                       print(table.rows_of_table[baseline].scaled.*figure));
  };
  return {{"CRPS", figure_text(m.crps), against(&Metrics::crps)},
          {"mean squared error", figure_text(m.mse), against(&Metrics::mse)},
          {"80% intervals cover", percent_text(m.coverage_80), against(&Metrics::coverage_80, percent_text)},
          {"90% intervals cover", percent_text(m.coverage_90), against(&Metrics::coverage_90, percent_text)}};
}

std::vector<HtmlFact> training_facts(const RunRecord& run) {
  if (run.epochs.empty()) return {};
  const EpochReport* best = nullptr;
  for (const EpochReport& epoch : run.epochs) {
    if (epoch.epoch == run.best_epoch) best = &epoch;
  }
  std::vector<HtmlFact> facts{{"epoch kept", best ? fmt::format("{} of {}", best->epoch, run.epochs.size()) : "none",
                               run.seconds > 0 ? fmt::format("trained in {:.1f} s", run.seconds) : ""}};
  if (best && run.twin != "deterministic" && run.twin != "mixture") {
    facts.push_back({"neurons alive", percent_text(best->alive), fmt::format("they tell {:.1f} nats", best->info_sum)});
  }
  return facts;
}

/// What the figures say, also when it is not what one hoped for.
void add_verdict(HtmlPage& page, const BacktestTable& table, std::size_t baseline, std::size_t twin) {
  const auto& rows = table.rows_of_table;
  const double crps = rows[0].scaled.crps;
  if (baseline < rows.size()) {
    const double other = rows[baseline].scaled.crps;
    const std::string text = fmt::format("In CRPS (lower is better) {} is {} the best baseline, {}.", rows[0].name,
                                         compared(crps, other), rows[baseline].name);
    page.note(crps < other ? text : text + " On these data the baseline is the better forecast.",
              crps < other ? HtmlNote::plain : HtmlNote::warning);
  }
  if (twin < rows.size()) {
    const Metrics &own = rows[0].scaled, &other = rows[twin].scaled;
    page.paragraph(fmt::format(
        "Its twins are the same network without what makes it variational. The best of them in CRPS is {}: against it "
        "the model is {} in CRPS and {:+.3f} in NLL (lower is better), and its 80% intervals cover {} against {}.",
        rows[twin].name, compared(own.crps, other.crps) == "level with" ? "level" : compared(own.crps, other.crps),
        own.nll - other.nll, percent_text(own.coverage_80), percent_text(other.coverage_80)));
  }
}

}  // namespace

void add_overview(HtmlPage& page, const RunReport& report) {
  for (const std::string& sentence : report.missing) page.note(sentence, HtmlNote::warning);
  const BacktestTable& table = report.table;
  std::vector<HtmlFact> facts;
  std::size_t baseline = 0, twin = 0;
  const bool scored = !table.rows_of_table.empty();
  if (scored) {
    baseline = best_row(table, [&](std::size_t r) { return is_baseline(table, r); });
    twin = best_row(table, [&](std::size_t r) { return is_twin(table.rows_of_table[r]); });
    facts = score_facts(table, baseline);
  }
  for (const HtmlFact& fact : training_facts(report.run)) facts.push_back(fact);
  if (facts.empty()) return;
  page.section("At a glance");
  page.facts(facts);
  if (!scored) return;
  page.paragraph(
      fmt::format("Scored on {} windows of test rows [{}, {}) of {}, none of which the model has seen{}; scaled by the "
                  "deviation of "
                  "each series' training part.",
                  grouped(table.windows), table.rows.begin, table.rows.end, table.source,
                  report.table_note.empty() ? "" : " (" + report.table_note + ")"));
  add_verdict(page, table, baseline, twin);
}

}  // namespace vdn::report
