#pragma once
// Everything that decides what a study does: stored with it, and equal for all who work on it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <vdn/data/reading.hpp>
#include <vdn/model/settings.hpp>
#include <vdn/search/objectives.hpp>
#include <vdn/search/sampler.hpp>
#include <vdn/search/space.hpp>

namespace vdn::search {

enum class Scheduling { halving, asynchronous };
const char* scheduling_name(Scheduling scheduling);
/// Throws Error (usage) for another word.
Scheduling parse_scheduling(const std::string& word);

struct StudyDefinition {
  std::string data;             ///< a named set or the path of a table
  ReadingOptions reading = {};  ///< how the table is read
  std::string values_sha256;    ///< of its values
  std::uint64_t horizon = 0;
  std::string preset = "default", split = "auto";
  Configuration set = {};  ///< settings of every trial
  SearchSpace space = {};
  Sampler sampler = Sampler::sobol;
  std::uint64_t seed = 0;
  Scheduling scheduling = Scheduling::halving;
  std::size_t trials = 40;                       ///< configurations; 0: as many brackets as `seconds` allow
  double seconds = 0.0;                          ///< of training, shared by the workers; 0: no limit
  std::size_t bracket = 0;                       ///< configurations that are judged together; 0: all
  std::vector<std::size_t> rungs = {4, 12, 36};  ///< epochs, rising
  double keep = 0.35;                            ///< share of a rung that goes on
  std::size_t finalists = 3;                     ///< beside number 0
  std::size_t final_seeds = 3;
  bool prune = true;                       ///< by regime rules
  std::vector<Objective> objectives = {};  ///< of the Pareto front; empty: lexicographic

  bool operator==(const StudyDefinition&) const = default;
};

/// JSON text, and back. parse_definition throws Error (data).
std::string print_definition(const StudyDefinition& definition);
StudyDefinition parse_definition(const std::string& json);
/// The first thing in which two definitions differ, in words: "horizon is 96, was 24"; "" when they are equal.
std::string difference(const StudyDefinition& now, const StudyDefinition& stored);

/// The settings of all trials before their configuration. Throws what preset and the settings table throw.
Settings base_settings(const StudyDefinition& definition);
/// Seeds of the search and of the final stage, which never meet: seed and 1000 + seed * 100 + k.
std::uint64_t search_seed(const StudyDefinition& definition);
std::uint64_t final_seed(const StudyDefinition& definition, std::size_t k);

}  // namespace vdn::search
