#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "search/sqlite_store_support.hpp"

namespace vdn::search {
namespace {

// ---- what is kept comes back

TEST_F(SqliteStore, StudiesAreCreatedOnce) {
  auto store = open_sqlite_store(path, StoreAccess::create);
  EXPECT_TRUE(store->studies().empty());
  EXPECT_EQ(store->definition("energy"), std::nullopt);
  EXPECT_EQ(store->create("energy", "{\"horizon\": 24}"), "{\"horizon\": 24}");
  EXPECT_EQ(store->create("energy", "{\"horizon\": 96}"), "{\"horizon\": 24}");
  EXPECT_EQ(store->create("another 'one'", ""), "");
  EXPECT_EQ(open_sqlite_store(path, StoreAccess::join)->definition("energy"), "{\"horizon\": 24}");
  EXPECT_EQ(store->studies(), (std::vector<std::string>{"energy", "another 'one'"}));
}

TEST_F(SqliteStore, EveryFieldOfATrialComesBack) {
  TrialRecord trial;
  trial.number = std::numeric_limits<std::uint64_t>::max();
  trial.seed = (std::uint64_t{1} << 63) + 5;
  trial.final_stage = true;
  trial.configuration = {{"train.learning_rate", "0.0004"}, {"a\"b'c\\", "line\nend; ä \u20ac"}, {"", ""}, {"", "x"}};
  trial.state = TrialState::paused;
  trial.rung = 2;
  trial.epochs = 11;
  trial.valid = true;
  trial.penalty = 0.1 + 0.2;
  trial.score = -store_inf;
  trial.outside = 1e-310;
  trial.parameters = 123456789012;
  trial.seconds = 1.0 / 3.0;
  trial.reason = std::string("the loss ran away\0, it's said", 29);
  trial.owner = "machine:1:2";
  trial.lease_end = 1.7e9 + 1.0 / 1024;
  trial.figures = {{"nan", store_nan}, {"inf", store_inf}, {"-inf", -store_inf}, {"crps", 0.1}, {"whole", 3.0}};
  TrialRecord plain;  // score inf, outside NaN
  plain.penalty = store_nan;
  plain.score = store_nan;
  store_with(path, {trial, plain});
  const auto trials = open_sqlite_store(path, StoreAccess::read)->trials("s");
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(comparable(trials[0]), comparable(plain));
  EXPECT_EQ(comparable(trials[1]), comparable(trial));
}

TEST_F(SqliteStore, EveryFieldOfAnEpochComesBack) {
  const TrialRecord trial = running_trial(3);
  auto store = store_with(path, {trial});
  const EpochRecord full{3,   7,   1,   0.1, 0.2, 0.3, 0.4, false, 0.5, -store_inf, 0.7,
                         4.5, 5.5, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3,   1.4, 1.5,        "dead, silent"};
  EpochRecord gaps = epoch_of(trial, 2);
  gaps.train_loss = store_inf;
  gaps.score = store_nan;
  gaps.inside = gaps.low = gaps.high = gaps.beta = store_nan;
  EXPECT_TRUE(store->keep_epoch("s", trial.owner, trial, gaps, "second"));
  EXPECT_TRUE(store->keep_epoch("s", trial.owner, trial, gaps, "first"));
  EXPECT_TRUE(store->keep_epoch("s", trial.owner, trial, full, "first"));  // again: replaced
  const auto epochs = store->epochs("s");
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_EQ(comparable(epochs[0]), comparable(full));
  EXPECT_EQ(comparable(epochs[1]), comparable(gaps));
}

TEST_F(SqliteStore, TrialsComeInTheirOrder) {
  constexpr std::uint64_t large = std::uint64_t{1} << 63;
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> search{{0, 9}, {5, 1}, {large, 0}};  // number, seed
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> last{{5, 1000}, {7, 1000}, {0, 1001}, {5, large + 1}};
  std::vector<TrialRecord> ordered;
  for (const bool final_stage : {false, true}) {
    for (const auto& [number, seed] : final_stage ? last : search) {
      TrialRecord trial = running_trial(number);
      trial.seed = seed;
      trial.final_stage = final_stage;
      ordered.push_back(trial);
    }
  }
  auto store = store_with(path, {ordered.rbegin(), ordered.rend()});
  for (const TrialRecord& trial : ordered) {
    for (const std::size_t epoch : {2u, 1u}) store->keep_epoch("s", trial.owner, trial, epoch_of(trial, epoch), "");
  }
  const auto trials = store->trials("s");
  const auto epochs = store->epochs("s");
  ASSERT_EQ(trials.size(), ordered.size());
  ASSERT_EQ(epochs.size(), 2 * ordered.size());
  for (std::size_t k = 0; k < ordered.size(); ++k) {
    EXPECT_EQ(comparable(trials[k]), comparable(ordered[k])) << k;
    EXPECT_EQ(epochs[2 * k], epoch_of(ordered[k], 1)) << k;
    EXPECT_EQ(epochs[2 * k + 1], epoch_of(ordered[k], 2)) << k;
  }
}

TEST_F(SqliteStore, ModelsAreKeptToTheByte) {
  std::string bytes(1 << 20, '\0');
  for (std::size_t k = 0; k < bytes.size(); ++k) bytes[k] = static_cast<char>(k * 31 + (k >> 8));
  TrialRecord trial = running_trial(0);
  auto store = store_with(path, {trial, running_trial(1)});
  EXPECT_EQ(store->model("s", trial), "");
  trial.state = TrialState::finished;
  trial.owner = "";
  EXPECT_TRUE(store->keep_outcome("s", "worker", trial, bytes));
  EXPECT_TRUE(store->model("s", trial) == bytes);
  EXPECT_EQ(store->model("s", running_trial(1)), "");
  EXPECT_EQ(comparable(store->trials("s")[0]), comparable(trial));
}

TEST_F(SqliteStore, StudiesDoNotMix) {
  auto store = store_with(path, {running_trial(0)});
  store->create("other", "{}");
  EXPECT_TRUE(store->trials("other").empty());
  EXPECT_FALSE(
      store->keep_epoch("other", running_trial(0).owner, running_trial(0), epoch_of(running_trial(0), 1), "x"));
  EXPECT_EQ(store->checkpoint("s", running_trial(0)), "");
}

TEST_F(SqliteStore, AnUnknownStudyIsNamedWithThoseThereAre) {
  auto store = store_with(path, {});
  store->create("energy", "{}");
  const Error error = error_of_store([&] { store->trials("enrgy"); });
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_EQ(std::string(error.what()), path + ": no study 'enrgy'; did you mean 'energy'? it holds s, energy");
  EXPECT_EQ(error_of_store([&] { add_trials(*open_sqlite_store(path + "2", StoreAccess::create), {}); }).hint(),
            "it holds none yet");
}

TEST_F(SqliteStore, NamesThatSqliteReadsOtherwiseAreFiles) {
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  for (const char* name : {":memory:", "file:x?mode=memory"}) {
    open_sqlite_store(name, StoreAccess::create);
    EXPECT_TRUE(fs::exists(folder.path() / name)) << name;
  }
  fs::current_path(before);
}

// ---- decisions

TEST_F(SqliteStore, ADecisionAddsAndUpdates) {
  auto store = store_with(path, {running_trial(0), running_trial(1)});
  store->keep_epoch("s", running_trial(0).owner, running_trial(0), epoch_of(running_trial(0), 1), "bytes");
  store->decide("s", [](const std::vector<TrialRecord>& trials) {
    EXPECT_EQ(trials.size(), 2u);
    TrialRecord changed = trials.at(0);
    changed.rung = 1;
    TrialRecord same_number = running_trial(1);
    same_number.seed = 8;
    return std::vector<TrialRecord>{changed, running_trial(2), same_number};
  });
  const auto trials = store->trials("s");
  ASSERT_EQ(trials.size(), 4u);
  EXPECT_EQ(trials[0].rung, 1u);
  EXPECT_EQ(trials[1].seed, 7u);
  EXPECT_EQ(trials[2].seed, 8u);
  EXPECT_EQ(trials[3].number, 2u);
  EXPECT_EQ(store->epochs("s").size(), 1u);
  EXPECT_EQ(store->checkpoint("s", running_trial(0)), "bytes");
}

TEST_F(SqliteStore, ADecisionThatFailsLeavesEverything) {
  auto store = store_with(path, {running_trial(0)});
  const auto fails = [](const std::vector<TrialRecord>&) -> std::vector<TrialRecord> {
    throw std::runtime_error("no decision");
  };
  EXPECT_THROW(store->decide("s", fails), std::runtime_error);
  TrialRecord unprintable = running_trial(2);
  unprintable.configuration = {{"data.name", "\xff"}};
  const Error error = error_of_store([&] { add_trials(*store, {running_trial(1), unprintable}); });
  EXPECT_EQ(error.kind(), ErrorKind::data);
  EXPECT_TRUE(holds(error.what(), "trial 2")) << error.what();
  ASSERT_EQ(store->trials("s").size(), 1u);
  add_trials(*store, {running_trial(1)});
  EXPECT_EQ(open_sqlite_store(path, StoreAccess::read)->trials("s").size(), 2u);
}

TEST_F(SqliteStore, CheckpointsGoWhenTrialsEnd) {
  using enum TrialState;
  auto store = store_with(path, {});
  std::uint64_t number = 0;
  for (const TrialState state : {waiting, running, paused, finished, dropped, pruned, failed}) {
    for (const bool decided : {true, false}) {
      TrialRecord trial = running_trial(++number);
      add_trials(*store, {trial});
      store->keep_epoch("s", trial.owner, trial, epoch_of(trial, 1), "bytes");
      EXPECT_EQ(store->checkpoint("s", trial), "bytes");
      trial.state = state;
      if (decided) {
        add_trials(*store, {trial});
      } else {
        EXPECT_TRUE(store->keep_outcome("s", "worker", trial, ""));
      }
      EXPECT_EQ(store->checkpoint("s", trial), ended(state) ? "" : "bytes") << state_name(state);
      EXPECT_EQ(store->trials("s").back().state, state);
    }
  }
}

TEST_F(SqliteStore, StatesHaveNames) {
  for (const char* name : {"waiting", "running", "paused", "finished", "dropped", "pruned", "failed"}) {
    EXPECT_STREQ(state_name(parse_state(name)), name);
  }
  EXPECT_EQ(error_of_store([] { parse_state("gone"); }).kind(), ErrorKind::data);
}

// ---- leases

TEST_F(SqliteStore, WhoLostALeaseKeepsNothing) {
  const TrialRecord mine = running_trial(0, "me");
  auto store = store_with(path, {mine});
  EXPECT_TRUE(store->keep_epoch("s", mine.owner, mine, epoch_of(mine, 1), "mine"));
  add_trials(*open_sqlite_store(path, StoreAccess::join), {running_trial(0, "you")});
  TrialRecord done = mine;
  done.state = TrialState::finished;
  EXPECT_FALSE(store->keep_epoch("s", mine.owner, mine, epoch_of(mine, 2), "late"));
  EXPECT_FALSE(store->keep_outcome("s", "me", done, "model"));
  EXPECT_FALSE(store->renew("s", mine, 5000.0));
  EXPECT_EQ(store->epochs("s").size(), 1u);
  EXPECT_EQ(store->checkpoint("s", mine), "mine");
  EXPECT_EQ(store->model("s", mine), "");
  EXPECT_EQ(comparable(store->trials("s").at(0)), comparable(running_trial(0, "you")));
}

TEST_F(SqliteStore, NobodyHoldsATrialThatDoesNotRun) {
  TrialRecord paused = running_trial(0), free = running_trial(1, "");
  paused.state = TrialState::paused;
  auto store = store_with(path, {paused, free});
  for (const TrialRecord& trial : {paused, free, running_trial(2)}) {
    EXPECT_FALSE(store->keep_epoch("s", trial.owner, trial, epoch_of(trial, 1), "x"));
    EXPECT_FALSE(store->keep_outcome("s", trial.owner, trial, "x"));
    EXPECT_FALSE(store->renew("s", trial, 5000.0));
  }
  EXPECT_EQ(store->trials("s").size(), 2u);
}

TEST_F(SqliteStore, LeasesAreRenewed) {
  const TrialRecord trial = running_trial(0);
  auto store = store_with(path, {trial, running_trial(1)});
  EXPECT_TRUE(store->renew("s", trial, 5000.25));
  EXPECT_EQ(store->trials("s").at(0).lease_end, 5000.25);
  EXPECT_EQ(store->trials("s").at(1).lease_end, 1000.5);
}

// ---- several users

TEST_F(SqliteStore, NoDecisionOfTwoUsersIsLost) {
  store_with(path, {running_trial(0)});
  const auto count_up = [&] {
    auto store = open_sqlite_store(path, StoreAccess::join);
    for (int k = 0; k < 200; ++k) {
      store->decide("s", [](std::vector<TrialRecord> trials) {
        ++trials.at(0).epochs;
        return trials;
      });
    }
  };
  auto other = std::async(std::launch::async, count_up);
  count_up();
  other.get();
  EXPECT_EQ(open_sqlite_store(path, StoreAccess::read)->trials("s").at(0).epochs, 400u);
}

TEST_F(SqliteStore, ManyMayCreateItAtOnce) {
  std::vector<std::future<std::string>> all;
  all.reserve(8);
  for (int k = 0; k < 8; ++k) {
    all.push_back(std::async(std::launch::async, [&, k] {
      return open_sqlite_store(path, StoreAccess::create)->create("s", std::to_string(k));
    }));
  }
  const std::string first = all.at(0).get();
  for (std::size_t k = 1; k < all.size(); ++k) EXPECT_EQ(all[k].get(), first);
}

TEST_F(SqliteStore, AReaderSeesWhatWasKeptWhileAnotherWrites) {
  auto writer = store_with(path, {running_trial(0)});
  auto reader = open_sqlite_store(path, StoreAccess::read, 0.0);
  writer->decide("s", [&](std::vector<TrialRecord> trials) {
    EXPECT_EQ(reader->trials("s").size(), 1u);
    trials.push_back(running_trial(1));
    return trials;
  });
  EXPECT_EQ(reader->trials("s").size(), 2u);
  RawConnection raw(path);
  raw.exec("BEGIN IMMEDIATE; UPDATE trials SET rung = 9 WHERE number = 0");
  EXPECT_EQ(reader->trials("s").at(0).rung, 0u);
  raw.exec("UPDATE trials SET rung = 9; COMMIT");
  for (const TrialRecord& trial : reader->trials("s")) EXPECT_EQ(trial.rung, 9u);
}

TEST_F(SqliteStore, IsReadWhenNobodyElseHasIt) {
  store_with(path, {running_trial(0)});
  EXPECT_FALSE(fs::exists(path + "-wal"));
  auto reader = open_sqlite_store(path, StoreAccess::read);
  EXPECT_EQ(reader->trials("s").size(), 1u);
  const Error error = error_of_store([&] { add_trials(*reader, {running_trial(1)}); });
  EXPECT_EQ(error.kind(), ErrorKind::io);
  EXPECT_TRUE(holds(error.what(), "cannot be written")) << error.what();
  auto writer = open_sqlite_store(path, StoreAccess::join);
  add_trials(*writer, {running_trial(1)});
  EXPECT_EQ(reader->trials("s").size(), 2u);
}

}  // namespace
}  // namespace vdn::search
