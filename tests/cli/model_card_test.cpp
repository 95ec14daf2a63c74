// The model card that vdn fit leaves beside the model.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

class ModelCard : public testing::Test {
 protected:
  ModelCard() { place.write("data.csv", tiny_table()); }
  std::string card(const std::vector<std::string>& more) const {
    const Outcome run = place.run(tiny_fit(more));
    EXPECT_EQ(run.code, 0) << run.err;
    return place.read("run/model-card.md");
  }
  void expect_parts(const std::string& text, const std::vector<std::string>& parts) const {
    for (const auto& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  Workplace place;
};

TEST_F(ModelCard, TellsFiguresOriginsAndCommand) {
  place.write("my settings.toml", "[train]\nseed = 5\nbatch = 48\n[window]\nlookback = 30\n");
  const std::string text = card({"--config", "my settings.toml", "--seed", "9", "--missing", "x y"});
  expect_parts(
      text, {"# Model card: data.csv", "next 4 rows (step 1 hour)", "the 24 rows before",
             "Test, 231 windows, each once", "Read with missing = x y", "| test | 80 |",
             "Of what the network adds to the mean of the line, forecasts keep ", "| `neuron.count` | 8 | 64 | --set |",
             "| `window.lookback` | 24 | 336 | --lookback |", "| `train.batch` | 48 | 64 | my settings.toml:3 |",
             "| `train.seed` | 9 | 0 | --seed |", "vdn fit data.csv --horizon 4 --lookback 24 --set neuron.count=8",
             "--config 'my settings.toml' --seed 9 --missing 'x y'"});
  const auto metrics = nlohmann::json::parse(place.read("run/metrics.json"));
  char row[64];
  std::snprintf(row, sizeof row, "| CRPS | %.4g | %.4g |", metrics["test"]["crps"].get<double>(),
                metrics["test"]["original"]["crps"].get<double>());
  expect_parts(text, {row});
}

TEST_F(ModelCard, SaysWhyTheTestIsNotScored) {
  expect_parts(card({"--no-test"}), {"not scored: --no-test was given"});
  expect_parts(card({"--split", "all"}), {"not scored: there is no test part", "| test | none |"});
}

TEST_F(ModelCard, NamesWhatATwinChanged) {
  expect_parts(card({"--twin", "noise"}), {"It is the noise twin", "| `neuron.beta` | 0 | 0.0006 | twin noise |"});
}

TEST_F(ModelCard, StandsWhenScoringIsCut) {
  const pid_t process = place.start(tiny_fit(
      {"--set", "score.draws=1024", "--set", "train.validation_windows=1", "--set", "train.windows_per_epoch=32"}));
  for (int i = 0; i < 12000 && !place.has("run/model-card.md"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  kill(process, SIGKILL);
  ASSERT_EQ(place.finish(process).code, -SIGKILL);
  EXPECT_TRUE(place.has("run/model.vdn"));
  expect_parts(place.read("run/model-card.md"), {"not scored: scoring did not end"});
}

}  // namespace
}  // namespace vdn::test
