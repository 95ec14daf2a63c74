#include "search_options.hpp"

#include <algorithm>
#include <filesystem>

#include <vdn/data/checksum.hpp>
#include <vdn/data/named.hpp>
#include <vdn/train/fit_advice.hpp>

#include "fit_plan.hpp"
#include "search_budget.hpp"

namespace vdn::cli {
namespace {

/// What --config, --set and --lookback say, whether it differs from the preset or not; the seed stands apart.
search::Configuration given_settings(const AutopilotArguments& o) {
  SettingOrigins origins;
  const Settings now = resolve_settings(o.settings, &origins);
  search::Configuration given;
  for (const auto& p : settings_table().parameters()) {
    const bool of_preset = origins.at(p.name) == "preset " + o.settings.preset;
    if (p.name != "train.seed" && !of_preset) given.emplace_back(p.name, p.print(now));
  }
  return given;
}

/// What is set for all trials varies no more.
search::SearchSpace space_of_options(const AutopilotArguments& o) {
  search::SearchSpace space = search::preset_space(o.space);
  if (!o.narrow.empty()) space = search::read_space(o.narrow, std::move(space));
  space = search::fix_keys(std::move(space), given_settings(o));
  search::check_space(space);
  return space;
}

std::vector<search::Objective> objectives_of(const AutopilotArguments& o) {
  std::vector<search::Objective> objectives;
  for (const std::string& word : o.pareto) {
    const search::Objective objective = search::parse_objective(word);
    if (std::find(objectives.begin(), objectives.end(), objective) != objectives.end()) {
      throw Error(ErrorKind::usage, "--pareto", "'" + word + "' stands twice", "name every objective once");
    }
    objectives.push_back(objective);
  }
  return objectives;
}

std::vector<std::size_t> sound_rungs(const AutopilotArguments& o) {
  const std::vector<std::size_t>& rungs = o.rungs;
  if (rungs.empty()) return o.space == "source" ? std::vector<std::size_t>{3, 6, 10} : search::StudyDefinition{}.rungs;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    if (rungs[i] == 0 || (i > 0 && rungs[i] <= rungs[i - 1])) {
      throw Error(ErrorKind::usage, "--rungs", "must be epochs that rise", "write e.g. --rungs 3,6,10");
    }
  }
  return rungs;
}

/// A path stays right in whatever folder the study is taken up.
std::string lasting_name(const LoadedData& data, const std::string& given) {
  return data.set ? std::string(data.set->name) : std::filesystem::absolute(given).lexically_normal().string();
}

}  // namespace

search::StudyDefinition definition_of(const AutopilotArguments& o, const LoadedData& data) {
  const SearchBudget budget = parse_budget(o.budget);
  search::StudyDefinition d;
  d.data = lasting_name(data, o.data);
  d.reading = reading_options(o.reading);
  d.values_sha256 = values_sha256(data.series);
  d.horizon = o.settings.horizon;
  d.preset = o.settings.preset;
  d.split = split_name(choose_split(o.split, data));
  d.set = given_settings(o);
  d.space = space_of_options(o);
  d.sampler = search::parse_sampler(o.sampler);
  d.seed = resolve_settings(o.settings).seed;
  d.scheduling = search::parse_scheduling(o.scheduler);
  d.trials = budget.trials;
  d.seconds = budget.seconds;
  d.rungs = sound_rungs(o);
  d.keep = o.keep;
  d.finalists = o.finalists;
  d.final_seeds = o.final_seeds;
  d.prune = !o.no_prune;
  d.objectives = objectives_of(o);
  return d;
}

