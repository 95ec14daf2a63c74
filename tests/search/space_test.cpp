#include <vdn/search/space.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <vdn/search/sampler.hpp>

#include "support/support.hpp"

namespace vdn::search {
namespace {

/// A space of one dimension.
SearchSpace only(Dimension dimension) {
  SearchSpace space;
  space.dimensions.push_back(std::move(dimension));
  return space;
}

Dimension a_range(std::string key, Scale scale, double low, double high) {
  return {.key = std::move(key), .scale = scale, .low = low, .high = high};
}

Dimension a_choice(std::string key, std::vector<std::string> choices) {
  return {.key = std::move(key), .scale = Scale::choice, .choices = std::move(choices)};
}

std::string text_at(const Dimension& dimension, double u) {
  return configuration_at(only(dimension), {u}).at(0).second;
}

const std::string* find_in(const Configuration& configuration, const std::string& key) {
  for (const auto& [name, value] : configuration) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string space_problem(const SearchSpace& space) {
  try {
    check_space(space);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    return error.what();
  }
  return "";
}

TEST(SpacePresets, EverySampledConfigurationPassesTheChecks) {
  Settings base = preset("default");
  base.horizon = 96;
  for (const char* name : {"default", "source"}) {
    const SearchSpace space = preset_space(name);
    EXPECT_EQ(space_problem(space), "");
    for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
      for (std::uint64_t number = 0; number <= 200; ++number) {
        const Configuration configuration = sample_configuration(space, sampler, 7, number);
        const Settings settings = configure(base, configuration);
        EXPECT_NO_THROW(check_settings(settings)) << name << " " << number;
        for (const auto& parameter : settings_table().parameters()) {
          const std::string* value = find_in(configuration, parameter.name);
          if (value == nullptr) continue;
          if (parameter.type == "number" || parameter.type == "integer") {
            EXPECT_EQ(std::stod(parameter.print(settings)), std::stod(*value)) << parameter.name;
          } else {
            EXPECT_EQ(parameter.print(settings), *value) << parameter.name;
          }
        }
      }
    }
  }
}

TEST(SpacePresets, ValuesStayInsideTheirRangesAndTakeAllChoices) {
  for (const char* name : {"default", "source"}) {
    const SearchSpace space = preset_space(name);
    std::map<std::string, std::set<std::string>> seen;
    for (std::uint64_t number = 1; number <= 300; ++number) {
      for (const auto& [key, value] : sample_configuration(space, Sampler::sobol, 3, number)) seen[key].insert(value);
    }
    for (const Dimension& d : space.dimensions) {
      if (d.scale == Scale::choice) {
        EXPECT_EQ(seen[d.key], std::set<std::string>(d.choices.begin(), d.choices.end())) << d.key;
        continue;
      }
      EXPECT_GT(seen[d.key].size(), 40u) << d.key;
      for (const std::string& value : seen[d.key]) {
        EXPECT_GE(std::stod(value), d.low) << d.key;
        EXPECT_LE(std::stod(value), d.high) << d.key;
      }
    }
  }
}

TEST(SpacePresets, SourceHasTheRangesAndTheFixedModeOfTheSource) {
  const SearchSpace space = preset_space("source");
  EXPECT_EQ(space.dimensions.size(), 14u);
  const Configuration c = configuration_at(space, std::vector<double>(14, 0.0));
  EXPECT_EQ(c, (Configuration{{"control.mode", "penalty+homeostat+thermostat+guard+share"},
                              {"neuron.prior", "ar1"},
                              {"band.spread", "shuffled"},
                              {"train.windows_per_epoch", "16384"},
                              {"train.learning_rate", "0.0002"},
                              {"neuron.sigma_start", "0.25"},
                              {"penalty.weight", "0.6"},
                              {"thermostat.beta_highest", "0.0015"},
                              {"band.target", "0.03"},
                              {"homeostat.rate", "0.08"},
                              {"homeostat.cap", "1.1"},
                              {"neuron.phi", "0.85"},
                              {"neuron.tau_factor", "0.5"},
                              {"band.ratio", "2"},
                              {"neuron.dims", "1"},
                              {"control.warmup", "64"},
                              {"control.ramp", "64"},
                              {"control.every", "1"},
                              {"neuron.beta", "0.000525"}}));  // .35 * 1.5e-3
  const Configuration last = configuration_at(space, std::vector<double>(14, 1.0));
  EXPECT_EQ(*find_in(last, "train.learning_rate"), "0.002");
  EXPECT_EQ(*find_in(last, "neuron.dims"), "16");
  EXPECT_EQ(*find_in(last, "neuron.beta"), "0.0006");  // .35 * 6e-3 is more than the most
}

TEST(SpacePresets, AnotherWordNamesBoth) {
  try {
    preset_space("sourc");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_TRUE(test::holds(error.what(), "did you mean 'source'?")) << error.what();
    EXPECT_TRUE(test::holds(error.what(), "default and source")) << error.what();
  }
}

TEST(Space, LinearAndLogScales) {
  const Dimension linear = a_range("head.dropout", Scale::linear, 0.1, 0.5);
  EXPECT_EQ(text_at(linear, 0.0), "0.1");
  EXPECT_EQ(text_at(linear, 0.25), "0.2");
  EXPECT_EQ(text_at(linear, 1.0 / 3), "0.2333");
  EXPECT_EQ(text_at(linear, 1.0), "0.5");
  const Dimension log = a_range("train.learning_rate", Scale::log, 1e-6, 1e-2);
  EXPECT_EQ(std::stod(text_at(log, 0.0)), 1e-6);
  EXPECT_EQ(std::stod(text_at(log, 0.5)), 1e-4);
  EXPECT_EQ(text_at(log, 0.75), "0.001");
  EXPECT_EQ(std::stod(text_at(log, 0.125)), 3.162e-6);  // 10^-5.5
  EXPECT_EQ(std::stod(text_at(log, 1.0)), 1e-2);
}

TEST(Space, RoundingNeverPassesAnEnd) {
  const Dimension narrow = a_range("neuron.beta", Scale::linear, 0.0123456, 0.0123474);
  for (int i = 0; i <= 100; ++i) {
    const double value = std::stod(text_at(narrow, i / 100.0));
    EXPECT_GE(value, narrow.low);
    EXPECT_LE(value, narrow.high);
  }
  EXPECT_EQ(text_at(narrow, 0.0), "0.012346") << "0.01235 lies above the range, this one does not";
  EXPECT_EQ(text_at(narrow, 1.0), "0.012347");
  EXPECT_EQ(text_at(a_range("neuron.beta", Scale::log, 0.00123451, 0.1), 0.0), "0.001235");
  EXPECT_EQ(text_at(a_range("neuron.beta", Scale::log, 0.0123449, 0.1), 0.0), "0.012345");
}

TEST(Space, WholeNumbersHaveEqualCells) {
  const Dimension d = a_range("train.draws", Scale::integer, 3, 7);
  std::map<std::string, int> counts;
  for (int i = 0; i < 1000; ++i) ++counts[text_at(d, (i + 0.5) / 1000)];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"3", 200}, {"4", 200}, {"5", 200}, {"6", 200}, {"7", 200}}));
  EXPECT_EQ(text_at(d, 0.0), "3");
  EXPECT_EQ(text_at(d, 1.0), "7");
}

