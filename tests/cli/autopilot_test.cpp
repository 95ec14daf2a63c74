// vdn autopilot, end to end.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

using std::chrono::milliseconds;
using Words = std::vector<std::string>;

constexpr const char* narrow_space =
    "neuron.count = 8\nencoder.width = 8\nhead.width = 8\nhead.components = 2\ntrain.batch = 32\ntrain.draws = 2\n"
    "train.learning_rate = { low = 1e-3, high = 3e-2 }\n";

/// A study of the tiny table with the smallest useful network: 8 configurations in less than a second.
Words tiny_search(const Words& more = {}) {
  Words words{"autopilot", "data.csv", "--horizon",   "4", "--lookback",    "24", "--budget", "8 trials",
              "--rungs",   "1,3",      "--finalists", "1", "--final-seeds", "1",  "--narrow", "narrow.toml"};
  for (const char* setting : {"train.epochs=5", "train.windows_per_epoch=256", "score.draws=2",
                              "encoder.moving_average=9", "train.validation_windows=128"}) {
    words.insert(words.end(), {"--set", setting});
  }
  for (std::size_t i = 0; i < more.size(); i += 2) {  // an option that is there already takes the new value
    const auto found = more[i] == "--set" ? words.end() : std::find(words.begin(), words.end(), more[i]);
    if (found == words.end()) {
      words.insert(words.end(), {more[i], more[i + 1]});
    } else {
      *(found + 1) = more[i + 1];
    }
  }
  return words;
}

void write_inputs(const Workplace& place) {
  place.write("data.csv", tiny_table());
  place.write("narrow.toml", narrow_space);
}

/// What must be the same however a study was interrupted: everything but time and place.
nlohmann::json lasting(const Workplace& place) {
  const Outcome shown = place.run({"autopilot", "show", "--json"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  nlohmann::json study = shown.json();
  for (auto& trial : study.at("trials")) trial.erase("seconds");
  for (auto& finalist : study.at("finalists")) finalist.erase("seconds");
  study.at("definition").erase("data");
  return study;
}

TEST(Autopilot, SearchesPicksAndSaysHowToFitThePickAgain) {
  Workplace place;
  write_inputs(place);
  const Outcome run = place.run(tiny_search({"--html", "page.html", "--out", "best"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "study  data-4: 8 configurations")) << run.err;
  EXPECT_TRUE(holds(run.err, "final 0 seed 1000")) << run.err;
  EXPECT_TRUE(holds(run.out, "0 (default)")) << run.out;
  EXPECT_TRUE(holds(run.out, "pick   configuration ")) << run.out;
  EXPECT_TRUE(place.read("page.html").starts_with("<!DOCTYPE html>"));

  const Words fit{"fit", "data.csv", "--horizon", "4", "--config", "best/settings.toml", "--out", "again"};
  ASSERT_EQ(place.run(fit).code, 0);
  for (const char* model : {"best", "again"}) {
    ASSERT_EQ(
        place.run({"predict", std::string(model) + "/model.vdn", "data.csv", "--out", std::string(model) + ".csv"})
            .code,
        0);
  }
  EXPECT_EQ(place.read("best.csv"), place.read("again.csv")) << "the settings file repeats the fit";
}

TEST(Autopilot, AShortTableIsGivenAShorterLookBackUnlessOneIsNamed) {
  Workplace place;
  write_inputs(place);
  Words words = tiny_search({"--budget", "2 trials"});
  words.erase(words.begin() + 4, words.begin() + 6);  // --lookback 24
  const Outcome run = place.run(words);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "look-back 72 in place of 336")) << run.err;
  EXPECT_TRUE(holds(place.read("data-4/settings.toml"), "lookback = 72")) << place.read("data-4/settings.toml");
  EXPECT_EQ(place.run(words).code, 0) << "the same study";
  words.insert(words.end(), {"--set", "window.lookback=96", "--study", "longer"});
  const Outcome longer = place.run(words);
  ASSERT_EQ(longer.code, 0) << longer.err;
  EXPECT_FALSE(holds(longer.err, "in place of")) << longer.err;
}

TEST(Autopilot, ShowsItsTrialsAndItsFront) {
  Workplace place;
  write_inputs(place);
  ASSERT_EQ(place.run(tiny_search({"--pareto", "accuracy,cost"})).code, 0);
  const Outcome show = place.run({"autopilot", "show", "--csv", "trials.csv"});
  ASSERT_EQ(show.code, 0) << show.err;
  EXPECT_TRUE(holds(show.out, "place ")) << show.out;
  EXPECT_TRUE(holds(show.out, "settings as they are")) << show.out;
  const std::string csv = place.read("trials.csv");
  EXPECT_TRUE(csv.starts_with("number,seed,stage,state,")) << csv;
  EXPECT_TRUE(holds(csv, ",train.learning_rate,")) << csv;
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 8 + 2);

  const Outcome front = place.run({"autopilot", "front", "data-4"});
  EXPECT_TRUE(holds(front.out, "(knee)")) << front.out;
  for (const char* pick : {"best", "knee", "accuracy", "calibration", "stability", "cost"}) {
    const Outcome exported = place.run({"autopilot", "export", "--pick", pick, "--out", pick});
    EXPECT_EQ(exported.code, 0) << exported.err;
    EXPECT_TRUE(place.has(std::string(pick) + "/model.vdn"));
    EXPECT_TRUE(place.has(std::string(pick) + "/settings.toml"));
  }
  const nlohmann::json json = place.run({"autopilot", "show", "--json"}).json();
  EXPECT_EQ(json.at("trials").size(), 10u);
  EXPECT_EQ(json.at("finalists").size(), 2u);
  EXPECT_EQ(json.at("definition").at("horizon"), 4);
}

