#include <vdn/search/run_search.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include <vdn/data/checksum.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/search/halving.hpp>

#include "support/small_data.hpp"
#include "support/support.hpp"

namespace vdn::search {
namespace {

StudyDefinition tiny_definition(const LoadedData& data) {
  StudyDefinition d;
  d.data = data.path;
  d.values_sha256 = values_sha256(data.series);
  d.horizon = 4;
  d.set = {{"window.lookback", "24"},
           {"encoder.width", "12"},
           {"encoder.moving_average", "5"},
           {"neuron.count", "8"},
           {"head.width", "10"},
           {"head.components", "2"},
           {"train.batch", "40"},
           {"train.epochs", "5"},
           {"train.windows_per_epoch", "200"},
           {"train.validation_windows", "64"},
           {"score.draws", "2"}};
  d.space.dimensions = {{.key = "train.learning_rate", .scale = Scale::log, .low = 1e-3, .high = 1e-1},
                        {.key = "neuron.beta", .scale = Scale::log, .low = 1e-4, .high = 1e-2},
                        {.key = "control.mode", .scale = Scale::choice, .choices = {"none", "homeostasis"}}};
  d.trials = 6;
  d.rungs = {1, 3};
  d.finalists = 1;
  d.final_seeds = 2;
  return d;
}

/// What must be the same whenever and by whomever a study is run: everything but time.
std::string outcome_of(SearchStore& store, const std::string& study) {
  std::string text;
  for (const TrialRecord& t : store.trials(study)) {
    text += fmt::format("{} {} {} {} {} {} {} {}\n", t.number, t.seed, t.final_stage, state_name(t.state), t.epochs,
                        t.score, t.penalty, t.reason);
  }
  for (const EpochRecord& e : store.epochs(study)) {
    text += fmt::format("{} {} {} {} {}\n", e.number, e.seed, e.epoch, e.score, e.info);
  }
  return text;
}

/// A study in a file of its own.
struct Bench {
  explicit Bench(const std::function<void(StudyDefinition&)>& change = {}) {
    StudyDefinition d = tiny_definition(data);
    if (change) change(d);
    store()->create("s", print_definition(d));
  }
  std::unique_ptr<SearchStore> store() const {
    return open_sqlite_store((folder.path() / "a.db").string(), StoreAccess::create);
  }
  bool run(SearchObserver& observer, std::size_t workers = 1) const {
    return run_search([this] { return store(); }, "s", data, {workers, 1, 60.0}, observer);
  }
  std::string outcome() const { return outcome_of(*store(), "s"); }