TEST(Space, WholeNumbersOnALogScale) {
  const Dimension d = a_range("train.windows_per_epoch", Scale::log_integer, 1, 10000000);
  EXPECT_EQ(text_at(d, 0.0), "1");
  EXPECT_EQ(text_at(d, 1.0), "10000000") << "no exponent";
  // The cell of n reaches from n - .5 to n + .5: of 1 it has ln 3 of ln(10000000.5/.5).
  const double end = std::log(3.0) / std::log(20000001.0);
  EXPECT_EQ(text_at(d, end - 1e-9), "1");
  EXPECT_EQ(text_at(d, end + 1e-9), "2");
}

TEST(Space, ChoicesHaveEqualCells) {
  const Dimension d = a_choice("train.batch", {"32", "64", "128"});
  EXPECT_EQ(text_at(d, 0.0), "32");
  EXPECT_EQ(text_at(d, 0.33), "32");
  EXPECT_EQ(text_at(d, 0.34), "64");
  EXPECT_EQ(text_at(d, 0.67), "128");
  EXPECT_EQ(text_at(d, 1.0), "128");
}

TEST(Space, ConditionsLookAtWhatIsThere) {
  SearchSpace space;
  space.dimensions = {a_choice("control.mode", {"none", "penalty", "homeostasis"}),
                      a_range("band.target", Scale::log, 0.03, 0.3), a_range("penalty.weight", Scale::linear, 1, 2)};
  space.dimensions[1].when = {"control.mode", {"penalty", "homeostasis"}};
  space.dimensions[2].when = {"band.target", {"0.3"}};
  space.dependents = {{"neuron.beta", "penalty.weight", 0.001, 1.0}};
  EXPECT_EQ(space_problem(space), "");
  EXPECT_EQ(configuration_at(space, {0, 1, 0}), (Configuration{{"control.mode", "none"}}));
  EXPECT_EQ(configuration_at(space, {.5, 0, 0}), (Configuration{{"control.mode", "penalty"}, {"band.target", "0.03"}}));
  EXPECT_EQ(
      configuration_at(space, {.9, 1, 0}),
      (Configuration{
          {"control.mode", "homeostasis"}, {"band.target", "0.3"}, {"penalty.weight", "1"}, {"neuron.beta", "0.001"}}));
  space.fixed = {{"control.mode", "penalty"}};
  space.dimensions.erase(space.dimensions.begin());
  EXPECT_EQ(configuration_at(space, {0, 0}), (Configuration{{"control.mode", "penalty"}, {"band.target", "0.03"}}))
      << "a fixed key fulfils a condition too";
  EXPECT_THROW(configuration_at(space, {0, 0, 0}), Error);
}

