// vdn bench, end to end.

#include <gtest/gtest.h>

#include <filesystem>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

/// A bench of a small network.
std::vector<std::string> small(const std::string& what, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"bench", what, "--runs", "3"};
  for (const char* setting :
       {"window.lookback=48", "encoder.width=16", "neuron.count=8", "head.width=8", "train.batch=16"}) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// ./peer, a shell script of one line.
void write_program(const Workplace& place, const std::string& line) {
  const std::filesystem::path path = place.write("peer", "#!/bin/sh\n" + line + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

TEST(Bench, TimesAStepBesideItsProducts) {
  const Workplace place;
  const Outcome o = place.run(small("step", {"--json", "--threads", "2"}));
  ASSERT_EQ(o.code, 0) << o.err;
  const auto json = o.json();
  EXPECT_EQ(json["threads"], 2);
  EXPECT_EQ(json["step"]["runs"], 3);
  EXPECT_GT(json["median_ms"], json["gather"]["median_ms"]);
  EXPECT_GT(json["products_ms"], 0.0);
  EXPECT_FALSE(json.contains("peer"));
  const Outcome table = place.run(small("step", {}));
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_NE(table.out.find("its products alone"), std::string::npos) << table.out;
  EXPECT_TRUE(place.listing().empty());
}

TEST(Bench, RunsThePeerWithTheSameSizes) {
  const Workplace place;
  write_program(place, "echo \"{\\\"peer\\\": \\\"$*\\\", \\\"median_ms\\\": 1e6}\"");
  const Outcome o = place.run(small("step", {"--peer", "./peer", "--json"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.json()["peer"]["peer"],
            "--lookback 48 --horizon 96 --width 16 --neurons 8 --draws 4 --batch 16 --runs 3");
  EXPECT_NEAR(o.json()["times_faster"].get<double>(), 1e6 / o.json()["median_ms"].get<double>(), 1e-6);
}

TEST(Bench, APeerIsTheReferenceNetwork) {
  const Workplace place;
  const Outcome o = place.run(small("step", {"--peer", "./peer", "--preset", "default"}));
  EXPECT_EQ(o.code, 64) << o.err;
  EXPECT_NE(o.err.find("a peer is the reference network"), std::string::npos) << o.err;
}

TEST(Bench, SaysWhatAPeerDidNotPrint) {
  const Workplace place;
  write_program(place, "echo no");
  const Outcome o = place.run(small("step", {"--peer", "./peer"}));
  EXPECT_EQ(o.code, 65) << o.err;
  EXPECT_NE(o.err.find("./peer: the peer printed no JSON object with median_ms"), std::string::npos) << o.err;
}

TEST(Bench, TimesAnEpochAndItsParts) {
  const Workplace place;
  const std::vector<std::string> short_epochs{"--set", "train.windows_per_epoch=160", "--set",
                                              "train.validation_windows=80"};
  std::vector<std::string> json = short_epochs;
  json.push_back("--json");
  const Outcome o = place.run(small("epoch", json));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.json()["step_count"], 10);
  EXPECT_EQ(o.json()["epoch"]["runs"], 3);
  EXPECT_GT(o.json()["steps"]["median_ms"], 0.0);
  const Outcome table = place.run(small("epoch", short_epochs));
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_NE(table.out.find("10 steps"), std::string::npos) << table.out;
}

TEST(Bench, TimesForecastsBesideTheWeights) {
  const Workplace place;
  const Outcome o = place.run(small("predict", {"--json"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_GT(o.json()["plug_in"]["median_ms"], 0.0);
  EXPECT_GT(o.json()["paths_100"]["median_ms"], o.json()["plug_in"]["median_ms"]);
}

TEST(Bench, TimesReadingATableAndRemovesIt) {
  const Workplace place;
  const Outcome o = place.run({"bench", "csv", "--series", "3", "--rows", "1000", "--runs", "2", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_GT(o.json()["bytes"], 3 * 1000 * 4);
  EXPECT_GT(o.json()["megabytes_per_second"], 0.0);
  EXPECT_TRUE(place.listing().empty());
  const Outcome missing = place.run({"bench", "csv", "--folder", "nowhere"});
  EXPECT_EQ(missing.code, 73) << missing.err;
  EXPECT_NE(missing.err.find("nowhere"), std::string::npos) << missing.err;
}

TEST(Bench, FitsHowCostsGrow) {
  const Workplace place;
  const Outcome o = place.run(small("scale", {"--json"}));
  ASSERT_EQ(o.code, 0) << o.err;
  ASSERT_EQ(o.json()["scale"].size(), 4u);
  for (const auto& row : o.json()["scale"]) EXPECT_GT(row["exponent"], 0.0) << row;
}

}  // namespace
}  // namespace vdn::test
