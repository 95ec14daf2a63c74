// Commands that only tell: help, version, data, doctor, parameters.

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using testing::Test;

TEST(Help, OfTheProgramNamesEveryCommand) {
  const Workplace place;
  for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"--help"}}) {
    const Outcome run = place.run(words);
    EXPECT_EQ(run.code, 0);
    for (const char* name : {"inspect", "init", "fit", "backtest", "predict", "data", "doctor", "parameters"}) {
      EXPECT_TRUE(holds(run.out, name)) << name;
    }
    EXPECT_EQ(run.err, "");
  }
}

TEST(Help, OfEveryCommandHasAnExample) {
  const Workplace place;
  for (const char* name : {"inspect", "init", "fit", "backtest", "predict", "data", "doctor", "parameters"}) {
    const Outcome run = place.run({name, "--help"});
    EXPECT_EQ(run.code, 0) << name;
    EXPECT_TRUE(holds(run.out, "Example")) << name;
    EXPECT_TRUE(holds(run.out, std::string("vdn ") + name)) << name;
  }
}

TEST(Version, IsOneLine) {
  const Outcome run = Workplace().run({"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out.rfind("vdn ", 0), 0u);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1);
}

TEST(Data, ListNamesTheBundledSet) {
  const Workplace place;
  const Outcome text = place.run({"data", "list"});
  EXPECT_EQ(text.code, 0);
  EXPECT_TRUE(holds(text.out, "flights"));
  EXPECT_TRUE(holds(text.out, "CC BY-ND 4.0"));
  const auto sets = place.run({"data", "list", "--json"}).json().at("sets");
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets[0].at("name"), "flights");
  EXPECT_TRUE(sets[0].at("path").is_string());
}

TEST(Data, PathAndCheckOfTheBundledSet) {
  const Workplace place;
  const Outcome path = place.run({"data", "path", "flights"});
  EXPECT_EQ(path.code, 0);
  EXPECT_TRUE(holds(path.out, "flights.csv\n"));
  const auto check = place.run({"data", "check", "flights", "--json"});
  EXPECT_EQ(check.code, 0);
  EXPECT_EQ(check.json().at("checksum"), "ok");
}

TEST(Data, ChecksumOfAnotherFileDiffers) {
  Workplace place;
  place.write("ETTh1.csv", tiny_table(50));
  place.environment["VDN_DATA"] = place.path().string();
  const Outcome run = place.run({"data", "check", "etth1"});
  EXPECT_EQ(run.code, 65);
  EXPECT_TRUE(holds(run.err, "checksum differs")) << run.err;
}

TEST(Doctor, FindsThisMachineWell) {
  const Workplace place;
  const Outcome text = place.run({"doctor"});
  EXPECT_EQ(text.code, 0) << text.out;
  EXPECT_FALSE(holds(text.out, "FAILED"));
  const auto found = place.run({"doctor", "--json"}).json();
  EXPECT_EQ(found.at("healthy"), true);
  EXPECT_EQ(found.at("same_bits_on_two_threads"), true);
  EXPECT_LT(found.at("error_against_double").get<double>(), 1e-4);
  EXPECT_TRUE(found.at("data_sets").contains("flights"));
}

TEST(Parameters, AreListedInThreeForms) {
  const Workplace place;
  const Outcome text = place.run({"parameters"});
  EXPECT_TRUE(holds(text.out, "train.epochs"));
  EXPECT_EQ(place.run({"fit", "--help-parameters"}).out, text.out);
  EXPECT_TRUE(holds(place.run({"parameters", "--markdown"}).out, "| `train.epochs` | 150 |"));
  const auto list = place.run({"parameters", "--json"}).json().at("parameters");
  EXPECT_TRUE(std::any_of(list.begin(), list.end(), [](const auto& p) {
    return p.at("name") == "neuron.count" && p.at("default") == "64" && p.at("reference") == "1024";
  }));
}

}  // namespace
}  // namespace vdn::test