TEST(Space, CoordinatesGoBackToTheirValues) {
  for (const char* name : {"default", "source"}) {
    for (const Dimension& d : preset_space(name).dimensions) {
      for (int i = 0; i <= 40; ++i) {
        Dimension free = d;
        free.when.reset();
        const std::string value = text_at(free, i / 40.0);
        const double u = coordinate_of(d, value);
        EXPECT_GE(u, 0.0);
        EXPECT_LE(u, 1.0);
        EXPECT_EQ(text_at(free, u), value) << d.key;
        if (d.scale == Scale::linear || d.scale == Scale::log) {
          EXPECT_NEAR(u, i / 40.0, 2e-3);
        }
      }
    }
  }
}

TEST(Space, CoordinatesOfOtherValues) {
  const Dimension d = a_range("head.dropout", Scale::linear, 0.1, 0.5);
  EXPECT_EQ(coordinate_of(d, "0.05"), 0.0);
  EXPECT_EQ(coordinate_of(d, "0.95"), 1.0);
  EXPECT_DOUBLE_EQ(coordinate_of(d, "0.2"), 0.25);
  EXPECT_DOUBLE_EQ(coordinate_of(a_range("train.draws", Scale::integer, 3, 7), "4"), 0.3) << "the middle of its cell";
  EXPECT_DOUBLE_EQ(coordinate_of(a_choice("train.batch", {"32", "64"}), "64"), 0.75);
  EXPECT_THROW(coordinate_of(d, "some"), Error);
  EXPECT_THROW(coordinate_of(a_choice("train.batch", {"32", "64"}), "16"), Error);
}

TEST(Space, ConfiguringSetsEverything) {
  const Settings s = configure(preset("default"), {{"train.learning_rate", "5e-04"}, {"control.mode", "budget"}});
  EXPECT_EQ(s.learning_rate, 5e-4);
  EXPECT_EQ(control::print_mode(s.mode), "budget");
  EXPECT_EQ(configure(preset("default"), {}), preset("default"));
  EXPECT_THROW(configure(preset("default"), {{"train.epochs", "0"}}), Error);
}

TEST(Space, JsonGoesThereAndBack) {
  for (const char* name : {"default", "source"}) {
    const SearchSpace space = preset_space(name);
    EXPECT_EQ(parse_space(print_space(space)), space);
  }
  EXPECT_EQ(parse_space(print_space({})), SearchSpace{});
  SearchSpace odd = only(a_range("neuron.beta", Scale::log, 0.1 + 0.2, 1.0 / 3));
  odd.fixed = {{"control.mode", "\"quoted\"\n"}, {"a", ""}};
  EXPECT_EQ(parse_space(print_space(odd)), odd);
}

TEST(Space, WrongJsonIsRefused) {
  for (const char* text : {"", "[]", "{}", "{\"dimensions\": 3}", "{\"dimensions\":[],\"dependents\":[]}",
                           "{\"dimensions\":[],\"dependents\":[],\"fixed\":[[\"a\"]]}",
                           "{\"dimensions\":[{\"key\":\"a\",\"scale\":\"cubic\"}],\"dependents\":[],\"fixed\":[]}",
                           "{\"dimensions\":[{\"key\":\"a\",\"scale\":\"log\",\"low\":\"1\",\"high\":2}],"
                           "\"dependents\":[],\"fixed\":[]}",
                           "{\"dimensions\":[{\"key\":\"a\",\"scale\":\"choice\",\"choices\":[1]}],"
                           "\"dependents\":[],\"fixed\":[]}"}) {
    try {
      parse_space(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data) << text;
      EXPECT_EQ(error.place(), "search space");
    }
  }
}

