// vdn fit, end to end.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using Json = nlohmann::json;

class Fit : public testing::Test {
 protected:
  Fit() { place.write("data.csv", tiny_table()); }
  Workplace place;
};

TEST_F(Fit, LeavesItsFilesAndSaysWhatItDoes) {
  const Outcome run = place.run(tiny_fit({"--out", "a/b"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(place.listing(),
            (std::vector<std::string>{"a", "a/b", "a/b/events.jsonl", "a/b/metrics.json", "a/b/model-card.md",
                                      "a/b/model.vdn", "a/b/neurons.bin", "a/b/report.html", "data.csv"}));
  for (const char* part : {"400 rows of 3 series", "1 hour", "2024-01-01 00:00:00", "training 280 rows", "test 80 rows",
                           "parameters", "of memory", "epoch   1/2", "epoch   2/2", "val nll"}) {
    EXPECT_TRUE(holds(run.err, part)) << part << "\n" << run.err;
  }
  EXPECT_FALSE(holds(run.err, "\r"));  // no bar without a terminal
  EXPECT_TRUE(holds(run.out, "coverage"));
}

TEST_F(Fit, ChoosesTheWindowNormalisationAndSaysSo) {
  const Outcome run = place.run(tiny_fit({"--set", "window.norm=auto", "--no-report"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "norm   by validation NLL of short fits: ")) << run.err;
  const std::string first = run.err.substr(run.err.find("short fits: ") + 12);
  const std::string chosen = first.substr(0, first.find(' '));
  EXPECT_TRUE(holds(place.read("run/events.jsonl"), "\"window.norm\":\"" + chosen + "\"")) << chosen;
  const Outcome model = place.run({"inspect", "run/model.vdn"});
  EXPECT_TRUE(holds(model.out, "chosen by validation")) << model.out;
}

TEST_F(Fit, APeriodicModelOfStudentsTForecastsAndIsSaidToReadTheCalendar) {
  const Outcome run = place.run(tiny_fit({"--set", "line.cycle=24", "--set", "head.tail=4", "--no-report"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(place.read("run/model-card.md"), "where in a cycle of 24 rows (1 day) it stands"));
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0);
  EXPECT_TRUE(holds(place.run({"backtest", "run/model.vdn", "data.csv", "--paths", "10"}).out, "joint NLL"));
}

TEST_F(Fit, RefusesACycleTheTrainingRowsHoldTooRarely) {
  const Outcome run = place.run(tiny_fit({"--set", "line.cycle=100"}));
  EXPECT_EQ(run.code, 65);
  EXPECT_TRUE(holds(run.err, "line.cycle: the training rows hold fewer than three of its cycles")) << run.err;
}

TEST_F(Fit, ARobustLineIsNamedAndKept) {
  const Outcome run = place.run(tiny_fit({"--set", "line.loss=robust", "--no-report"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "drift, robust, ")) << run.err;
  EXPECT_TRUE(holds(place.run({"inspect", "run/model.vdn"}).out, "line.loss")) << "set apart from the preset";
  const Outcome refused = place.run(tiny_fit({"--set", "line.loss=huber"}));
  EXPECT_EQ(refused.code, 78);
  EXPECT_TRUE(holds(refused.err, "line.loss: 'huber' is not a choice; allowed: auto | squares | robust"))
      << refused.err;
}

TEST_F(Fit, JsonIsOneDocumentEqualToTheMetricsFile) {
  const Outcome run = place.run(tiny_fit({"--json", "--seed", "7"}));
  ASSERT_EQ(run.code, 0) << run.err;
  const Json d = run.json();
  EXPECT_EQ(d, Json::parse(place.read("run/metrics.json")));
  EXPECT_EQ(d.at("command"), "fit");
  EXPECT_EQ(d.at("split"), "auto");
  EXPECT_EQ(d.at("horizon"), 4);
  EXPECT_EQ(d.at("lookback"), 24);
  EXPECT_EQ(d.at("seed"), 7);
  EXPECT_EQ(d.at("epochs"), 2);
  EXPECT_EQ(d.at("interrupted"), false);
  EXPECT_EQ(d.at("borders").at("validation"), Json({{"begin", 280}, {"end", 320}}));
  EXPECT_EQ(d.at("test").at("windows"), 77 * 3);  // 80 test rows, horizon 4
  for (const char* name : {"mse", "mae", "nll", "crps", "coverage_80", "coverage_90", "pinball"}) {
    EXPECT_TRUE(d.at("test").at(name).is_number()) << name;
    EXPECT_TRUE(d.at("test").at("original").at(name).is_number()) << name;
  }
  for (const char* name : {"mu2_mean", "kl_mean", "sigma_mean", "alive", "info_sum"}) {
    EXPECT_TRUE(d.at("regime").at(name).is_number()) << name;
  }
}

TEST_F(Fit, QuietSaysNothing) {
  const Outcome run = place.run(tiny_fit({"--quiet"}));
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "");
}

TEST_F(Fit, EveryLineOfEventsIsJson) {
  ASSERT_EQ(place.run(tiny_fit({"--quiet"})).code, 0);
  std::istringstream lines(place.read("run/events.jsonl"));
  std::vector<std::string> kinds;
  for (std::string line; std::getline(lines, line);) kinds.push_back(Json::parse(line).at("event"));
  EXPECT_EQ(kinds, (std::vector<std::string>{"start", "epoch", "epoch", "end"}));
}

TEST_F(Fit, ReadsStandardInput) {
  auto words = tiny_fit({"--json"});
  words[1] = "-";
  const Outcome run = place.run(words, tiny_table());
  ASSERT_EQ(run.code, 0) << run.err;
  Json piped = run.json(), file = place.run(tiny_fit({"--json"})).json();
  EXPECT_EQ(piped.at("test"), file.at("test"));
}

TEST_F(Fit, ThreadsDoNotChangeTheFigures) {
  const Json one = place.run(tiny_fit({"--json", "--threads", "1"})).json();
  const Json two = place.run(tiny_fit({"--json", "--threads", "2"})).json();
  for (const char* part : {"validation", "regime", "test"}) EXPECT_EQ(one.at(part), two.at(part)) << part;
}

TEST_F(Fit, FlagsComeAfterTheFileAndTheFileAfterThePreset) {
  place.write("settings.toml", "[train]\nseed = 5\nepochs = 1\n[window]\nlookback = 30\n");
  const Json d = place.run(tiny_fit({"--json", "--config", "settings.toml", "--seed", "9"})).json();
  EXPECT_EQ(d.at("seed"), 9);       // --seed beats the file
  EXPECT_EQ(d.at("epochs"), 2);     // --set beats the file
  EXPECT_EQ(d.at("lookback"), 24);  // --lookback beats the file
  auto words = tiny_fit({"--json", "--config", "settings.toml", "--out", "other"});
  words.erase(words.begin() + 4, words.begin() + 6);
  EXPECT_EQ(place.run(words).json().at("lookback"), 30);  // the file beats the preset
}

TEST_F(Fit, SplitAllAndNoTestScoreNothing) {
  const Json all = place.run(tiny_fit({"--json", "--split", "all"})).json();
  EXPECT_EQ(all.at("split"), "all");
  EXPECT_TRUE(all.at("test").is_null());
  EXPECT_TRUE(place.run(tiny_fit({"--json", "--no-test"})).json().at("test").is_null());
}

TEST_F(Fit, FitsEveryTwin) {
  for (const char* twin : {"deterministic", "mixture", "noise"}) {
    const Outcome run = place.run(tiny_fit({"--json", "--twin", twin}));
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.json().at("twin"), twin);
  }
}

TEST_F(Fit, TellsGapsMissingValuesAndConstantSeries) {
  std::string text = "ds,x,flat\n";
  for (int row = 0; row < 400; ++row) {
    const int minute = row < 100 ? row : row + 5;  // a gap
    text += "2024-01-0" + std::to_string(1 + minute / 1440) + " " + std::to_string(minute / 60 % 24) + ":" +
            (minute % 60 < 10 ? "0" : "") + std::to_string(minute % 60) + "," +
            (row % 50 == 7 ? std::string("-9999") : std::to_string(row % 12)) + ",3\n";
  }
  place.write("data.csv", text);
  const Outcome run = place.run(tiny_fit({"--missing", "-9999"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "1 hole filled with 5 rows of missing values")) << run.err;
  EXPECT_TRUE(holds(run.err, "18 missing values (2.2%; in the file 8 -9999)")) << run.err;
  EXPECT_TRUE(holds(run.err, "constant in the training part: flat")) << run.err;
}

TEST_F(Fit, SaysWhenAConstraintActsOnNothing) {
  const auto told = [&](const char* mode, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"--set", std::string("control.mode=") + mode, "--no-test", "--no-report"};
    words.insert(words.end(), more.begin(), more.end());
    return holds(place.run(tiny_fit(words)).err, "does nothing");
  };
  EXPECT_TRUE(told("share"));
  EXPECT_FALSE(told("share", {"--set", "neuron.prior=ar1"}));
  EXPECT_TRUE(told("calibration"));
  EXPECT_FALSE(told("calibration+homeostat"));
}

TEST_F(Fit, LeavesOutWhatItIsToldTo) {
  std::string text;
  std::istringstream lines(tiny_table());
  for (std::string line; std::getline(lines, line);) text += line + (text.empty() ? ",note\n" : ",text\n");
  place.write("data.csv", text);
  EXPECT_EQ(place.run(tiny_fit()).code, 65);
  const Outcome run = place.run(tiny_fit({"--ignore", "note"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "left out: note")) << run.err;
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0) << "the model remembers";
  const Outcome wrong = place.run(tiny_fit({"--ignore", "note", "--ignore", "nothing"}));
  EXPECT_EQ(wrong.code, 64);
  EXPECT_TRUE(holds(wrong.err, "data.csv has no column of values 'nothing'")) << wrong.err;
}

TEST_F(Fit, AShortTableIsGivenAShorterLookBackUnlessOneIsNamed) {
  auto words = tiny_fit({"--json"});
  words.erase(words.begin() + 4, words.begin() + 6);  // --lookback 24
  const Outcome run = place.run(words);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "look-back 72 in place of 336")) << run.err;
  EXPECT_EQ(run.json().at("lookback"), 72);
  words.insert(words.end(), {"--set", "window.lookback=336"});
  EXPECT_EQ(place.run(words).json().at("lookback"), 336);
}

/// A fit that would take very long, once its first epoch is told.
pid_t start_long_fit(const Workplace& place) {
  const pid_t process = place.start(tiny_fit({"--set", "train.epochs=100000", "--set", "train.patience=100000"}));
  for (int i = 0; i < 4000 && !holds(place.read("run/events.jsonl"), "\"epoch\""); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return process;
}

TEST_F(Fit, CtrlCKeepsTheBestEpoch) {
  const pid_t process = start_long_fit(place);
  EXPECT_FALSE(place.has("run/model.vdn"));
  kill(process, SIGINT);
  const Outcome run = place.finish(process);
  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_TRUE(holds(run.err, "interrupted")) << run.err;
  EXPECT_EQ(Json::parse(place.read("run/metrics.json")).at("interrupted"), true);
  EXPECT_TRUE(holds(place.read("run/model-card.md"), "not scored: training was interrupted"));
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0);
}

TEST_F(Fit, TerminationKeepsItToo) {
  const pid_t process = start_long_fit(place);
  kill(process, SIGTERM);
  EXPECT_EQ(place.finish(process).code, 143);
  EXPECT_TRUE(place.has("run/model.vdn"));
}

TEST_F(Fit, CtrlCDuringARehearsalIsTold) {
  const pid_t process = place.start(
      tiny_fit({"--set", "train.epochs=400", "--set", "train.patience=400", "--set", "score.correction=judged"}));
  for (int i = 0; i < 8000 && !holds(place.errors_so_far(), "again "); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  kill(process, SIGINT);
  const Outcome run = place.finish(process);
  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_EQ(Json::parse(place.read("run/metrics.json")).at("interrupted"), true);
}

TEST_F(Fit, KilledItLeavesNoModelAndNoTemporaryFile) {
  const pid_t process = start_long_fit(place);
  kill(process, SIGKILL);
  EXPECT_EQ(place.finish(process).code, -SIGKILL);
  EXPECT_EQ(place.listing(), (std::vector<std::string>{"data.csv", "run", "run/events.jsonl", "run/neurons.bin"}));
}

}  // namespace
}  // namespace vdn::test