TEST(Autopilot, VerifiesThePickOnTheTestPart) {
  Workplace place;
  write_inputs(place);
  ASSERT_EQ(place.run(tiny_search()).code, 0);
  // The cheapest is an eighth as wide as the settings as they are, and certainly not they.
  const Outcome verified = place.run({"autopilot", "verify", "--seeds", "2", "--pick", "cost"});
  ASSERT_EQ(verified.code, 0) << verified.err;
  EXPECT_TRUE(holds(verified.out, "Pick less default")) << verified.out;
  EXPECT_TRUE(holds(verified.out, "| 2 |")) << verified.out;
  const Outcome again = place.run({"autopilot", "verify", "--seeds", "2", "--pick", "cost"});
  EXPECT_EQ(again.out, verified.out);
  EXPECT_FALSE(holds(again.err, "[1/4]")) << "nothing is fitted twice";
}

TEST(Autopilot, TheSameCommandGoesOnAndAnotherOneIsRefused) {
  Workplace place;
  write_inputs(place);
  const Outcome first = place.run(tiny_search());
  ASSERT_EQ(first.code, 0);
  const Outcome again = place.run(tiny_search());
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_FALSE(holds(again.err, "trial 1")) << again.err;
  EXPECT_EQ(again.out, first.out);
  const Outcome other = place.run(tiny_search({"--keep", "0.5"}));
  EXPECT_EQ(other.code, 64);
  EXPECT_TRUE(holds(other.err, "there is another study 'data-4'")) << other.err;
  EXPECT_TRUE(holds(other.err, "share that is kept is 0.5, was 0.35")) << other.err;
}

TEST(Autopilot, KilledAtRandomMomentsItComesToTheSameEnd) {
  const Words longer{"--set",     "train.windows_per_epoch=32768",
                     "--set",     "train.epochs=60",
                     "--set",     "train.patience=60",
                     "--rungs",   "8,24",
                     "--threads", "2"};
  Workplace whole, cut;
  write_inputs(whole);
  write_inputs(cut);
  ASSERT_EQ(whole.run(tiny_search(longer)).code, 0);
  std::mt19937 random(7);
  int kills = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const pid_t process = cut.start(tiny_search(longer));
    std::this_thread::sleep_for(milliseconds(40 + random() % 160));
    kill(process, SIGKILL);
    kills += cut.finish(process).code == -SIGKILL;
  }
  EXPECT_EQ(kills, 20) << "the study is too short to be killed so often";
  const Outcome last = cut.run(tiny_search(longer));
  ASSERT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(lasting(cut), lasting(whole));
}

