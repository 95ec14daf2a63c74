#include <vdn/search/study_page.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "report/run_sections.hpp"
#include "search/page_sections.hpp"

namespace vdn::search {

std::string score_text(double score) {
  if (!std::isfinite(score)) return "-";
  return std::abs(score) < 1000 ? fmt::format("{:.4f}", score) : fmt::format("{:.4g}", score);
}

std::string figure_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-";
}

std::string spread_text(const Finalist& f) {
  return f.seeds > 1 ? score_text(f.score) + " \xC2\xB1 " + score_text(f.score_deviation) : score_text(f.score);
}

namespace {

using report::grouped;

/// "42 s", "12 min", "3.1 h"
std::string time_text(double seconds) {
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return seconds < 6000 ? fmt::format("{:.0f} min", seconds / 60) : fmt::format("{:.1f} h", seconds / 3600);
}

std::string configuration_text(const Configuration& configuration) {
  std::string text;
  for (const auto& [key, value] : configuration) text += fmt::format("{}{}={}", text.empty() ? "" : ", ", key, value);
  return text;
}

// At a glance

std::vector<HtmlFact> count_facts(const Findings& found) {
  const StudyDefinition& d = found.view.definition;
  double seconds = 0.0;
  for (const TrialRecord& trial : found.view.trials) seconds += std::isfinite(trial.seconds) ? trial.seconds : 0.0;
  std::vector<HtmlFact> facts{
      {"trials", grouped(found.search.size()),
       d.trials > 0 ? fmt::format("of {}", grouped(d.trials)) : std::string("as many as the time allows")}};
  for (const TrialState state : {TrialState::finished, TrialState::dropped, TrialState::pruned, TrialState::failed}) {
    facts.push_back({state_name(state), grouped(count_of(found.search, state)), ""});
  }
  const std::size_t open = found.search.size() - ended_of(found.search);
  if (open > 0) {
    facts.push_back(
        {"under way", grouped(open), fmt::format("{} train now", count_of(found.search, TrialState::running))});
  }
  facts.push_back({"final fits", grouped(count_of(found.finals, TrialState::finished)),
                   found.finals.empty() ? "" : fmt::format("of {}", grouped(found.finals.size()))});
  facts.push_back({"training time", time_text(seconds), d.seconds > 0 ? "of " + time_text(d.seconds) : ""});
  return facts;
}

std::vector<HtmlFact> pick_facts(const Findings& found) {
  if (!found.pick) {
    if (!found.leader) return {{"the pick", "none yet", ""}};
    return {{"the pick", "none yet", ""},
            {"best of the search", score_text(found.leader->score), fmt::format("number {}", found.leader->number)}};
  }
  const Finalist& pick = found.finalists[*found.pick];
  const Finalist* as_is = finalist_of(found, 0);
  return {{"the pick", fmt::format("number {}", pick.number), pick.number == 0 ? "the settings as they are" : ""},
          {"its validation score", score_text(pick.score),
           as_is && pick.number != 0 ? "number 0: " + score_text(as_is->score) : ""}};
}

/// The pick against number 0, beside what seeds do to either.
std::string verdict(const Finalist& pick, const Finalist& as_is) {
  const double gain = std::abs(as_is.score - pick.score),
               spread = std::max(pick.score_deviation, as_is.score_deviation);
  if (!std::isfinite(gain)) return "One of the pick and number 0 has no score.";
  std::string text =
      fmt::format("Number {} has a validation score of {}, the settings as they are one of {} (lower is better).",
                  pick.number, spread_text(pick), spread_text(as_is));
  if (pick.seeds < 2 || as_is.seeds < 2) return text + " With one seed each nothing can be said of their spread.";
  return text + (gain > 2 * spread ? " The difference is more than twice what seeds differ by."
                                   : " Their seeds differ by about as much: the difference may be luck.");
}

void add_glance(HtmlPage& page, const Findings& found) {
  page.section("At a glance");
  std::vector<HtmlFact> facts = pick_facts(found);
  for (HtmlFact& fact : count_facts(found)) facts.push_back(std::move(fact));
  page.facts(facts);
  if (found.search.empty()) page.note("No trial has begun.");
  const std::size_t failed = count_of(found.search, TrialState::failed);
  if (failed > 0 && 2 * failed >= found.search.size()) {
    page.note(fmt::format("{} of {} trials failed; why stands under Ended early.", failed, found.search.size()),
              HtmlNote::warning);
  }
  if (!found.pick) return;
  const Finalist& pick = found.finalists[*found.pick];
  const Finalist* as_is = finalist_of(found, 0);
  const bool over = ended_of(found.finals) == found.finals.size() && found.finalists.size() > 1;
  if (pick.number == 0 && over && found.view.definition.objectives.empty()) {
    page.note("No finalist came out ahead of the settings as they are.");
  } else if (pick.number != 0 && as_is) {
    page.note(verdict(pick, *as_is));
  }
}

// Definition

HtmlTable definition_table(const StudyDefinition& d) {
  const auto count = [](std::size_t n) { return std::to_string(n); };
  const auto objectives = joined(d.objectives, objective_name);
  const auto reading = unusual_options(d.reading);
  return {"",
          {"", "value"},
          {{"data", d.data},
           {"read", reading.empty() ? "as usual" : configuration_text(reading)},
           {"SHA-256 of its values", d.values_sha256},
           {"horizon", count(d.horizon)},
           {"preset", d.preset},
           {"split", d.split},
           {"settings of every trial", d.set.empty() ? "those of the preset" : configuration_text(d.set)},
           {"sampler", sampler_name(d.sampler)},
           {"seed", count(d.seed)},
           {"scheduling", d.scheduling == Scheduling::halving ? "halving" : "asynchronous"},
           {"trials", d.trials > 0 ? count(d.trials) : "as many as the time allows"},
           {"training time", d.seconds > 0 ? time_text(d.seconds) : "no limit"},
           {"bracket", d.bracket > 0 ? count(d.bracket) : "all"},
           {"rungs, epochs", joined(d.rungs, count)},
           {"share that goes on", fmt::format("{:.4g}", d.keep)},
           {"finalists beside number 0", count(d.finalists)},
           {"seeds of the final stage", count(d.final_seeds)},
           {"pruned by regime", d.prune ? "yes" : "no"},
           {"objectives of the front", objectives.empty() ? "none named: valid, penalty, score" : objectives}},
          2};
}

HtmlTable space_table(const SearchSpace& space) {
  constexpr const char* scales[] = {"linear", "logarithmic", "whole numbers", "whole numbers, logarithmic", "choice"};
  HtmlTable table{"", {"setting", "scale", "values", "only when"}, {}, 4};
  const auto word = [](const std::string& text) { return text; };
  for (const Dimension& d : space.dimensions) {
    table.rows.push_back(
        {d.key, scales[static_cast<std::size_t>(d.scale)],
         d.scale == Scale::choice ? joined(d.choices, word) : fmt::format("{:.4g} to {:.4g}", d.low, d.high),
         d.when ? d.when->key + " is " + joined(d.when->values, word, " or ") : ""});
  }
  for (const Dependent& d : space.dependents) {
    table.rows.push_back({d.key, "follows", fmt::format("{:.4g} times {}, at most {:.4g}", d.share, d.of, d.most), ""});
  }
  for (const auto& [key, value] : space.fixed) table.rows.push_back({key, "fixed", value, "not number 0"});
  return table;
}

void add_definition(HtmlPage& page, const StudyDefinition& definition) {
  page.section("Definition");
  page.folded_table("Everything that decides what the study does", definition_table(definition));
  page.folded_table("The space it searches", space_table(definition.space));
}

}  // namespace

std::string study_page(const StudyView& view) {
  const Findings found = findings_of(view);
  HtmlPage page("Study " + view.name,
                fmt::format("{}, horizon {}: a search over settings. The test part was not looked at.",
                            view.definition.data, view.definition.horizon));
  add_glance(page, found);
  add_pick(page, found);
  add_front(page, found);
  add_trials(page, found);
  add_importance(page, found);
  add_curves(page, found);
  add_ended_early(page, found);
  add_definition(page, view.definition);
  return page.html("vdn autopilot, study " + view.name);
}

}  // namespace vdn::search
