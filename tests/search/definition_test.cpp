#include <vdn/search/definition.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn::search {
namespace {

/// A definition no field of which is at its default.
StudyDefinition full_definition() {
  return {.data = "ett \"h1\".csv",
          .reading = {.missing = {"-9999"},
                      .id_column = "id",
                      .time_column = "when",
                      .value_column = "sold",
                      .time_axis = TimeAxis::rows,
                      .max_gap = 3,
                      .gaps = {"2020-01-01"}},
          .values_sha256 = "0a1b",
          .horizon = 96,
          .preset = "reference",
          .split = "source",
          .set = {{"train.epochs", "9"}, {"head.dropout", "0.1"}},
          .space = preset_space("source"),
          .sampler = Sampler::random,
          .seed = 17,
          .scheduling = Scheduling::asynchronous,
          .trials = 12,
          .seconds = 1.0 / 3,
          .bracket = 6,
          .rungs = {2, 5},
          .keep = 0.1 + 0.2,
          .finalists = 4,
          .final_seeds = 2,
          .prune = false,
          .objectives = {Objective::cost, Objective::accuracy}};
}

TEST(Definition, JsonGoesThereAndBack) {
  for (StudyDefinition d : {StudyDefinition{}, full_definition()}) {
    EXPECT_EQ(parse_definition(print_definition(d)), d);
    d.seed = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(parse_definition(print_definition(d)), d);
  }
  EXPECT_EQ(print_definition(full_definition()),
            print_definition(parse_definition(print_definition(full_definition()))));
}

TEST(Definition, WrongJsonIsRefused) {
  const std::string good = print_definition(full_definition());
  const auto refused = [](const std::string& text) -> std::string {
    try {
      parse_definition(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
      EXPECT_TRUE(error.place().starts_with("study definition"));
      return error.problem();
    }
    return "";
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_TRUE(test::holds(refused(good.substr(0, 40)), "is not JSON"));
  EXPECT_EQ(refused("3"), "is not a JSON object");
  EXPECT_EQ(refused("{}"), "'data' is missing");
  EXPECT_EQ(refused(replaced("\"horizon\":96", "\"horizon\":-96")), "'horizon' is not a whole number");
  EXPECT_EQ(refused(replaced("\"horizon\":96", "\"horizon\":9.6")), "'horizon' is not a whole number");
  EXPECT_EQ(refused(replaced("\"prune\":false", "\"prune\":0")), "'prune' is not true or false");
  EXPECT_EQ(refused(replaced("[2,5]", "[2,\"5\"]")), "'rungs' is not a list of whole numbers");
  EXPECT_EQ(refused(replaced("\"seconds\":", "\"second\":")), "'seconds' is missing");
  EXPECT_EQ(refused(replaced("\"random\"", "\"rand\"")), "there is no sampler 'rand'");
  EXPECT_EQ(refused(replaced("\"asynchronous\"", "\"sync\"")), "there is no scheduler 'sync'");
  EXPECT_EQ(refused(replaced("[\"cost\",", "[\"costs\",")), "there is no objective 'costs'");
  EXPECT_EQ(refused(replaced("\"most\":", "\"mots\":")), "'most' is missing");
}

TEST(Definition, TextThatIsNotUtf8IsRefused) {
  StudyDefinition d;
  d.data = "\xff.csv";
  EXPECT_THROW(print_definition(d), Error);
}

TEST(Definition, DifferencesInWords) {
  const StudyDefinition stored = full_definition();
  EXPECT_EQ(difference(stored, stored), "");
  using Change = std::function<void(StudyDefinition&)>;
  const std::vector<std::pair<Change, std::string>> changes{
      {[](auto& d) { d.data = "x.csv"; }, "data is x.csv, was ett \"h1\".csv"},
      {[](auto& d) { d.values_sha256 = "ff"; }, "SHA-256 of the data's values is ff, was 0a1b"},
      {[](auto& d) { d.horizon = 24; }, "horizon is 24, was 96"},
      {[](auto& d) { d.preset = "default"; }, "preset is default, was reference"},
      {[](auto& d) { d.split = "auto"; }, "split is auto, was source"},
      {[](auto& d) { d.set[1].second = "0.2"; }, "setting head.dropout is 0.2, was 0.1"},
      {[](auto& d) { d.set.pop_back(); }, "setting head.dropout is absent, was 0.1"},
      {[](auto& d) { d.set.emplace_back("train.clip", "2"); }, "setting train.clip is 2, was absent"},
      {[](auto& d) { std::swap(d.set[0], d.set[1]); }, "the settings stand in another order"},
      {[](auto& d) { d.space.dimensions[0].low = 1e-4; },
       "space of train.learning_rate is 0.0001 to 0.002 (log), was 0.0002 to 0.002 (log)"},
      {[](auto& d) { d.space.dimensions[0].scale = Scale::linear; },
       "space of train.learning_rate is 0.0002 to 0.002 (linear), was 0.0002 to 0.002 (log)"},
      {[](auto& d) { d.space.dimensions[4].choices.pop_back(); },
       "space of band.target is one of 0.03, 0.05, was one of 0.03, 0.05, 0.08"},
      {[](auto& d) {
         d.space.dimensions[4].when = {"control.mode", {"none", "budget"}};
       },
       "space of band.target is one of 0.03, 0.05, 0.08 when control.mode is none or budget, was one of 0.03, 0.05, "
       "0.08"},
      {[](auto& d) { d.space.fixed[1].second = "standard"; },
       "space of neuron.prior is fixed at standard, was fixed at ar1"},
      {[](auto& d) { d.space.dependents.clear(); },
       "space of neuron.beta is absent, was 0.35 times thermostat.beta_highest, at most 0.0006"},
      {[](auto& d) { std::swap(d.space.dimensions[0], d.space.dimensions[1]); },
       "the keys of the space stand in another order"},
      {[](auto& d) { d.sampler = Sampler::sobol; }, "sampler is sobol, was random"},
      {[](auto& d) { d.seed = 1; }, "seed is 1, was 17"},
      {[](auto& d) { d.scheduling = Scheduling::halving; }, "scheduling is halving, was asynchronous"},
      {[](auto& d) { d.trials = 13; }, "number of trials is 13, was 12"},
      {[](auto& d) { d.seconds = 2; }, "budget in seconds is 2, was 0.3333333333333333"},
      {[](auto& d) { d.bracket = 0; }, "size of a bracket is 0, was 6"},
      {[](auto& d) {
         d.rungs = {2, 5, 8};
       },
       "list of rungs is 2, 5, 8, was 2, 5"},
      {[](auto& d) { d.keep = .3; }, "share that is kept is 0.3, was 0.30000000000000004"},
      {[](auto& d) { d.finalists = 3; }, "number of finalists is 3, was 4"},
      {[](auto& d) { d.final_seeds = 3; }, "number of final seeds is 3, was 2"},
      {[](auto& d) { d.prune = true; }, "pruning by regime rules is on, was off"},
      {[](auto& d) { d.objectives.clear(); }, "list of objectives is none, was cost, accuracy"}};
  for (const auto& [change, words] : changes) {
    StudyDefinition now = stored;
    change(now);
    EXPECT_EQ(difference(now, stored), words);
  }
  StudyDefinition now = stored;
  now.horizon = 24;
  now.trials = 1;
  EXPECT_EQ(difference(now, stored), "horizon is 24, was 96") << "the first one";
}

TEST(Definition, BaseSettings) {
  StudyDefinition d = full_definition();
  Settings want = preset("reference");
  want.horizon = 96;
  want.epochs = 9;
  want.dropout = 0.1;
  want.seed = 17;
  EXPECT_EQ(base_settings(d), want);
  d.set = {{"train.seed", "5"}};
  EXPECT_EQ(base_settings(d).seed, 17u) << "seeds are the study's own";
  d.set = {{"train.epoch", "5"}};
  EXPECT_THROW(base_settings(d), Error);
  d.preset = "other";
  EXPECT_THROW(base_settings(d), Error);
}

TEST(Definition, SeedsOfTheFinalStageAreFresh) {
  StudyDefinition d;
  for (d.seed = 0; d.seed < 2000; ++d.seed) {
    EXPECT_EQ(search_seed(d), d.seed);
    EXPECT_EQ(final_seed(d, 7), 1007 + 100 * d.seed);
    for (std::size_t k = 0; k < 100; ++k) EXPECT_NE(final_seed(d, k), search_seed(d));
  }
}

}  // namespace
}  // namespace vdn::search