TEST(Autopilot, CtrlCEndsAtOnceAndTheStudyGoesOn) {
  Workplace place;
  write_inputs(place);
  const Words longer{"--set", "train.epochs=50000", "--set", "train.patience=50000", "--rungs", "20000,40000"};
  const pid_t process = place.start(tiny_search(longer));
  std::this_thread::sleep_for(milliseconds(700));
  const auto before = std::chrono::steady_clock::now();
  kill(process, SIGINT);
  const Outcome stopped = place.finish(process);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_TRUE(holds(stopped.err, "--join data-4")) << stopped.err;
  EXPECT_EQ(place.run({"autopilot", "show"}).code, 0);
}

TEST(Autopilot, TwoProcessesShareAStudy) {
  // Seconds, not tenths of one: the second process starts while there is something left to do.
  const Words longer{
      "--set", "train.windows_per_epoch=2048", "--set", "train.epochs=40", "--rungs", "10,30", "--threads", "1"};
  Workplace alone, shared;
  write_inputs(alone);
  write_inputs(shared);
  ASSERT_EQ(alone.run(tiny_search(longer)).code, 0);
  const pid_t first = shared.start(tiny_search(longer));
  for (int i = 0; i < 500 && !shared.has("autopilot.db-wal"); ++i) std::this_thread::sleep_for(milliseconds(10));
  std::this_thread::sleep_for(milliseconds(100));
  Workplace other;  // with streams of its own
  const std::string store = (shared.path() / "autopilot.db").string();
  const Outcome second = other.run({"autopilot", "--join", "data-4", "--store", store, "--threads", "1"});
  const Outcome one = shared.finish(first);
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_TRUE(holds(second.err, "trial ") || holds(second.err, "final ")) << "it took part: " << second.err;
  EXPECT_EQ(lasting(shared), lasting(alone));
}

TEST(Autopilot, AStoreThatCannotGrowIsToldAndNothingIsLost) {
  Workplace whole, place;
  write_inputs(whole);
  write_inputs(place);
  ASSERT_EQ(whole.run(tiny_search()).code, 0);
  place.before_program = [] {
    const rlimit limit{300 << 10, 300 << 10};
    setrlimit(RLIMIT_FSIZE, &limit);
  };
  const Outcome full = place.run(tiny_search());
  EXPECT_EQ(full.code, 74) << full.err;
  EXPECT_TRUE(holds(full.err, "autopilot.db")) << full.err;
  place.before_program = nullptr;
  ASSERT_EQ(place.run(tiny_search()).code, 0);
  EXPECT_EQ(lasting(place), lasting(whole));
}

TEST(Autopilot, DataThatVanishedAreNamed) {
  Workplace place;
  write_inputs(place);
  ASSERT_EQ(place.run(tiny_search()).code, 0);
  std::filesystem::remove(place.path() / "data.csv");
  const Outcome gone = place.run({"autopilot", "--join", "data-4"});
  EXPECT_EQ(gone.code, 66) << gone.err;
  EXPECT_TRUE(holds(gone.err, "the data of the study 'data-4'")) << gone.err;
  EXPECT_TRUE(holds(gone.err, "goes on from there")) << gone.err;
  place.write("data.csv", tiny_table(420));
  const Outcome changed = place.run({"autopilot", "--join", "data-4"});
  EXPECT_EQ(changed.code, 65) << changed.err;
  EXPECT_TRUE(holds(changed.err, "its values differ")) << changed.err;
}

TEST(Autopilot, ADivergingTrialLeavesTheOthersAlone) {
  Workplace place;
  place.write("data.csv", tiny_table());
  place.write("narrow.toml", std::string(narrow_space) + "head.scale_cap = [50, 0.005]\n");  // the floor is .01
  const Outcome run = place.run(tiny_search());
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "failed: head.scale_floor")) << run.err;
  const nlohmann::json json = place.run({"autopilot", "show", "--json"}).json();
  std::set<std::string> states;
  for (const auto& trial : json.at("trials")) states.insert(trial.at("state"));
  EXPECT_TRUE(states.contains("failed") && states.contains("finished")) << json;
}

