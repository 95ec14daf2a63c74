// vdn inspect MODEL --neurons, and what fit leaves for it.

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

class InspectNeurons : public testing::Test {
 protected:
  void SetUp() override {
    place.write("data.csv", tiny_table());
    const Outcome fit = place.run(tiny_fit({"--no-test"}));
    ASSERT_EQ(fit.code, 0) << fit.err;
  }
  Outcome inspect(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"inspect", "run/model.vdn"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place.run(arguments);
  }
  Workplace place;
};

TEST_F(InspectNeurons, ShowsTheLayerAndItsTraining) {
  EXPECT_TRUE(place.has("run/neurons.bin"));
  EXPECT_FALSE(holds(place.read("run/events.jsonl"), "\"neurons\""));
  EXPECT_TRUE(holds(place.read("run/report.html"), "Activity against the band"));
  const Outcome run = inspect({"--neurons"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  for (const char* part : {"Neurons of run/model.vdn: 8", "  persistence", "  collapse    none", "Information by epoch",
                           "Most and least information"}) {
    EXPECT_TRUE(holds(run.out, part)) << part << "\n" << run.out;
  }
  EXPECT_FALSE(holds(run.out, "Only the best epoch"));
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(InspectNeurons, RanksByContributionAndWritesAPage) {
  const Outcome run = inspect({"--neurons", "--data", "data.csv", "--html", "neurons.html", "--json"});
  EXPECT_EQ(run.code, 0) << run.err;
  const auto json = run.json();
  EXPECT_EQ(json["command"], "inspect");
  EXPECT_EQ(json["ranked_by"], "contribution");
  EXPECT_EQ(json["contribution"].size(), 8u);
  EXPECT_EQ(json["neurons"]["autocorrelation"].size(), 8u);
  EXPECT_TRUE(holds(place.read("neurons.html"), "Who contributes"));
}

TEST_F(InspectNeurons, AModelAloneHasItsBestEpoch) {
  std::filesystem::remove(place.path() / "run/neurons.bin");
  const Outcome run = inspect({"--neurons"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out, "Only the best epoch is shown")) << run.out;
}

TEST_F(InspectNeurons, RefusesWhatDoesNotFit) {
  const auto refused = [&](const Outcome& run, int code, const char* part) {
    EXPECT_EQ(run.code, code) << run.err;
    EXPECT_TRUE(holds(run.err, part)) << run.err;
  };
  refused(inspect({"--html", "x.html"}), 64, "--neurons");
  refused(inspect({"--data", "data.csv"}), 64, "--neurons");
  refused(place.run({"inspect", "data.csv", "--neurons"}), 64, "is for models");
  place.write("short.csv", tiny_table(100));
  refused(inspect({"--neurons", "--data", "short.csv"}), 65, "ends before the rows");
  place.write("other.csv", "ds,x\n1,2\n2,3\n3,4\n4,5\n");
  refused(inspect({"--neurons", "--data", "other.csv"}), 65, "other.csv");
}

TEST_F(InspectNeurons, AProvokedCollapseIsNamedEverywhere) {
  const Outcome fit = place.run(tiny_fit({"--no-test", "--out", "dead", "--set", "neuron.sigma_start=1e-4", "--set",
                                          "neuron.sigma=per_unit", "--set", "neuron.beta=0"}));
  EXPECT_EQ(fit.code, 0) << fit.err;
  EXPECT_TRUE(holds(fit.err, "collapse, deterministic: 100% of the neurons have no noise left")) << fit.err;
  EXPECT_TRUE(holds(place.read("dead/events.jsonl"),
                    "{\"event\":\"collapse\",\"epoch\":1,\"mode\":\"deterministic\",\"share\":1.0,\"begins\":true}"));
  EXPECT_TRUE(holds(place.read("dead/report.html"), "Collapse: deterministic from epoch 1 on"));
  EXPECT_TRUE(holds(place.run({"inspect", "dead/model.vdn", "--neurons"}).out, "collapse    deterministic: 100%"));
  EXPECT_TRUE(holds(place.run({"inspect", "dead/model.vdn"}).out, "collapse: deterministic"));
}

}  // namespace
}  // namespace vdn::test
