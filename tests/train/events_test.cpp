#include <vdn/train/events.hpp>

#include <gtest/gtest.h>

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
  for (const char* key :
       {"epoch", "epochs", "steps", "train_loss", "train_nll", "train_kl", "gradient_norm", "validation_nll",
        "validation_mse", "best", "mu2_mean", "sigma_mean", "kl_mean", "info_sum", "alive", "seconds"}) {
    EXPECT_TRUE(epoch.contains(key)) << key;
  }
  EXPECT_EQ(epoch["event"], "epoch");
  EXPECT_EQ(epoch["epoch"], 2);
  EXPECT_EQ(epoch["train_loss"], 0.1);
  EXPECT_TRUE(epoch["validation_nll"].is_null());
  EXPECT_EQ(epoch["best"], true);
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
