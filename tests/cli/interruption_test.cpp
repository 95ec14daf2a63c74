// Things that happen while the program works: files that change, folders that go, Ctrl-C.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "cli/refusal.hpp"

namespace vdn::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// Looks every few milliseconds, up to 20 seconds.
template <class Condition>
bool wait_until(const Condition& condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

std::string pipe_in(const Workplace& place) {
  const std::string path = (place.path() / "pipe.csv").string();
  EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
  return path;
}

// ---- a table that changes while it is read

/// A table of several megabytes.
std::string large_table() {
  std::string text = "t,a,b,c\n";
  for (int row = 0; row < 400000; ++row) text += std::to_string(row) + ",1.5,2.25,3.125\n";
  return text;
}

TEST(ChangingTable, IsReadWholeOrRefused) {
  const Workplace place;
  const std::string table = large_table(), path = (place.path() / "data.csv").string();
  int refused = 0;
  for (int turn = 0; turn < 12; ++turn) {
    place.write("data.csv", table);
    std::this_thread::sleep_for(milliseconds(20));
    const pid_t process = place.start({"inspect", "data.csv", "--json"});
    std::this_thread::sleep_for(milliseconds(4 + 3 * turn));
    if (turn % 2 == 0) {
      fs::resize_file(path, table.rfind(',', table.size() / 2));
    } else {
      std::ofstream(path, std::ios::app) << "400000,1,";
    }
    const Outcome run = place.finish(process);
    if (run.code == 0) {  // read before the change
      EXPECT_EQ(run.json().at("rows"), 400000);
      continue;
    }
    ++refused;
    const bool seen = run.code == 74 && holds(run.err, "data.csv: has changed while it was read");
    const bool after = run.code == 65 && holds(run.err, "fields, found");  // it was changed before it was opened
    EXPECT_TRUE(seen || after) << run.code << run.err;
    EXPECT_EQ(run.json().at("error").at("exit_code"), run.code);
  }
  EXPECT_GT(refused, 0);
}

TEST(ChangingTable, APipeThatEndsEarlyIsRefused) {
  const Workplace place;
  const std::string path = pipe_in(place), table = tiny_table();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{5}, table.rfind(',')}) {
    const pid_t process = place.start({"inspect", "pipe.csv"});
    std::ofstream(path) << table.substr(0, bytes);
    const Outcome run = place.finish(process);
    EXPECT_EQ(run.code, 65) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  const pid_t process = place.start({"inspect", "pipe.csv", "--json"});
  {
    std::ofstream pipe(path);  // in pieces, with pauses
    for (std::size_t at = 0; at < table.size(); at += 5000) {
      pipe << table.substr(at, 5000) << std::flush;
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  EXPECT_EQ(place.finish(process).json().at("rows"), 400);
}

// ---- Ctrl-C

TEST(CtrlC, WhileReadingEndsAtOnce) {
  const Workplace place;
  const std::string path = pipe_in(place);
  for (const Words& words : {Words{"inspect", "pipe.csv"}, Words{"fit", "pipe.csv", "--horizon", "4"}}) {
    const pid_t process = place.start(words);
    std::ofstream pipe(path);
    pipe << tiny_table(50) << std::flush;
    std::this_thread::sleep_for(milliseconds(50));
    kill(process, SIGINT);
    const Outcome run = place.finish(process);
    EXPECT_EQ(run.code, -SIGINT) << run.err;
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(place.listing(), (std::vector<std::string>{"pipe.csv"}));
  }
}

/// A model whose scoring takes long: many draws over many windows.
class SlowScoring : public testing::Test {
 protected:
  SlowScoring() {
    place.write("data.csv", tiny_table(3000));
    EXPECT_EQ(place
                  .run(fit({"--quiet", "--no-test", "--no-report", "--set", "score.draws=400", "--set",
                            "score.correction=whole", "--set", "train.epochs=1"}))
                  .code,
              0);
    before = place.listing();
  }
  Outcome interrupted(const Words& words) const {
    const pid_t process = place.start(words);
    EXPECT_TRUE(wait_until([&] { return holds(place.errors_so_far(), "scoring"); }));
    std::this_thread::sleep_for(milliseconds(20));
    kill(process, SIGINT);
    return place.finish(process);
  }
  Workplace place;
  std::vector<std::string> before;
};

TEST_F(SlowScoring, CtrlCEndsABacktest) {
  const Outcome run = interrupted({"backtest", "run/model.vdn", "data.csv", "--out", "scores.json"});
  EXPECT_EQ(run.code, -SIGINT) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(place.listing(), before);
}

TEST_F(SlowScoring, CtrlCEndsAReportAndKeepsTheOldOne) {
  place.write("run/report.html", "an older page");
  before = place.listing();
  EXPECT_EQ(interrupted({"report", "run"}).code, -SIGINT);
  EXPECT_EQ(place.read("run/report.html"), "an older page");
  EXPECT_EQ(place.listing(), before);
}

TEST_F(SlowScoring, CtrlCEndsTheScoringOfAFitThatKeepsItsModel) {
  EXPECT_EQ(interrupted(fit({"--set", "score.draws=400", "--set", "score.correction=whole", "--set", "train.epochs=1",
                             "--out", "new"}))
                .code,
            -SIGINT);
  EXPECT_EQ(place.run({"predict", "new/model.vdn", "data.csv", "--out", "f.csv"}).code, 0);
  EXPECT_TRUE(nlohmann::json::parse(place.read("new/metrics.json")).at("test").is_null());
}

// ---- the folder goes

TEST(OutputFolder, RemovedWhileTrainingIsMadeAnew) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  const pid_t process = place.start(fit({"--set", "train.epochs=100000", "--set", "train.patience=100000"}));
  ASSERT_TRUE(wait_until([&] { return holds(place.errors_so_far(), "epoch   3/"); }));
  fs::remove_all(place.path() / "run");
  kill(process, SIGINT);
  const Outcome run = place.finish(process);
  EXPECT_EQ(run.code, 130) << run.err;
  EXPECT_EQ(place.listing(), (std::vector<std::string>{"data.csv", "run", "run/metrics.json", "run/model-card.md",
                                                       "run/model.vdn", "run/report.html"}));
  EXPECT_EQ(place.run({"predict", "run/model.vdn", "data.csv", "--out", "f.csv"}).code, 0);
}

TEST(OutputFolder, ReplacedByAFileWhileTrainingIsTold) {
  const Workplace place;
  place.write("data.csv", tiny_table());
  const pid_t process = place.start(fit({"--set", "train.epochs=100000", "--set", "train.patience=100000"}));
  ASSERT_TRUE(wait_until([&] { return holds(place.errors_so_far(), "epoch   3/"); }));
  fs::remove_all(place.path() / "run");
  place.write("run", "a file");
  kill(process, SIGINT);
  const Outcome run = place.finish(process);
  EXPECT_EQ(run.code, 73) << run.err;
  EXPECT_TRUE(holds(run.err, "vdn fit: run/model.vdn: ")) << run.err;
  EXPECT_EQ(place.read("run"), "a file");
}

}  // namespace
}  // namespace vdn::test
