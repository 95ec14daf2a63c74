#include <vdn/train/events.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

using nlohmann::json;

std::vector<json> lines_of(const std::string& path) {
  std::vector<json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST(EventLog, WritesOneObjectALine) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "run" / "events.jsonl").string();
  EventLog log(path);
  Settings settings = preset("default");
  settings.horizon = 24;
  settings.neurons = 77;
  log.start(settings, "default", "flights\n\"x\"");
  ASSERT_EQ(lines_of(path).size(), 1u) << "a line is there as soon as it is written";
  const json start = lines_of(path)[0];
  EXPECT_EQ(start["event"], "start");
  EXPECT_EQ(start["source"], "flights\n\"x\"");
  EXPECT_EQ(start["horizon"], 24);
  EXPECT_EQ(start["settings"]["neuron.count"], "77");
  EXPECT_EQ(start["settings"].size(), settings_table().parameters().size());
  log.end(5, 3, 1.5, true);
  ASSERT_EQ(lines_of(path).size(), 2u);
  EXPECT_EQ(lines_of(path)[1],
            json({{"event", "end"}, {"epochs", 5}, {"best_epoch", 3}, {"seconds", 1.5}, {"interrupted", true}}));
}

TEST(EventLog, AnEpochHoldsEveryFigure) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "events.jsonl").string();
  EpochReport report;
  report.epoch = 2;
  report.train_loss = 0.1;
  report.validation_nll = std::numeric_limits<double>::quiet_NaN();
  report.best = true;
  EventLog(path).epoch(report);  // a run of its own, replaced by the next
  EventLog log(path);
  log.epoch(report);
  log.epoch(report);
  ASSERT_EQ(lines_of(path).size(), 2u);
  const json epoch = lines_of(path)[1];
  for (const char* key : {"epoch",          "epochs",        "steps",        "train_loss",         "train_nll",
                          "train_kl",       "gradient_norm", "step_seconds", "validation_seconds", "validation_nll",
                          "validation_mse", "best",          "mu2_mean",     "sigma_mean",         "kl_mean",
                          "info_sum",       "alive",         "seconds",      "macro_kl",           "train_macro_kl",
                          "train_ar"}) {
    EXPECT_TRUE(epoch.contains(key)) << key;
  }
  EXPECT_EQ(epoch["event"], "epoch");
  EXPECT_EQ(epoch["epoch"], 2);
  EXPECT_EQ(epoch["train_loss"], 0.1);
  EXPECT_TRUE(epoch["validation_nll"].is_null());
  EXPECT_EQ(epoch["best"], true);
}

TEST(EventLog, NamesACollapse) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "events.jsonl").string();
  const diagnostics::CollapseChange begins{3, {diagnostics::CollapseMode::temporal_lock, 0.75}, true};
  const diagnostics::CollapseChange ends{5, {diagnostics::CollapseMode::posterior, 0.25}, false};
  EventLog log(path);
  log.collapse(begins);
  log.collapse(ends);
  EXPECT_EQ(lines_of(path)[0],
            json({{"event", "collapse"}, {"epoch", 3}, {"mode", "temporal lock"}, {"share", 0.75}, {"begins", true}}));
  EXPECT_EQ(read_events(path).collapses, (std::vector{begins, ends}));
}

EpochReport some_epoch(std::size_t epoch, bool best) {
  EpochReport report{.epoch = epoch, .epochs = 9, .steps = 10 * epoch};
  report.train_loss = 0.1 * static_cast<double>(epoch);
  report.validation_nll = std::numeric_limits<double>::quiet_NaN();
  report.best = best;
  report.valid = best;
  report.info_sum = 7;
  report.seconds = 2.5;
  report.neurons = {.mu2 = {1, 2}, .sigma = {7, 8}, .kl = {5, 6}, .info = {3, 4}};
  return report;
}

