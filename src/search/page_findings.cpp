// What the sections of a study's page are made of.

#include <algorithm>

#include <vdn/core/error.hpp>

#include "report/chart_frame.hpp"
#include "search/page_sections.hpp"

namespace vdn::search {
namespace {

/// A stored definition may name what this version does not know.
std::map<std::string, std::string> default_texts(const StudyDefinition& definition) {
  std::map<std::string, std::string> texts;
  try {
    const Settings settings = base_settings(definition);
    for (const auto& parameter : settings_table().parameters()) texts[parameter.name] = parameter.print(settings);
  } catch (const Error&) {
    texts.clear();
  }
  return texts;
}

}  // namespace

Findings findings_of(const StudyView& view) {
  const auto& objectives = view.definition.objectives;
  Findings found{view, {}, {}, default_texts(view.definition), finalists_of(view.trials, objectives), {}, {}};
  for (const TrialRecord& trial : view.trials) (trial.final_stage ? found.finals : found.search).push_back(trial);
  std::erase_if(found.finalists, [](const Finalist& f) { return f.seeds == 0; });
  if (!found.finalists.empty()) {
    found.pick = pick_of(found.finalists, objectives, objectives.empty() ? Pick::best : Pick::knee);
  }
  for (const TrialRecord& trial : found.search) {
    if (!report::AxisRange::shown(trial.score) || trial.state == TrialState::failed) continue;
    if (!found.leader || better_trial(trial, *found.leader)) found.leader = trial;
  }
  return found;
}

const Finalist* finalist_of(const Findings& found, std::uint64_t number) {
  for (const Finalist& f : found.finalists) {
    if (f.number == number) return &f;
  }
  return nullptr;
}

std::size_t count_of(const std::vector<TrialRecord>& trials, TrialState state) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [&](const TrialRecord& trial) { return trial.state == state; }));
}

std::size_t ended_of(const std::vector<TrialRecord>& trials) {
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [](const TrialRecord& trial) { return ended(trial.state); }));
}

Configuration defaults_in(const Findings& found) {
  Configuration values;
  const auto text = [&](const std::string& key) {
    const auto known = found.defaults.find(key);
    return known == found.defaults.end() ? std::string() : known->second;
  };
  for (const Dimension& dimension : found.view.definition.space.dimensions) {
    const auto& when = dimension.when;
    const bool applies =
        !when || std::find(when->values.begin(), when->values.end(), text(when->key)) != when->values.end();
    if (applies) values.emplace_back(dimension.key, text(dimension.key));
  }
  return values;
}

}  // namespace vdn::search
