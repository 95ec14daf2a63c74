#include <vdn/model/settings.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "support/small_data.hpp"
#include "support/support.hpp"

namespace vdn {
namespace {

using Texts = std::vector<std::string>;

/// What every parameter prints, in order.
Texts printed(const Settings& s) {
  Texts list;
  for (const auto& p : settings_table().parameters()) list.push_back(p.print(s));
  return list;
}

/// "a | b" or "1 to 10" cut at the word between; "3 or more" gives {"3"}.
Texts cut(std::string range, const std::string& between) {
  Texts parts;
  for (std::size_t at; (at = range.find(between)) != std::string::npos; range.erase(0, at + between.size())) {
    parts.push_back(range.substr(0, at));
  }
  if (range.ends_with(" or more")) range.resize(range.size() - 8);
  parts.push_back(range);
  return parts;
}

/// Values a parameter must take, as it must print them.
Texts allowed(const Parameter<Settings>& p) {
  if (p.type == "choice" || p.type == "switch") return cut(p.range, " | ");
  if (p.type == "text") return {"none", "projection", "homeostasis", "penalty+homeostat", "penalty+"};  // control.mode
  const bool automatic = p.range.starts_with("auto or ");
  Texts values = cut(automatic ? p.range.substr(8) : p.range, " to ");
  if (p.type == "integer") values.push_back(std::to_string(std::stoull(values[0]) + 1));
  if (p.type == "number") values.push_back(parameter_text::print_number(std::stod(values[0]) + 1.0 / 3.0));
  if (automatic) values.push_back("auto");
  return values;
}

std::string refusal(const std::string& key, const std::string& text) {
  Settings s;
  try {
    settings_table().set(s, key, text, "--set");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_EQ(s, Settings{}) << "a refused value must change nothing";
    return error.what();
  }
  return "";
}

TEST(Settings, EveryParameterTakesItsValuesAndChangesNothingElse) {
  const auto& parameters = settings_table().parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (const std::string& text : allowed(parameters[i])) {
      SCOPED_TRACE(parameters[i].name + " = " + text);
      Settings s;
      settings_table().set(s, parameters[i].name, text, "test");
      Texts want = printed(Settings{});
      want[i] = text;
      EXPECT_EQ(printed(s), want);
    }
  }
}

TEST(Settings, WhatIsPrintedReadsBackTheSame) {
  for (const char* name : {"default", "reference"}) {
    Settings odd = preset(name), copy;
    odd.beta = 1.0 / 3.0;
    odd.scale_cap = 1e300;
    odd.learning_rate = 1.234567890123456e-7;
    odd.seed = ~std::uint64_t{0};
    for (const auto& p : settings_table().parameters()) p.parse(copy, p.print(odd));
    EXPECT_EQ(copy, odd);
  }
}

TEST(Settings, NamesAreUniqueAndEveryOneIsExplained) {
  std::set<std::string> names;
  for (const auto& p : settings_table().parameters()) {
    EXPECT_TRUE(names.insert(p.name).second) << p.name;
    EXPECT_GT(p.help.size(), 5u) << p.name;
    EXPECT_NE(p.name.find('.'), std::string::npos) << p.name;
  }
}

TEST(Settings, AnUnknownKeySuggestsTheNearest) {
  const auto holds = [](const std::string& key, const std::string& words) {
    return refusal(key, "1").find(words) != std::string::npos;
  };
  EXPECT_TRUE(holds("neuron.cuont", "did you mean 'neuron.count'?")) << refusal("neuron.cuont", "1");
  EXPECT_TRUE(holds("learning_rate", "did you mean 'train.learning_rate'?")) << refusal("learning_rate", "1");
  EXPECT_TRUE(holds("layer.width", "did you mean 'encoder.width' or 'head.width'?")) << refusal("layer.width", "1");
  EXPECT_TRUE(holds("temperature", "--help-parameters")) << refusal("temperature", "1");
}

TEST(Settings, OutOfRangeIsRefusedWithTheRange) {
  for (const auto& p : settings_table().parameters()) {
    SCOPED_TRACE(p.name);
    Texts refused{"", "nonsense", "-1"};
    if (p.type == "integer" || p.type == "number") {
      const Texts bounds = cut(p.range.starts_with("auto or ") ? p.range.substr(8) : p.range, " to ");
      if (const double low = std::stod(bounds[0]); low > 0) refused.push_back("0");
      if (bounds.size() == 2) {
        refused.push_back(p.type == "integer" ? bounds[1] + "0"
                                              : parameter_text::print_number(2 * std::stod(bounds[1])));
      }
      refused.insert(refused.end(), {"nan", "inf", "1,5", "1 "});
    }
    if (p.type == "integer") refused.insert(refused.end(), {"1.5", "99999999999999999999"});
    for (const std::string& text : refused) {
      const std::string message = refusal(p.name, text);
      EXPECT_NE(message.find("--set: " + p.name + ": "), std::string::npos) << text << ": " << message;
      EXPECT_NE(message.find("allowed: " + p.range), std::string::npos) << text << ": " << message;
    }
  }
}

TEST(Settings, AnUnknownKeyNamesTheNearest) {
  EXPECT_NE(refusal("train.epoch", "1").find("did you mean 'train.epochs'?"), std::string::npos);
  EXPECT_NE(refusal("neuron.conut", "1").find("did you mean 'neuron.count'?"), std::string::npos);
  EXPECT_NE(refusal("zzzzzzzz", "1").find("see 'vdn fit --help-parameters'"), std::string::npos);
}

/// Reads a settings file; "" and the settings, or the message without the folder.
std::string read(const std::string& content, Settings& s) {
  const test::TemporaryDirectory folder;
  try {
    settings_table().read(s, folder.write("s.toml", content));
  } catch (const Error& error) {
    const std::string message = error.what();
    return message.substr(message.find("s.toml"));
  }
  return "";
}

TEST(SettingsFile, TablesAndDottedKeysAreTheSame) {
  Settings tables, dotted;
  EXPECT_EQ(read("[train]\nepochs = 3\nlearning_rate = 2e-3\nobjective = \"joint\"\n[encoder]\npair = true\n", tables),
            "");
  EXPECT_EQ(read("train.epochs = 3\ntrain.learning_rate = .002\n", dotted).substr(0, 9), "s.toml:2:");  // not TOML
  EXPECT_EQ(read("# all\ntrain.epochs = 3\ntrain.learning_rate = 0.002\ntrain.objective = 'joint'\nencoder.pair = true",
                 dotted),
            "");
  EXPECT_EQ(tables, dotted);
  Settings want;
  want.epochs = 3;
  want.learning_rate = 2e-3;
  want.objective = kernels::Objective::joint;
  want.pair = true;
  EXPECT_EQ(tables, want);
}

TEST(SettingsFile, ANumberMayBeWrittenWithoutPoint) {
  Settings s;
  EXPECT_EQ(read("neuron.beta = 1\ntrain.clip = 0\n", s), "");
  EXPECT_EQ(s.beta, 1.0);
  EXPECT_EQ(s.clip, 0.0);
}

TEST(SettingsFile, MessagesNameTheLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"\n\n[train]\nepochs = 0\n", "s.toml:4: train.epochs: 0 is out of range; allowed: 1 to 100000"},
      {"[train]\n\nepochs = \"many\"\n", "s.toml:3: train.epochs: 'many' is not a whole number; allowed: 1 to 100000"},
      {"train.epochs = 2.5", "s.toml:1: train.epochs: '2.5' is not a whole number; allowed: 1 to 100000"},
      {"neuron.beta = true", "s.toml:1: neuron.beta: 'true' is not a number; allowed: 0 to 1"},
      {"\nencoder.pair = 3", "s.toml:2: encoder.pair: '3' is not true or false; allowed: true | false"},
      {"\nline.mode = \"warm\"", "s.toml:2: line.mode: 'warm' is not a choice; allowed: none | frozen | tuned"},
      {"[train]\nepoch = 1", "s.toml:2: unknown parameter 'train.epoch'; did you mean 'train.epochs'?"},
      {"\ntrain.epochs = [1]", "s.toml:2: 'train.epochs' holds an array or a date; give one value"},
  };
  for (const auto& [content, want] : cases) {
    Settings s;
    EXPECT_EQ(read(content, s), want);
  }
  Settings s;
  EXPECT_EQ(read("train.epochs = 1\ntrain.epochs = 2\n", s).substr(0, 9), "s.toml:2:");
  EXPECT_EQ(read("a = 1\nb = ", s).substr(0, 9), "s.toml:2:");
}

