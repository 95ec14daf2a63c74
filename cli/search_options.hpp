#pragma once
// What the command line says of a search.

#include <string>
#include <vector>

#include <vdn/search/definition.hpp>

#include "common.hpp"
#include "settings_options.hpp"

namespace vdn::cli {

struct AutopilotArguments {
  Shared shared;
  SettingsOptions settings;
  ReadingArguments reading;
  std::string data, split, budget = "40 trials", store = "autopilot.db", study, join, out;
  std::string space = "default", narrow, sampler = "sobol", scheduler = "halving", pick, html, csv;
  std::vector<std::size_t> rungs;
  std::vector<std::string> pareto;
  double keep = 0.35;
  std::size_t finalists = 3, final_seeds = 3, threads_per_trial = 1, seeds = 3;
  bool no_prune = false;
};

/// Groups of options of `vdn autopilot`.
void add_model_options(CLI::App& app, AutopilotArguments& arguments);
void add_search_options(CLI::App& app, AutopilotArguments& arguments);
void add_store(CLI::App& app, AutopilotArguments& arguments);
void add_pick(CLI::App& app, AutopilotArguments& arguments);

/// The study that is asked for, of a table that was read. Throws Error (usage, config, no_input) as its parts do.
search::StudyDefinition definition_of(const AutopilotArguments& arguments, const LoadedData& data);
/// Where neither the user nor the space names a look-back, a short table takes a shorter one than the preset's, as it
/// does in `vdn fit`. Says so, or "".
std::string shorten_lookback(const LoadedData& data, Scheduler& scheduler, search::StudyDefinition& definition);

/// --pick; else the knee where there are objectives, the best where there are none.
search::Pick pick_of_options(const AutopilotArguments& arguments, const search::StudyDefinition& definition);

}  // namespace vdn::cli