  test::TemporaryDirectory folder;
  LoadedData data = test::small_data();
};

/// Counts epochs, and stops before the n-th would be begun.
struct Counter : SearchObserver {
  std::atomic<std::size_t> epochs = 0, portions = 0;
  std::size_t stop_after = static_cast<std::size_t>(-1);
  std::multiset<std::tuple<std::uint64_t, std::uint64_t, std::size_t>> seen;
  void on_epoch(const TrialRecord& t, const EpochRecord& e) override {
    ++epochs;
    seen.insert({t.number, t.seed, e.epoch});
  }
  void on_portion(const TrialRecord&, PortionEnd) override { ++portions; }
  bool stop_requested() override { return epochs >= stop_after; }
};

TEST(RunSearch, ComesToAnEnd) {
  const Bench bench;
  Counter counter;
  EXPECT_TRUE(bench.run(counter));
  const auto trials = bench.store()->trials("s");
  EXPECT_EQ(trials.size(), 6u + 4u);
  for (const TrialRecord& t : trials) EXPECT_TRUE(ended(t.state)) << t.number << " " << state_name(t.state);
  EXPECT_EQ(bench.store()->epochs("s").size(), counter.epochs);
  for (const auto& key : counter.seen) EXPECT_EQ(counter.seen.count(key), 1u) << "an epoch ran twice";
  const auto finalists = finalists_of(trials, {});
  ASSERT_EQ(finalists.size(), 2u);
  for (const Finalist& f : finalists) {
    EXPECT_EQ(f.seeds, 2u);
    EXPECT_TRUE(std::isfinite(f.score) && std::isfinite(f.crps) && std::isfinite(f.joint_nll) &&
                std::isfinite(f.robustness));
    EXPECT_GE(f.calibration, 0.0);
    EXPECT_GT(f.parameters, 100u);
  }
}

TEST(RunSearch, FinishedFitsAreThoseOfAPlainFit) {
  const Bench bench;
  Counter counter;
  bench.run(counter);
  const auto store = bench.store();
  const StudyDefinition d = parse_definition(*store->definition("s"));
  for (const TrialRecord& t : store->trials("s")) {
    if (!t.final_stage) continue;
    const std::string path = bench.folder.write("model.vdn", store->model("s", t));
    const Forecaster kept = load_model(path);
    Scheduler scheduler(1);
    TrainingObserver nobody;
    const Forecaster plain =
        fit_forecaster(bench.data, {trial_settings(d, t), d.preset, parse_split(d.split), {}}, scheduler, nobody);
    EXPECT_TRUE(std::equal(plain.parameters().begin(), plain.parameters().end(), kept.parameters().begin()));
    EXPECT_EQ(plain.training().validation_nll, t.score);
    EXPECT_EQ(plain.training().best_epoch, kept.training().best_epoch);
    EXPECT_EQ(kept.origins().at("head.dropout"), "preset default");
    for (const auto& [key, value] : d.set) EXPECT_EQ(kept.origins().at(key), "set for the whole search") << key;
    for (const auto& [key, value] : t.configuration) {
      EXPECT_EQ(kept.origins().at(key), "configuration " + std::to_string(t.number) + " of the search") << key;
    }
  }
}

TEST(RunSearch, WorkersAndStopsChangeNothing) {
  const Bench one;
  Counter counter;
  one.run(counter);
  const Bench two;
  Counter other;
  EXPECT_TRUE(two.run(other, 3));
  EXPECT_EQ(two.outcome(), one.outcome());

  const Bench cut;
  std::size_t epochs = 0;
  for (int turn = 0; turn < 100; ++turn) {
    Counter some;
    some.stop_after = 1;
    const bool complete = cut.run(some);
    epochs += some.epochs;
    if (complete) break;
  }
  EXPECT_EQ(cut.outcome(), one.outcome());
  EXPECT_EQ(epochs, counter.epochs) << "an epoch was lost or ran twice";
}

TEST(RunSearch, ATrialThatCannotBeTrainedLeavesTheOthersAlone) {
  // A cap of the scale below its floor is refused when the trial begins.
  const Bench bench([](StudyDefinition& d) {
    d.space.dimensions = {{.key = "head.scale_cap", .scale = Scale::choice, .choices = {"50", "0.005"}},
                          {.key = "head.dropout", .low = 0, .high = .5}};
    d.sampler = Sampler::random;
    d.trials = 8;
  });
  Counter counter;
  EXPECT_TRUE(bench.run(counter, 2));
  std::size_t failed = 0, finished = 0;
  for (const TrialRecord& t : bench.store()->trials("s")) {
    failed += t.state == TrialState::failed;
    finished += t.state == TrialState::finished;
    if (t.state != TrialState::failed) continue;
    EXPECT_TRUE(test::holds(t.reason, "head.scale_floor")) << t.reason;
  }
  EXPECT_GT(failed, 0u);
  EXPECT_GT(finished, 0u);
  EXPECT_FALSE(finalists_of(bench.store()->trials("s"), {}).empty());
}

TEST(RunSearch, AnotherTableIsRefused) {
  Bench bench;
  bench.data = test::small_data(420);
  Counter counter;
  try {
    bench.run(counter);
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_TRUE(test::holds(error.what(), "its values differ")) << error.what();
  }
}

/// A store that fails when it is written to for the n-th time, as a full disk does.
class FailingStore : public SearchStore {
 public:
  FailingStore(std::unique_ptr<SearchStore> store, std::atomic<int>& writes)
      : store_(std::move(store)), writes_(writes) {}
  std::vector<std::string> studies() override { return store_->studies(); }
  std::optional<std::string> definition(const std::string& s) override { return store_->definition(s); }
  std::string create(const std::string& s, const std::string& d) override { return store_->create(s, d); }
  std::vector<TrialRecord> trials(const std::string& s) override { return store_->trials(s); }
  std::vector<EpochRecord> epochs(const std::string& s) override { return store_->epochs(s); }
  void decide(const std::string& s, const Decision& d) override {
    write();
    store_->decide(s, d);
  }
  bool keep_epoch(const std::string& s, const std::string& o, const TrialRecord& t, const EpochRecord& e,
                  std::string_view c) override {
    write();
    return store_->keep_epoch(s, o, t, e, c);
  }
  bool keep_outcome(const std::string& s, const std::string& o, const TrialRecord& t, std::string_view m) override {
    write();
    return store_->keep_outcome(s, o, t, m);
  }
  bool renew(const std::string& s, const TrialRecord& t, double end) override { return store_->renew(s, t, end); }
  std::string checkpoint(const std::string& s, const TrialRecord& t) override { return store_->checkpoint(s, t); }
  std::string model(const std::string& s, const TrialRecord& t) override { return store_->model(s, t); }