std::string shorten_lookback(const LoadedData& data, Scheduler& scheduler, search::StudyDefinition& definition) {
  const std::string key = "window.lookback";
  const bool set = std::any_of(definition.set.begin(), definition.set.end(),
                               [&](const auto& setting) { return setting.first == key; });
  const auto& dimensions = definition.space.dimensions;
  const bool searched =
      std::any_of(dimensions.begin(), dimensions.end(), [&](const auto& dimension) { return dimension.key == key; });
  if (set || searched) return "";
  const FitJob job{search::base_settings(definition), definition.preset, parse_split(definition.split), {}};
  const std::size_t before = job.settings.lookback, usual = usual_lookback(data, job, scheduler);
  if (usual == before) return "";
  definition.set.emplace_back(key, std::to_string(usual));
  return shortened_lookback(before, usual);
}

search::Pick pick_of_options(const AutopilotArguments& o, const search::StudyDefinition& definition) {
  if (!o.pick.empty()) return search::parse_pick(o.pick);
  return definition.objectives.empty() ? search::Pick::best : search::Pick::knee;
}

void add_store(CLI::App& app, AutopilotArguments& o) {
  app.add_option("--store", o.store, "file of studies; autopilot.db if not given")->type_name("FILE")->group("Study");
}

void add_pick(CLI::App& app, AutopilotArguments& o) {
  app.add_option("--pick", o.pick,
                 "best, knee, accuracy, calibration, stability or cost; knee with --pareto, else best")
      ->type_name("NAME")
      ->group("Result");
}

void add_model_options(CLI::App& app, AutopilotArguments& o) {
  const char* group = "Model";
  app.add_option("--horizon", o.settings.horizon, "rows to forecast")
      ->check(CLI::Range(1, 1000000).description(""))
      ->type_name("H")
      ->group(group);
  app.add_option("--lookback", o.settings.lookback, "rows seen before a forecast (window.lookback)")
      ->type_name("L")
      ->group(group);
  app.add_option("--preset", o.settings.preset, "default, or reference: the source's network")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--config", o.settings.config, "settings of every trial, from a TOML file")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--set", o.settings.set, "a setting of every trial, e.g. train.epochs=60 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->group(group);
  app.add_option("--seed", o.settings.seed, "of the sampler and of the search's fits; the final stage has others")
      ->type_name("N")
      ->group(group);
  app.add_option("--split", o.split, "auto: 70/10/20% of the rows; ltsf, probts: the benchmarks'")
      ->type_name("NAME")
      ->group("Data");
}

void add_search_options(CLI::App& app, AutopilotArguments& o) {
  const char* group = "Search";
  app.add_option("--budget", o.budget, "\"40 trials\", or training time: 90s, 10m, 1.5h")
      ->type_name("BUDGET")
      ->group(group);
  app.add_option("--space", o.space, "default: what may help a forecast; source: the ranges of the source")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--narrow", o.narrow, "a TOML file that narrows, fixes or adds dimensions")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--sampler", o.sampler, "sobol, random, or tpe, which learns from the trials so far")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--scheduler", o.scheduler, "halving: repeatable; asynchronous: no worker waits")
      ->type_name("NAME")
      ->group(group);
  app.add_option("--rungs", o.rungs, "epochs after which trials are judged; 4,12,36, of the source's space 3,6,10")
      ->delimiter(',')
      ->type_name("E,E...")
      ->group(group);
  app.add_option("--keep", o.keep, "share of a rung that goes on; .35")
      ->check(CLI::Range(0.01, 0.99).description(""))
      ->type_name("X")
      ->group(group);
  app.add_flag("--no-prune", o.no_prune, "do not end trials by what their neurons do")->group(group);
  app.add_option("--pareto", o.pareto, "objectives of the front: accuracy, calibration, stability, cost")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->group(group);
  app.add_option("--finalists", o.finalists, "configurations fitted to their end beside the settings as they are; 3")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--final-seeds", o.final_seeds, "fits of each; 3")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->group(group);
  app.add_option("--threads-per-trial", o.threads_per_trial, "trials run side by side on --threads; 1")
      ->check(CLI::Range(1, 1024).description(""))
      ->type_name("N")
      ->group(group);
}

}  // namespace vdn::cli
