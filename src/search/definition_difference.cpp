// In what two studies differ, for people.

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <vdn/search/definition.hpp>

#include "search/space_json.hpp"

namespace vdn::search {
namespace {

/// Names with texts that are equal exactly when what they stand for is.
using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr const char* absent = "absent";

std::string range_words(const Dimension& d) {
  if (d.scale == Scale::choice) return fmt::format("one of {}", fmt::join(d.choices, ", "));
  return fmt::format("{} to {} ({})", d.low, d.high, scale_name(d.scale));
}

std::string words_of(const Dimension& d) {
  if (!d.when) return range_words(d);
  return fmt::format("{} when {} is {}", range_words(d), d.when->key, fmt::join(d.when->values, " or "));
}

Texts texts_of(const SearchSpace& space) {
  Texts texts;
  for (const auto& [key, value] : space.fixed) texts.emplace_back(key, "fixed at " + value);
  for (const Dimension& d : space.dimensions) texts.emplace_back(d.key, words_of(d));
  for (const Dependent& d : space.dependents) {
    texts.emplace_back(d.key, fmt::format("{} times {}, at most {}", d.share, d.of, d.most));
  }
  return texts;
}

std::string objective_words(const std::vector<Objective>& objectives) {
  std::string words;
  for (const Objective objective : objectives)
    words += (words.empty() ? "" : ", ") + std::string(objective_name(objective));
  return words.empty() ? "none" : words;
}

std::string reading_words(const ReadingOptions& reading) {
  std::string words;
  for (const auto& [name, value] : unusual_options(reading)) words += fmt::format("--{} {} ", name, value);
  return words.empty() ? "as usual" : words.substr(0, words.size() - 1);
}

/// What comes before the settings of trials, and what comes after.
Texts texts_of_task(const StudyDefinition& d) {
  return {{"data", d.data},
          {"reading of the data", reading_words(d.reading)},
          {"SHA-256 of the data's values", d.values_sha256},
          {"horizon", std::to_string(d.horizon)},
          {"preset", d.preset},
          {"split", d.split}};
}

Texts texts_of_plan(const StudyDefinition& d) {
  return {{"sampler", sampler_name(d.sampler)},
          {"seed", std::to_string(d.seed)},
          {"scheduling", scheduling_name(d.scheduling)},
          {"number of trials", std::to_string(d.trials)},
          {"budget in seconds", fmt::format("{}", d.seconds)},
          {"size of a bracket", std::to_string(d.bracket)},
          {"list of rungs", fmt::format("{}", fmt::join(d.rungs, ", "))},
          {"share that is kept", fmt::format("{}", d.keep)},
          {"number of finalists", std::to_string(d.finalists)},
          {"number of final seeds", std::to_string(d.final_seeds)},
          {"pruning by regime rules", d.prune ? "on" : "off"},
          {"list of objectives", objective_words(d.objectives)}};
}

std::string text_of(const Texts& texts, const std::string& name) {
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const auto& text) { return text.first == name; });
  return found == texts.end() ? absent : found->second;
}

/// "<before><name> is .., was .." of the first name with different texts; "" when only their order differs, or nothing.
std::string first_difference(const std::string& before, const Texts& now, const Texts& stored) {
  for (const auto* texts : {&now, &stored}) {
    for (const auto& [name, unused] : *texts) {
      const std::string a = text_of(now, name), b = text_of(stored, name);
      if (a != b) return fmt::format("{}{} is {}, was {}", before, name, a, b);
    }
  }
  return "";
}

}  // namespace

std::string difference(const StudyDefinition& now, const StudyDefinition& stored) {
  if (now == stored) return "";
  std::string words = first_difference("", texts_of_task(now), texts_of_task(stored));
  if (words.empty()) words = first_difference("setting ", now.set, stored.set);
  if (words.empty()) words = first_difference("space of ", texts_of(now.space), texts_of(stored.space));
  if (words.empty()) words = first_difference("", texts_of_plan(now), texts_of_plan(stored));
  if (words.empty() && now.set != stored.set) words = "the settings stand in another order";
  return words.empty() ? "the keys of the space stand in another order" : words;
}

}  // namespace vdn::search