TEST(Space, ChecksOfDimensions) {
  using std::pair;
  const std::vector<pair<Dimension, std::string>> wrong{
      {a_range("train.learning_rat", Scale::log, 1, 2), "did you mean 'train.learning_rate'?"},
      {a_range("train.learning_rate", Scale::log, 2, 1), "low 2 is not below high 1"},
      {a_range("train.learning_rate", Scale::log, 1, 1), "low 1 is not below high 1"},
      {a_range("train.learning_rate", Scale::log, NAN, 1), "is not below"},
      {a_range("train.learning_rate", Scale::log, 0, 1), "a log scale cannot begin at 0"},
      {a_range("train.learning_rate", Scale::linear, 0, 1), "0 is out of range; allowed: 1e-08 to 10"},
      {a_range("train.learning_rate", Scale::linear, 1, 20), "20 is out of range"},
      {a_range("train.learning_rate", Scale::linear, 1, INFINITY), "inf is out of range"},
      {a_range("train.draws", Scale::linear, 1, 8), "takes whole numbers"},
      {a_range("train.draws", Scale::integer, 1.5, 8), "1.5 is not a whole number"},
      {a_range("train.windows_per_epoch", Scale::integer, 1, 1e17), "is too large for an end of a range"},
      {a_range("control.mode", Scale::linear, 0, 1), "has no range of numbers"},
      {a_range("encoder.pair", Scale::integer, 0, 1), "has no range of numbers"},
      {a_choice("train.batch", {}), "the list of values is empty"},
      {a_choice("train.batch", {"32", "0"}), "0 is out of range"},
      {a_choice("train.average", {"0.1", "0.10"}), "'0.1' stands twice"},
      {a_choice("train.seed", {"1", "2"}), "is the same for all trials of a study"},
      {a_choice("train.selection", {"mse", "nll"}), "is the same for all trials of a study"},
      {a_range("select.low", Scale::linear, 0, 1), "is the same for all trials of a study"}};
  for (const auto& [dimension, problem] : wrong) {
    EXPECT_TRUE(test::holds(space_problem(only(dimension)), problem)) << space_problem(only(dimension));
  }
  EXPECT_TRUE(test::holds(space_problem({}), "there is nothing to vary"));
}

TEST(Space, ChecksOfConditionsAndFixedKeys) {
  SearchSpace space = only(a_range("band.target", Scale::log, 0.03, 0.3));
  space.dimensions[0].when = {"control.mode", {"homeostasis"}};
  EXPECT_TRUE(test::holds(space_problem(space), "control.mode, which does not stand before it"));
  space.dimensions.push_back(a_choice("control.mode", {"none", "homeostasis"}));
  EXPECT_TRUE(test::holds(space_problem(space), "control.mode, which does not stand before it"));
  std::swap(space.dimensions[0], space.dimensions[1]);
  EXPECT_EQ(space_problem(space), "");
  space.dimensions[1].when->values = {"homeostatis"};
  EXPECT_TRUE(test::holds(space_problem(space), "did you mean 'homeostasis'?")) << space_problem(space);
  space.dimensions[1].when->values.clear();
  EXPECT_TRUE(test::holds(space_problem(space), "names no value"));
  space.dimensions[1].when.reset();
  space.fixed = {{"band.target", "0.1"}};
  EXPECT_TRUE(test::holds(space_problem(space), "band.target: stands twice in the space"));
  space.fixed = {{"head.dropout", "1"}};
  EXPECT_TRUE(test::holds(space_problem(space), "head.dropout: 1 is out of range"));
}

TEST(Space, ChecksOfDependents) {
  SearchSpace space = only(a_range("thermostat.beta_highest", Scale::log, 0.001, 0.01));
  space.dependents = {{"neuron.beta", "thermostat.beta_highest", 0.35, 6e-4}};
  EXPECT_EQ(space_problem(space), "");
  space.dependents[0].share = 1e5;
  space.dependents[0].most = 10;
  EXPECT_TRUE(test::holds(space_problem(space), "neuron.beta: 10 is out of range"));
  space.dependents[0] = {"neuron.beta", "head.dropout", 1, 1};
  EXPECT_TRUE(test::holds(space_problem(space), "follows head.dropout, which is not in the space"));
  space.fixed = {{"head.dropout", "0.5"}};
  EXPECT_EQ(space_problem(space), "");
  space.fixed = {{"control.mode", "none"}};
  space.dependents[0].of = "control.mode";
  EXPECT_TRUE(test::holds(space_problem(space), "follows control.mode, which is not a number"));
}

}  // namespace
}  // namespace vdn::search
