#include <gtest/gtest.h>

#include <algorithm>

#include <vdn/search/space.hpp>

#include "support/support.hpp"

namespace vdn::search {
namespace {

SearchSpace narrowed(const std::string& text, SearchSpace space = preset_space("default")) {
  const test::TemporaryDirectory folder;
  return read_space(folder.write("s.toml", text), std::move(space));
}

/// What reading a file throws, from the file's name on.
std::string file_refusal(const std::string& text, const SearchSpace& space = preset_space("default")) {
  try {
    narrowed(text, space);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config) << text;
    const std::string message = error.what();
    return message.substr(message.find("s.toml"));
  }
  return "";
}

const Dimension* dimension_of_key(const SearchSpace& space, const std::string& key) {
  const auto found =
      std::find_if(space.dimensions.begin(), space.dimensions.end(), [&](const Dimension& d) { return d.key == key; });
  return found == space.dimensions.end() ? nullptr : &*found;
}

TEST(SpaceFile, AnEmptyFileChangesNothing) {
  EXPECT_EQ(narrowed(""), preset_space("default"));
  EXPECT_EQ(narrowed("# nothing\n[train]\n", preset_space("source")), preset_space("source"));
}

TEST(SpaceFile, RangesListsAndValuesInAllSpellings) {
  SearchSpace want = preset_space("default");
  want.dimensions[0] = {.key = "train.learning_rate", .scale = Scale::log, .low = 5e-4, .high = 1e-3};
  want.dimensions[3].choices = {"16", "32"};
  std::erase_if(want.dimensions, [](const Dimension& d) { return d.key == "head.width"; });
  want.fixed = {{"head.width", "96"}};
  for (const char* text :
       {"train.learning_rate = { low = 5e-4, high = 1e-3 }\ntrain.batch = [16, 32]\nhead.width = 96\n",
        "[train]\nlearning_rate = { low = 5e-4, high = 1e-3, scale = \"log\" }\nbatch = [16, 32]\n"
        "[head]\nwidth = 96\n",
        "[train.learning_rate]\nlow = 5e-4\nhigh = 1e-3\n[train]\nbatch = [\n  16,\n  32\n]\n"
        "[head]\nwidth = 96\n",
        "\"train.learning_rate\" = { low = 0.0005, high = 0.001 }\n\"train.batch\" = [16, \"32\"]\n"
        "head = { width = 96 }\n",
        "train.learning_rate.low = 5e-4\ntrain.learning_rate.high = 1e-3\n"
        "train.batch = [16, 32]\nhead.width = 96.0\n"}) {
    EXPECT_EQ(narrowed(text), want) << text;
  }
}

TEST(SpaceFile, GroupsWithSettingsNamedLowAndHighAreGroups) {
  const SearchSpace space = narrowed("[thermostat]\nlow = { low = 0.01, high = 0.1, scale = \"log\" }\nhigh = 0.4\n");
  EXPECT_EQ(space.dimensions.back(),
            (Dimension{.key = "thermostat.low", .scale = Scale::log, .low = 0.01, .high = 0.1}));
  EXPECT_EQ(space.fixed, (Configuration{{"thermostat.high", "0.4"}}));
}

TEST(SpaceFile, NewKeysComeLastInTheOrderOfTheFile) {
  const SearchSpace space = narrowed(
      "train.clip = { low = 0.5, high = 5.0 }\nneuron.dims = { low = 1, high = 8 }\n"
      "encoder.pair = [true, false]\nline.rank = [\"auto\", 0, 8]\nencoder.stride = {low = 1, high = 9, scale = "
      "\"log\"}");
  const std::size_t n = preset_space("default").dimensions.size();
  ASSERT_EQ(space.dimensions.size(), n + 5);
  EXPECT_EQ(space.dimensions[n], (Dimension{.key = "train.clip", .scale = Scale::linear, .low = 0.5, .high = 5}));
  EXPECT_EQ(space.dimensions[n + 1], (Dimension{.key = "neuron.dims", .scale = Scale::integer, .low = 1, .high = 8}));
  EXPECT_EQ(space.dimensions[n + 2].choices, (std::vector<std::string>{"true", "false"}));
  EXPECT_EQ(space.dimensions[n + 3].choices, (std::vector<std::string>{"auto", "0", "8"}));
  EXPECT_EQ(space.dimensions[n + 4].scale, Scale::log_integer);
}

TEST(SpaceFile, ARangeKeepsWhatItDoesNotName) {
  const SearchSpace space = narrowed("neuron.count.high = 128\n[train]\nlearning_rate = { scale = \"linear\" }\n");
  EXPECT_EQ(*dimension_of_key(space, "neuron.count"),
            (Dimension{.key = "neuron.count", .scale = Scale::log_integer, .low = 32, .high = 128}));
  EXPECT_EQ(dimension_of_key(space, "train.learning_rate")->scale, Scale::linear);
  EXPECT_EQ(dimension_of_key(space, "train.learning_rate")->low, 3e-4);
}

TEST(SpaceFile, FixingSettlesConditions) {
  EXPECT_TRUE(dimension_of_key(preset_space("default"), "band.target")->when.has_value());
  const SearchSpace always = narrowed("control.mode = \"penalty+homeostat+thermostat+guard+share+calibration\"\n");
  EXPECT_EQ(always.fixed, (Configuration{{"control.mode", "homeostasis"}})) << "as the settings table prints it";
  ASSERT_NE(dimension_of_key(always, "band.target"), nullptr);
  EXPECT_FALSE(dimension_of_key(always, "band.target")->when.has_value());
  for (const char* text : {"control.mode = \"none\"", "control.mode = [\"none\", \"penalty\"]"}) {
    const SearchSpace never = narrowed(text);
    EXPECT_EQ(dimension_of_key(never, "band.target"), nullptr) << text;
    EXPECT_EQ(dimension_of_key(never, "control.warmup"), nullptr) << text;
  }
  const SearchSpace narrow = narrowed("band.target = { low = 0.1, high = 0.2 }");
  EXPECT_EQ(dimension_of_key(narrow, "band.target")->when, (Dimension::Condition{"control.mode", {"homeostasis"}}));
}

TEST(SpaceFile, DependentsFollowWhatIsFixedAndGoWithTheirOwnKey) {
  SearchSpace space = narrowed("thermostat.beta_highest = 0.001", preset_space("source"));
  EXPECT_EQ(space.dependents.size(), 1u);
  const Configuration c = configuration_at(space, std::vector<double>(space.dimensions.size(), 0.5));
  EXPECT_EQ(c.back(), (std::pair<std::string, std::string>{"neuron.beta", "0.00035"}));
  for (const char* text : {"neuron.beta = 0.001", "neuron.beta = [0.001, 0.002]"}) {
    EXPECT_TRUE(narrowed(text, preset_space("source")).dependents.empty()) << text;
  }
}

TEST(SpaceFile, AFixedKeyMayVaryAgain) {
  const SearchSpace space = narrowed("control.mode = [\"penalty\", \"homeostasis\"]", preset_space("source"));
  EXPECT_EQ(space.dimensions.front().key, "control.mode");
  EXPECT_EQ(
      space.fixed,
      (Configuration{{"neuron.prior", "ar1"}, {"band.spread", "shuffled"}, {"train.windows_per_epoch", "16384"}}));
  EXPECT_EQ(narrowed("neuron.prior = \"standard\"", preset_space("source")).fixed[1].second, "standard");
}

TEST(SpaceFile, WrongFilesNameLineAndKey) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"\n[train]\nlearning_rat = 1",
       "s.toml:3: unknown parameter 'train.learning_rat'; did you mean 'train.learning_rate'?"},
      {"[trian]\nclip = 1", "s.toml:2: unknown parameter 'trian.clip'; did you mean 'train.clip'?"},
      {"\ntrain.clp = { low = 1, high = 2 }", "s.toml:2: unknown parameter 'train.clp'; did you mean 'train.clip'?"},
      {"train = 3", "s.toml:1: unknown parameter 'train'"},
      {"[trian]", "s.toml:1: unknown parameter 'trian'"},
      {"[[train]]\nclip = 1", "s.toml:1: unknown parameter 'train'"},
      {"\n\ntrain.epochs = 0", "s.toml:3: train.epochs: 0 is out of range; allowed: 1 to 100000"},
      {"train.batch = [32,\n 64,\n \"many\"]", "s.toml:3: train.batch: 'many' is not a whole number"},
      {"train.batch = [32, 32]", "s.toml:1: train.batch: '32' stands twice in its list of values; leave one out"},
      {"train.batch = []", "s.toml:1: train.batch: the list of values is empty; give one value at least"},
      {"train.batch = [[32]]", "s.toml:1: train.batch: has a value that is neither word, number nor true or false"},
      {"train.clip = 2020-01-01", "s.toml:1: train.clip: has a value that is neither word, number nor true or false"},
      {"\ntrain.clip = {}", "s.toml:2: train.clip: its range has no low; give { low = .., high = .. }"},
      {"train.clip = { low = 1 }", "s.toml:1: train.clip: its range has no high"},
      {"train.clip = { low = 2, high = 2 }", "s.toml:1: train.clip: low 2 is not below high 2"},
      {"train.clip = { low = \"1\", high = 2 }", "s.toml:1: train.clip: low is not a number"},
      {"[train.clip]\nlow = 1\nhihg = 2", "s.toml:3: train.clip: a range has no 'hihg'; did you mean 'high'?"},
      {"[train.clip]\nlow = 1\nstep = 2", "s.toml:3: train.clip: a range has no 'step'; it has low, high and scale"},
      {"[train.clip]\nlow = 0\nhigh = 1\nscale = \"lgo\"",
       "s.toml:4: train.clip: there is no scale 'lgo'; did you mean 'log'?"},
      {"train.clip = { low = 0, high = 1, scale = \"log\" }", "s.toml:1: train.clip: a log scale cannot begin at 0"},
      {"train.clip = { low = 1, high = 1e7 }", "s.toml:1: train.clip: 10000000 is out of range"},
      {"train.draws = { low = 1.5, high = 4 }", "s.toml:1: train.draws: 1.5 is not a whole number"},
      {"train.draws = { low = -1, high = 4 }", "s.toml:1: train.draws: '-1' is not a whole number"},
      {"control.mode = { low = 1, high = 4 }", "s.toml:1: control.mode: has no range of numbers"},
      {"control.mode = \"homeostatis\"", "s.toml:1: control.mode: 'homeostatis' is neither"},
      {"\ntrain.seed = 3", "s.toml:2: train.seed: is the same for all trials of a study"},
      {"select.low = 0.3", "s.toml:1: select.low: is the same for all trials of a study"},
      {"train.clip = 1\n\"train.clip\" = 2", "s.toml:2: train.clip: stands twice in the file; leave one out"},
      {"train.clip = 1\ntrain.clip = 2", "s.toml:2: "},
      {"a = 1\nb = ", "s.toml:2: "}};
  for (const auto& [text, message] : wrong) {
    EXPECT_EQ(file_refusal(text).substr(0, message.size()), message) << text << "\n" << file_refusal(text);
  }
  SearchSpace small;
  small.dimensions = {{.key = "train.clip", .scale = Scale::linear, .low = 1, .high = 2}};
  EXPECT_EQ(file_refusal("train.clip = 1", small).substr(0, 33), "s.toml: there is nothing to vary;");
}

TEST(SpaceFile, AMissingFile) {
  for (const char* path : {"/nowhere/s.toml", "/"}) {
    try {
      read_space(path, preset_space("default"));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::no_input);
      EXPECT_EQ(error.place(), path);
    }
  }
}

}  // namespace
}  // namespace vdn::search
