#include <vdn/search/definition.hpp>

#include <algorithm>
#include <array>

#include <vdn/core/error.hpp>
#include <vdn/io/reading_json.hpp>

#include "search/space_json.hpp"

#include "search/words.hpp"

namespace vdn::search {
namespace {

constexpr const char* place = "study definition";
constexpr std::array<const char*, 2> scheduling_names{"halving", "asynchronous"};

/// Runs a reader of words; what it does not know is wrong in the document, not on a command line.
template <class Read>
auto as_data(Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(ErrorKind::data, place, error.problem());
  }
}

}  // namespace

const char* scheduling_name(Scheduling scheduling) {
  return scheduling_names.at(static_cast<std::size_t>(scheduling));
}

Scheduling parse_scheduling(const std::string& word) {
  return static_cast<Scheduling>(index_of_word(word, scheduling_names, "--scheduler", "scheduler"));
}

std::string print_definition(const StudyDefinition& d) {
  Json json{{"data", d.data},
            {"reading", Json::parse(print_reading(d.reading))},
            {"values_sha256", d.values_sha256},
            {"horizon", d.horizon},
            {"preset", d.preset},
            {"split", d.split},
            {"set", json_of(d.set)},
            {"space", json_of(d.space)},
            {"sampler", sampler_name(d.sampler)},
            {"seed", d.seed},
            {"scheduling", scheduling_name(d.scheduling)},
            {"trials", d.trials},
            {"seconds", d.seconds},
            {"bracket", d.bracket},
            {"rungs", d.rungs},
            {"keep", d.keep},
            {"finalists", d.finalists},
            {"final_seeds", d.final_seeds},
            {"prune", d.prune},
            {"objectives", Json::array()}};
  for (const Objective objective : d.objectives) json["objectives"].push_back(objective_name(objective));
  return dump_json(json, place);
}

StudyDefinition parse_definition(const std::string& text) {
  const Json json = parse_json(text, place);
  const Fields fields(json, place);
  StudyDefinition d;
  d.data = fields.text("data");
  d.reading = parse_reading(fields.member("reading").dump());
  d.values_sha256 = fields.text("values_sha256");
  d.horizon = fields.whole("horizon");
  d.preset = fields.text("preset");
  d.split = fields.text("split");
  d.set = fields.configuration("set");
  d.space = space_of(fields.member("space"), std::string(place) + ", space");
  d.sampler = as_data([&] { return parse_sampler(fields.text("sampler")); });
  d.seed = fields.whole("seed");
  d.scheduling = as_data([&] { return parse_scheduling(fields.text("scheduling")); });
  d.trials = fields.whole("trials");
  d.seconds = fields.number("seconds");
  d.bracket = fields.whole("bracket");
  const auto rungs = fields.wholes("rungs");
  d.rungs.assign(rungs.begin(), rungs.end());
  d.keep = fields.number("keep");
  d.finalists = fields.whole("finalists");
  d.final_seeds = fields.whole("final_seeds");
  d.prune = fields.flag("prune");
  for (const std::string& word : fields.texts("objectives")) {
    d.objectives.push_back(as_data([&] { return parse_objective(word); }));
  }
  return d;
}

Settings base_settings(const StudyDefinition& definition) {
  Settings settings = preset(definition.preset);
  settings.horizon = definition.horizon;
  for (const auto& [key, value] : definition.set) settings_table().set(settings, key, value, "--set");
  settings.seed = search_seed(definition);
  return settings;
}

std::uint64_t search_seed(const StudyDefinition& definition) {
  return definition.seed;
}

std::uint64_t final_seed(const StudyDefinition& definition, std::size_t k) {
  return 1000 + definition.seed * 100 + k;
}

}  // namespace vdn::search