 private:
  void write() {
    if (--writes_ == 0) throw Error(ErrorKind::io, "a.db", "the disk is full");
  }

  std::unique_ptr<SearchStore> store_;
  std::atomic<int>& writes_;
};

/// Runs a study until its store fails at write number `writes`; true when it came to its end before.
bool runs_to_its_end(const Bench& bench, int writes, std::size_t workers) {
  std::atomic<int> left = writes;
  Counter counter;
  const auto open = [&]() -> std::unique_ptr<SearchStore> {
    return std::make_unique<FailingStore>(bench.store(), left);
  };
  try {
    return run_search(open, "s", bench.data, {workers, 1, 60.0}, counter);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io) << error.what();
  }
  // The lease of the epoch that was lost is held by this very process, which lives: it has to run out.
  bench.store()->decide("s", [](std::vector<TrialRecord> trials) {
    for (TrialRecord& t : trials) t.lease_end = 0;
    return trials;
  });
  return false;
}

TEST(RunSearch, CutOffAfterAnyWriteItComesToTheSameEnd) {
  const auto some_collapse = [](StudyDefinition& d) {
    d.space.dimensions[1] = {.key = "neuron.beta", .scale = Scale::choice, .choices = {"0.001", "1"}};
    d.rungs = {3, 4};
  };
  const Bench whole(some_collapse), cut(some_collapse);
  Counter counter;
  whole.run(counter);
  EXPECT_TRUE(test::holds(whole.outcome(), " pruned ")) << whole.outcome();
  // A lease and one write more each time: the cuts lie between all writes that follow each other.
  int turns = 1;
  while (!runs_to_its_end(cut, 3, 1) && turns < 200) ++turns;
  EXPECT_GT(turns, 20);
  EXPECT_EQ(cut.outcome(), whole.outcome());
}

TEST(RunSearch, AStoreThatFailsEndsTheSearchAndLosesNothing) {
  const Bench whole, bench;
  Counter counter, rest;
  whole.run(counter);
  EXPECT_FALSE(runs_to_its_end(bench, 20, 2));
  EXPECT_TRUE(bench.run(rest));
  EXPECT_EQ(bench.outcome(), whole.outcome());
}

TEST(RunSearch, ALostLeaseIsNoHarm) {
  const Bench bench;
  // Somebody takes the trial away after its first epoch.
  struct Thief : Counter {
    const Bench* bench = nullptr;
    bool lost = false;
    void on_epoch(const TrialRecord& t, const EpochRecord& e) override {
      Counter::on_epoch(t, e);
      if (epochs != 2) return;
      bench->store()->decide("s", [&](std::vector<TrialRecord> trials) {
        for (TrialRecord& other : trials) {
          if (other.state == TrialState::running) other.owner = "thief", other.lease_end = wall_clock() + 0.3;
        }
        return trials;
      });
    }
    void on_portion(const TrialRecord& t, PortionEnd end) override {
      Counter::on_portion(t, end);
      lost = lost || end == PortionEnd::lost;
    }
  } thief;
  thief.bench = &bench;
  EXPECT_TRUE(bench.run(thief));
  EXPECT_TRUE(thief.lost);
  const Bench whole;
  Counter counter;
  whole.run(counter);
  EXPECT_EQ(bench.outcome(), whole.outcome());
}

/// A store whose checkpoints take their time: work that no step interrupts.
class SlowStore : public FailingStore {
 public:
  SlowStore(std::unique_ptr<SearchStore> store, std::atomic<int>& never) : FailingStore(std::move(store), never) {}
  std::string checkpoint(const std::string& s, const TrialRecord& t) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return FailingStore::checkpoint(s, t);
  }
};

