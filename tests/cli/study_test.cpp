// vdn study, end to end.

#include <gtest/gtest.h>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

/// A study of the tiny table with the smallest useful network.
std::vector<std::string> tiny_study(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"study", "twin", "--data", "data.csv", "--horizon", "4", "--seeds", "1"};
  for (const char* setting : {"window.lookback=24", "encoder.width=8", "neuron.count=4", "head.width=8",
                              "train.epochs=1", "train.windows_per_epoch=64", "train.batch=32", "score.draws=2"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Study, WritesItsTableAndGoesOnFromItsTrials) {
  Workplace place;
  place.write("data.csv", tiny_table());
  const Outcome first = place.run(tiny_study({"--out", "s"}));
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("# Study: twin"), std::string::npos);
  EXPECT_NE(first.out.find("4 of 4 trials"), std::string::npos) << first.out;
  EXPECT_NE(first.err.find("[4/4] data.csv, noise, seed 0"), std::string::npos) << first.err;
  EXPECT_EQ(place.read("s/twin.md"), first.out);
  EXPECT_TRUE(place.read("s/twin.csv").starts_with("data,arm,seed,seconds,threads,"));
  const Outcome again = place.run(tiny_study({"--out", "s", "--json"}));
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.err.find("[1/4]"), std::string::npos) << "nothing runs twice: " << again.err;
  EXPECT_EQ(again.json()["trials"], 4);
  EXPECT_EQ(again.json()["complete"], true);
}

TEST(Study, ListsClaims) {
  const Workplace place;
  const Outcome list = place.run({"study", "list"});
  ASSERT_EQ(list.code, 0);
  for (const char* name : {"control", "composition", "pruning", "dimensions", "granularity", "twin"}) {
    EXPECT_NE(list.out.find(std::string(name) + "\n    "), std::string::npos) << name;
  }
  EXPECT_GE(place.run({"study", "list", "--json"}).json().size(), 6u);
}

TEST(Study, Refusals) {
  Workplace place;
  place.write("data.csv", tiny_table());
  const Outcome unknown = place.run({"study", "twins"});
  EXPECT_EQ(unknown.code, 64);
  EXPECT_NE(unknown.err.find("did you mean 'twin'"), std::string::npos) << unknown.err;
  const Outcome horizon = place.run({"study", "twin", "--data", "data.csv"});
  EXPECT_EQ(horizon.code, 64);
  EXPECT_NE(horizon.err.find("--horizon"), std::string::npos) << horizon.err;
  EXPECT_EQ(place.run({"study", "twin", "--set", "nothing"}).code, 78);
  EXPECT_EQ(place.run({"study", "twin", "--set", "neuron.beat=1"}).code, 78);
  EXPECT_EQ(place.listing(), std::vector<std::string>{"data.csv"}) << "nothing is left behind";
}

}  // namespace
}  // namespace vdn::test