TEST(Autopilot, DamagedAndForeignStoresAreRefused) {
  Workplace place;
  write_inputs(place);
  place.write("text.db", "these are no studies, but words that fill a line or two of a text file\n");
  const Outcome text = place.run(tiny_search({"--store", "text.db"}));
  EXPECT_EQ(text.code, 65) << text.err;
  EXPECT_TRUE(holds(text.err, "text.db")) << text.err;
  ASSERT_EQ(place.run(tiny_search()).code, 0);
  {
    std::fstream file(place.path() / "autopilot.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(40000, 'x');
  }
  const Outcome damaged = place.run({"autopilot", "show"});
  EXPECT_EQ(damaged.code, 65) << damaged.err;
  EXPECT_TRUE(holds(damaged.err, "damaged")) << damaged.err;
}

struct Wrong {
  Words words;
  int code;
  std::string message;
};

TEST(Autopilot, Refusals) {
  Workplace place;
  write_inputs(place);
  place.write("wrong.toml", "neuron.cuont = 3\n");
  const Wrong cases[] = {{{"autopilot"}, 64, "there is no DATA"},
                         {{"autopilot", "data.csv"}, 64, "--horizon: is missing"},
                         {tiny_search({"--budget", "40"}), 64, "'40' is no budget"},
                         {tiny_search({"--budget", "0 trials"}), 64, "is no budget"},
                         {tiny_search({"--space", "sorce"}), 78, "did you mean 'source'"},
                         {tiny_search({"--sampler", "sobl"}), 64, "sobl"},
                         {tiny_search({"--scheduler", "fast"}), 64, "it may be halving, asynchronous"},
                         {tiny_search({"--pareto", "accurcy"}), 64, "accurcy"},
                         {tiny_search({"--pick", "first"}), 64, "first"},
                         {tiny_search({"--rungs", "3,2"}), 64, "must be epochs that rise"},
                         {tiny_search({"--narrow", "wrong.toml"}), 78, "wrong.toml:1"},
                         {tiny_search({"--narrow", "none.toml"}), 66, "none.toml"},
                         {tiny_search({"--set", "neuron.beat=1"}), 78, "neuron.beta"},
                         {{"autopilot", "nothing.csv", "--horizon", "4"}, 66, "nothing.csv"},
                         {{"autopilot", "show"}, 66, "autopilot.db"},
                         {{"autopilot", "--join", "s"}, 66, "autopilot.db"},
                         {{"autopilot", "export", "s"}, 66, "autopilot.db"}};
  for (const Wrong& wrong : cases) {
    const Outcome outcome = place.run(wrong.words);
    EXPECT_EQ(outcome.code, wrong.code) << outcome.err;
    EXPECT_TRUE(holds(outcome.err, wrong.message)) << outcome.err;
  }
  EXPECT_FALSE(place.has("autopilot.db")) << "nothing is left behind";
  ASSERT_EQ(place.run(tiny_search()).code, 0);
  const Outcome unknown = place.run({"autopilot", "show", "data-5"});
  EXPECT_EQ(unknown.code, 64);
  EXPECT_TRUE(holds(unknown.err, "data-4")) << unknown.err;
}

/// Seconds of a study of the bundled set with epochs of a third of a second, with so many workers.
double seconds_with(std::size_t workers) {
  const Workplace place;
  const auto start = std::chrono::steady_clock::now();
  const Outcome run =
      place.run({"autopilot", "flights", "--horizon", "24", "--budget", "16 trials", "--rungs", "2,4", "--no-prune",
                 "--final-seeds", "1", "--set", "train.epochs=6", "--threads", std::to_string(workers)});
  EXPECT_EQ(run.code, 0) << run.err;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// On an idle machine of two cores 1.8; other work beside the test takes from it.
TEST(LongAutopilot, TwoWorkersFinishSoonerThanOne) {
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "needs a machine of two cores";
  double best = 0;
  for (int turn = 0; turn < 3 && best < 1.7; ++turn) best = std::max(best, seconds_with(1) / seconds_with(2));
  EXPECT_GE(best, 1.7);
}

}  // namespace
}  // namespace vdn::test