TEST(RunSearch, LongWorkKeepsItsLease) {
  const Bench bench([](StudyDefinition& d) {
    d.trials = 2;
    d.final_seeds = 1;
  });
  std::atomic<int> never = -1;
  struct Watch : Counter {
    std::size_t lost = 0;
    void on_portion(const TrialRecord& t, PortionEnd end) override {
      Counter::on_portion(t, end);
      lost += end == PortionEnd::lost;
    }
  } watch;
  const auto open = [&]() -> std::unique_ptr<SearchStore> { return std::make_unique<SlowStore>(bench.store(), never); };
  EXPECT_TRUE(run_search(open, "s", bench.data, {3, 1, 0.2}, watch));
  EXPECT_EQ(watch.lost, 0u);
  for (const auto& key : watch.seen) EXPECT_EQ(watch.seen.count(key), 1u) << "an epoch ran twice";
}

TEST(RunSearch, ADamagedCheckpointCostsItsTrialOnly) {
  const Bench whole, bench;
  Counter counter, some, rest;
  whole.run(counter);
  some.stop_after = 1;
  EXPECT_FALSE(bench.run(some));
  const auto store = bench.store();
  store->decide("s", [](std::vector<TrialRecord> trials) {
    trials[0].state = TrialState::running;
    trials[0].owner = "somebody";
    return trials;
  });
  const TrialRecord first = store->trials("s")[0];
  ASSERT_TRUE(store->keep_epoch("s", first.owner, first, store->epochs("s").front(), "damage"));
  store->decide("s", [](std::vector<TrialRecord> trials) {
    trials[0].state = TrialState::waiting;
    trials[0].owner.clear();
    return trials;
  });
  EXPECT_TRUE(bench.run(rest));
  EXPECT_EQ(bench.outcome(), whole.outcome());
}

TEST(RunSearch, SettingsThatDoNotFitTheTableFailTheirTrial) {
  const Bench bench([](StudyDefinition& d) {
    d.set.push_back({"neuron.prior", "ar1"});
    d.space.dimensions = {{.key = "encoder.stride", .scale = Scale::choice, .choices = {"4", "390"}},
                          {.key = "head.dropout", .low = 0, .high = .5}};
  });
  Counter counter;
  EXPECT_TRUE(bench.run(counter));
  std::size_t failed = 0, finished = 0;
  for (const TrialRecord& t : bench.store()->trials("s")) {
    failed += t.state == TrialState::failed;
    finished += t.state == TrialState::finished;
  }
  EXPECT_GT(failed, 0u);
  EXPECT_GT(finished, 0u);
}

TEST(SpentSeconds, CountTimeInWhichSomebodyTrained) {
  std::vector<EpochRecord> epochs(4);
  const double spans[4][2] = {{10, 14}, {12, 13}, {13, 16}, {20, 21}};
  for (int i = 0; i < 4; ++i) {
    epochs[static_cast<std::size_t>(i)].begun = spans[i][0];
    epochs[static_cast<std::size_t>(i)].ended = spans[i][1];
  }
  EXPECT_DOUBLE_EQ(spent_seconds(epochs), 7.0);
}

TEST(RunSearch, RefusesAWindowNormalisationLeftToTheTrials) {
  SearchObserver observer;
  const Bench set([](StudyDefinition& d) { d.set.emplace_back("window.norm", "auto"); });
  EXPECT_THROW(set.run(observer), Error);
  const Bench varied([](StudyDefinition& d) {
    d.space.dimensions.push_back({.key = "window.norm", .scale = Scale::choice, .choices = {"last", "auto"}});
  });
  EXPECT_THROW(varied.run(observer), Error);
}

}  // namespace
}  // namespace vdn::search
