#include "search_results.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <vdn/data/csv_quote.hpp>
#include <vdn/io/atomic_file.hpp>
#include <vdn/model/settings_file.hpp>
#include <vdn/search/store.hpp>
#include <vdn/search/trial_run.hpp>

#include "command_line.hpp"
#include "search_progress.hpp"

namespace vdn::cli {
namespace {

using search::EpochRecord;
using search::Finalist;
using search::Pick;
using search::StudyView;
using search::TrialRecord;

/// The last epoch kept of a trial; an empty one when there is none.
EpochRecord last_epoch(const StudyView& view, const TrialRecord& trial) {
  EpochRecord last;
  last.alive = last.inside = last.info = last.kl = NAN;
  for (const EpochRecord& e : view.epochs) {
    if (e.number == trial.number && e.seed == trial.seed && e.epoch >= last.epoch) last = e;
  }
  return last;
}

std::vector<Finalist> best_first(const StudyView& view) {
  std::vector<Finalist> finalists = finalists_of(view.trials, view.definition.objectives);
  std::stable_sort(finalists.begin(), finalists.end(),
                   [](const Finalist& a, const Finalist& b) { return a.score < b.score; });
  return finalists;
}

Json configuration_json(const search::Configuration& configuration) {
  Json json = Json::object();
  for (const auto& [key, value] : configuration) json[key] = value;
  return json;
}

Json finite_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json trial_json(const StudyView& view, const TrialRecord& t) {
  const EpochRecord last = last_epoch(view, t);
  return {{"number", t.number},
          {"seed", t.seed},
          {"stage", t.final_stage ? "final" : "search"},
          {"state", search::state_name(t.state)},
          {"epochs", t.epochs},
          {"valid", t.valid},
          {"penalty", t.penalty},
          {"score", finite_or_null(t.score)},
          {"parameters", t.parameters},
          {"seconds", t.seconds},
          {"alive", finite_or_null(last.alive)},
          {"inside", finite_or_null(last.inside)},
          {"reason", t.reason},
          {"settings", configuration_json(t.configuration)}};
}

Json finalist_json(const Finalist& f) {
  return {{"number", f.number},
          {"seeds", f.seeds},
          {"score", finite_or_null(f.score)},
          {"score_deviation", f.score_deviation},
          {"joint_nll", finite_or_null(f.joint_nll)},
          {"crps", finite_or_null(f.crps)},
          {"calibration", finite_or_null(f.calibration)},
          {"robustness", finite_or_null(f.robustness)},
          {"seconds", finite_or_null(f.seconds)},
          {"parameters", f.parameters},
          {"on_front", f.on_front},
          {"settings", configuration_json(f.configuration)}};
}

const TrialRecord& first_fit(const StudyView& view, std::uint64_t number) {
  const TrialRecord* first = nullptr;
  for (const TrialRecord& t : view.trials) {
    const bool fits = t.final_stage && t.number == number && t.state == search::TrialState::finished;
    if (fits && (!first || t.seed < first->seed)) first = &t;
  }
  if (!first) throw Error(ErrorKind::software, view.name, "the pick has no finished fit");
  return *first;
}

/// The settings of a fit, explained, so that `vdn fit` repeats it.
std::string pick_toml(const StudyView& view, const TrialRecord& fit, Pick how, const std::string& file) {
  const Settings settings = search::trial_settings(view.definition, fit);
  SettingReasons reasons;
  for (const auto& [key, value] : fit.configuration) reasons.emplace_back(key, "found by the search");
  reasons.emplace_back("train.seed", "that of the pick's first fit, which the search never used");
  const std::string head =
      fmt::format("Pick '{}' of the study '{}': configuration {}.\nThe same fit again:\n  {}\n", search::pick_name(how),
                  view.name, fit.number, fit_command(view.definition, file));
  return settings_toml(settings, reasons, head);
}

}  // namespace

StudyView read_study(const std::string& store_path, const std::string& study) {
  const auto store = search::open_sqlite_store(store_path, search::StoreAccess::read);
  std::string name = study;
  const std::vector<std::string> names = store->studies();
  if (name.empty() && names.size() == 1) name = names.front();
  if (name.empty()) {
    std::string all;
    for (const std::string& known : names) all += (all.empty() ? "" : ", ") + known;
    throw Error(ErrorKind::usage, store_path, names.empty() ? "holds no study" : "holds several studies: " + all,
                names.empty() ? "begin one with 'vdn autopilot DATA --horizon H'" : "name one as STUDY");
  }
  StudyView view;
  view.name = name;
  view.trials = store->trials(name);  // throws for an unknown one
  view.epochs = store->epochs(name);
  view.definition = search::parse_definition(*store->definition(name));
  return view;
}

std::string trials_text(const StudyView& view) {
  std::vector<std::vector<std::string>> rows{
      {"TRIAL", "STATE", "EPOCHS", "SCORE", "PENALTY", "ALIVE", "INSIDE", "SECONDS", "WHY", "SETTINGS"}};
  for (const TrialRecord& t : view.trials) {
    const EpochRecord last = last_epoch(view, t);
    const std::string name = t.final_stage ? fmt::format("{} final {}", t.number, t.seed) : std::to_string(t.number);
    rows.push_back({name, search::state_name(t.state), std::to_string(t.epochs), figure_text(t.score, 4),
                    figure_text(t.penalty, 3), share_text(last.alive), share_text(last.inside),
                    figure_text(t.seconds, 1), t.reason, configuration_text(t.configuration)});
  }
  return columns(rows, {false, false, true, true, true, true, true, true});
}

std::string front_text(const StudyView& view) {
  std::vector<std::vector<std::string>> rows{{"CONFIGURATION", "FRONT", "SEEDS", "SCORE", "+-", "JOINT NLL", "CRPS",
                                              "CALIBRATION", "ROBUSTNESS", "SECONDS", "PARAMETERS", "SETTINGS"}};
  for (const Finalist& f : best_first(view)) {
    rows.push_back({f.number == 0 ? "0 (default)" : std::to_string(f.number), f.on_front ? "*" : "",
                    std::to_string(f.seeds), figure_text(f.score, 4), figure_text(f.score_deviation, 4),
                    figure_text(f.joint_nll, 4), figure_text(f.crps, 4), figure_text(f.calibration, 3),
                    figure_text(f.robustness, 4), figure_text(f.seconds, 1), grouped(f.parameters),
                    configuration_text(f.configuration)});
  }
  return columns(rows, {false, false, true, true, true, true, true, true, true, true, true});
}

Json study_json(const StudyView& view) {
  Json trials = Json::array(), finalists = Json::array();
  for (const TrialRecord& t : view.trials) trials.push_back(trial_json(view, t));
  for (const Finalist& f : best_first(view)) finalists.push_back(finalist_json(f));
  return {{"study", view.name},
          {"definition", Json::parse(search::print_definition(view.definition))},
          {"trials", trials},
          {"finalists", finalists}};
}

std::string trials_csv(const StudyView& view) {
  std::vector<std::string> keys;
  for (const auto& dimension : view.definition.space.dimensions) keys.push_back(dimension.key);
  std::string text = "number,seed,stage,state,epochs,valid,penalty,score,parameters,seconds,alive,inside,info,kl";
  for (const std::string& key : keys) text += "," + key;
  text += "\n";
  for (const TrialRecord& t : view.trials) {
    const EpochRecord last = last_epoch(view, t);
    text += fmt::format("{},{},{},{},{},{},{},{},{},{:.2f},{},{},{},{}", t.number, t.seed,
                        t.final_stage ? "final" : "search", search::state_name(t.state), t.epochs, t.valid ? 1 : 0,
                        t.penalty, t.score, t.parameters, t.seconds, last.alive, last.inside, last.info, last.kl);
    for (const std::string& key : keys) {
      const auto found = std::find_if(t.configuration.begin(), t.configuration.end(),
                                      [&](const auto& setting) { return setting.first == key; });
      text += "," + (found == t.configuration.end() ? "" : quote_csv(found->second));
    }
    text += "\n";
  }
  return text;
}

std::string fit_command(const search::StudyDefinition& d, const std::string& settings_file) {
  std::string text = fmt::format("vdn fit {} --horizon {}", shell_word(d.data), d.horizon);
  for (const auto& [name, value] : unusual_options(d.reading)) text += fmt::format(" --{} {}", name, shell_word(value));
  if (d.split != "auto") text += " --split " + d.split;
  return text + " --config " + shell_word(settings_file);
}

std::string pick_text(const Finalist& f, Pick how) {
  return fmt::format("pick   configuration {} ({}): score {} +- {} over {}, {}\n", f.number, search::pick_name(how),
                     figure_text(f.score, 4), figure_text(f.score_deviation, 4), counted(f.seeds, "seed"),
                     configuration_text(f.configuration));
}

Finalist picked(const StudyView& view, Pick how) {
  const std::vector<Finalist> finalists = finalists_of(view.trials, view.definition.objectives);
  return finalists.at(pick_of(finalists, view.definition.objectives, how));
}

std::string export_pick(const StudyView& view, const std::string& store_path, Pick how, const std::string& folder) {
  const Finalist pick = picked(view, how);
  const TrialRecord& fit = first_fit(view, pick.number);
  const std::string bytes = search::open_sqlite_store(store_path, search::StoreAccess::read)->model(view.name, fit);
  const auto inside = [&](const char* name) { return (std::filesystem::path(folder) / name).string(); };
  write_file_atomically(inside("model.vdn"), bytes);
  write_file_atomically(inside("settings.toml"), pick_toml(view, fit, how, inside("settings.toml")));
  return pick_text(pick, how) + fmt::format("model  {}\nfit    {}\n", inside("model.vdn"),
                                            fit_command(view.definition, inside("settings.toml")));
}

}  // namespace vdn::cli