TEST(ReadEvents, GivesBackWhatWasWritten) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "events.jsonl").string();
  Settings settings = preset("default");
  settings.horizon = 24;
  EventLog log(path);
  log.start(settings, "default", "flights");
  log.epoch(some_epoch(1, false));
  log.epoch(some_epoch(2, true));
  log.end(2, 2, 4.5, true);
  const RunRecord run = read_events(path);
  EXPECT_EQ(run.source, "flights");
  EXPECT_EQ(run.preset, "default");
  EXPECT_EQ(run.twin, "none");
  EXPECT_EQ(run.horizon, 24u);
  EXPECT_EQ(run.settings.size(), settings_table().parameters().size());
  ASSERT_EQ(run.epochs.size(), 2u);
  EXPECT_EQ(run.epochs[1].epoch, 2u);
  EXPECT_EQ(run.epochs[1].epochs, 9u);
  EXPECT_EQ(run.epochs[1].steps, 20u);
  EXPECT_EQ(run.epochs[1].train_loss, 0.2);
  EXPECT_TRUE(std::isnan(run.epochs[1].validation_nll));
  EXPECT_EQ(run.epochs[1].info_sum, 7);
  EXPECT_TRUE(run.epochs[1].best && run.epochs[1].valid);
  EXPECT_FALSE(run.epochs[0].valid);
  EXPECT_TRUE(run.epochs[1].neurons.mu2.empty()) << "they have a file of their own";
  EXPECT_TRUE(run.ended && run.interrupted);
  EXPECT_EQ(run.best_epoch, 2u);
  EXPECT_EQ(run.seconds, 4.5);
  EXPECT_EQ(run.unreadable_lines, 0u);
}

TEST(AddNeurons, GivesEpochsTheirFigures) {
  const test::TemporaryDirectory folder;
  const std::string path = (folder.path() / "neurons.bin").string();
  Settings settings = preset("default");
  {
    NeuronRecorder recorder(path, 2, settings_checksum(settings));
    recorder.append(2, some_epoch(2, true).neurons);
    recorder.append(7, {});
  }
  RunRecord run{.epochs = {some_epoch(1, false), some_epoch(2, true)}};
  for (EpochReport& epoch : run.epochs) epoch.neurons = {};
  for (const auto& parameter : settings_table().parameters()) {
    run.settings.emplace_back(parameter.name, parameter.print(settings));
  }
  EXPECT_EQ(add_neurons(run, read_neurons(path)), 1u);
  EXPECT_TRUE(run.epochs[0].neurons.mu2.empty());
  EXPECT_EQ(run.epochs[1].neurons.sigma, (std::vector<float>{7, 8}));
  run.settings.front().second += "0";
  EXPECT_EQ(add_neurons(run, read_neurons(path)), 0u) << "of a run with other settings";
}

TEST(ReadEvents, TakesWhatThereIsOfAKilledOrDamagedRun) {
  const test::TemporaryDirectory folder;
  const RunRecord run = read_events(folder.write("events.jsonl",
                                                 "{\"event\":\"start\",\"source\":3,\"settings\":[1]}\n"
                                                 "\xff\xfe not json\n"
                                                 "{\"event\":\"epoch\",\"epoch\":1,\"best\":true,\"seconds\":3,\"train_"
                                                 "loss\":\"x\",\"neurons\":{\"info\":[1,null,\"y\"]}}\n"
                                                 "[1, 2]\n"
                                                 "{\"event\":\"epoch\",\"epoch\":-2,\"neurons\":7}\n"
                                                 "{\"event\":\"epoch\",\"epo"));
  EXPECT_EQ(run.source, "");
  ASSERT_EQ(run.epochs.size(), 2u);
  EXPECT_TRUE(std::isnan(run.epochs[0].train_loss));
  ASSERT_EQ(run.epochs[0].neurons.info.size(), 3u);
  EXPECT_EQ(run.epochs[0].neurons.info[0], 1);
  EXPECT_TRUE(std::isnan(run.epochs[0].neurons.info[1]) && std::isnan(run.epochs[0].neurons.info[2]));
  EXPECT_EQ(run.epochs[1].epoch, 0u);
  EXPECT_FALSE(run.ended);
  EXPECT_EQ(run.best_epoch, 1u);
  EXPECT_EQ(run.unreadable_lines, 3u);
  EXPECT_TRUE(read_events(folder.write("empty.jsonl", "")).epochs.empty());
}

TEST(ReadEvents, RefusesWhatIsNotThere) {
  const test::TemporaryDirectory folder;
  for (const std::string& path : {folder.path().string(), (folder.path() / "none").string()}) {
    try {
      read_events(path);
      ADD_FAILURE() << path << " was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), 66);
    }
  }
}

TEST(EventLog, SaysWhatCannotBeWritten) {
  const test::TemporaryDirectory folder;
  const std::string file = folder.write("file", "x");
  for (const std::string& path : {folder.path().string(), file + "/events.jsonl"}) {
    try {
      EventLog log(path);
      ADD_FAILURE() << path << " was opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), 73);
      EXPECT_EQ(error.place(), path);
    }
  }
  EventLog full("/dev/full");
  try {
    full.end(1, 1, 0, false);
    ADD_FAILURE() << "written to a full device";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), 74) << error.what();
  }
}

}  // namespace
}  // namespace vdn