TEST(SettingsFile, AMissingFileIsNoInput) {
  Settings s;
  try {
    settings_table().read(s, "/nowhere/s.toml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::no_input);
  }
}

TEST(Preset, AnUnknownOneNamesTheNearest) {
  EXPECT_EQ(preset("default"), Settings{});
  EXPECT_NE(preset("reference"), Settings{});
  try {
    preset("refrence");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_EQ(error.hint(), "did you mean 'reference'?");
  }
}

TEST(Twins, ChangeWhatTheyStandForAndNothingElse) {
  const Settings base = test::small_settings();  // S = 3, M = 2
  Settings deterministic = base, mixture = base, noise = base;
  deterministic.twin = Twin::deterministic;
  mixture.twin = Twin::mixture;
  noise.twin = Twin::noise;
  for (Settings* s : {&deterministic, &mixture, &noise}) s->beta = 0.0;
  for (Settings* s : {&deterministic, &mixture}) s->draws = s->score_draws = 1;
  mixture.components = 6;
  EXPECT_EQ(with_twin(base, Twin::none), base);
  EXPECT_EQ(with_twin(base, Twin::deterministic), deterministic);
  EXPECT_EQ(with_twin(base, Twin::mixture), mixture);
  EXPECT_EQ(with_twin(base, Twin::noise), noise);
}

TEST(Twins, HaveNoPriorOfTheirOwnButTheSameEncoder) {
  Settings s = test::small_settings();
  s.prior = Prior::ar1;
  EXPECT_TRUE(sees_pair(s));
  for (const Twin twin : {Twin::deterministic, Twin::mixture, Twin::noise}) {
    EXPECT_EQ(with_twin(s, twin).prior, Prior::standard);
    EXPECT_TRUE(sees_pair(with_twin(s, twin)));
  }
  EXPECT_EQ(with_twin(s, Twin::none).prior, Prior::ar1);
  s.prior = Prior::hierarchical;
  EXPECT_FALSE(sees_pair(with_twin(s, Twin::noise)));
}

TEST(Twins, HaveNames) {
  for (const Twin twin : {Twin::none, Twin::deterministic, Twin::mixture, Twin::noise}) {
    EXPECT_EQ(parse_twin(twin_name(twin)), twin);
  }
  EXPECT_THROW(parse_twin("twin"), Error);
}

std::string contradiction(void (*change)(Settings&)) {
  Settings s = test::small_settings();
  change(s);
  try {
    check_settings(s);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    return error.place();
  }
  return "";
}

TEST(CheckSettings, RefusesWhatLiesOutsideItsRange) {
  EXPECT_EQ(contradiction([](Settings& s) { s.neurons = 0; }), "settings: neuron.count");
  EXPECT_EQ(contradiction([](Settings& s) { s.lookback = std::uint64_t{1} << 62; }), "settings: window.lookback");
  EXPECT_EQ(contradiction([](Settings& s) { s.line_penalty = -5.0; }), "settings: line.penalty");
  EXPECT_EQ(contradiction([](Settings& s) { s.line_cycle = std::uint64_t{1} << 40; }), "settings: line.cycle");
  EXPECT_EQ(contradiction([](Settings& s) { s.horizon = std::uint64_t{1} << 62; }), "--horizon");
}

TEST(CheckSettings, RefusesContradictions) {
  EXPECT_EQ(contradiction([](Settings&) {}), "");
  EXPECT_EQ(contradiction([](Settings& s) { s.horizon = 0; }), "--horizon");
  EXPECT_EQ(contradiction([](Settings& s) { s.moving_average = s.lookback; }), "");
  EXPECT_EQ(contradiction([](Settings& s) { s.moving_average = s.lookback + 1; }), "");  // narrowed to the look-back
  EXPECT_EQ(contradiction([](Settings& s) { s.scale_floor = s.scale_cap = 1.0; }), "head.scale_floor");
  EXPECT_EQ(contradiction([](Settings& s) { s.tail = 1.5; }), "head.tail");
  EXPECT_EQ(contradiction([](Settings& s) { s.scale_cap = .02; }), "");
  EXPECT_EQ(contradiction([](Settings& s) {  // the narrowest normal of t_4 is .57 as wide
              s.scale_cap = .017;
              s.tail = 4;
            }),
            "head.scale_floor");
}

TEST(SettingsMarkdown, HasARowPerParameterOfFiveCells) {
  const std::string text = settings_markdown();
  std::size_t rows = 0;
  for (const auto& p : settings_table().parameters()) {
    const std::size_t at = text.find("| `" + p.name + "` | ");
    ASSERT_NE(at, std::string::npos) << p.name;
    const std::string row = text.substr(at, text.find('\n', at) - at);
    std::size_t bars = 0;
    for (std::size_t i = 0; i < row.size(); ++i) bars += row[i] == '|' && (i == 0 || row[i - 1] != '\\');
    EXPECT_EQ(bars, 6u) << row;
    ++rows;
  }
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '`')) / 2, rows + 4);  // and 4 code words before
}

TEST(SettingsMarkdown, IsWhatDocsHold) {
  std::ifstream file(test::source_folder() / "docs/parameters.md");
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(content == settings_markdown()) << "run: vdn parameters --markdown > docs/parameters.md";
}

}  // namespace
}  // namespace vdn
