// Stores that are locked, full, damaged, of another program, or not there.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "search/sqlite_store_support.hpp"

namespace vdn::search {
namespace {

TEST_F(SqliteStore, ALockIsWaitedForAndThenNamed) {
  auto store = store_with(path, {running_trial(0)});
  store = open_sqlite_store(path, StoreAccess::join, 0.05);
  RawConnection raw(path);
  raw.exec("BEGIN EXCLUSIVE");
  const Error error = error_of_store([&] { add_trials(*store, {running_trial(1)}); });
  EXPECT_EQ(error.kind(), ErrorKind::io);
  EXPECT_EQ(error.place(), path);
  EXPECT_TRUE(holds(error.what(), "locked")) << error.what();
  EXPECT_EQ(store->trials("s").size(), 1u);
  raw.exec("ROLLBACK");
  add_trials(*store, {running_trial(1)});
  EXPECT_EQ(store->trials("s").size(), 2u);
}

// ---- files that cannot be used

bool limit_file_size(rlim_t bytes) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  limit.rlim_cur = bytes;
  return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

/// Keeps epochs until files may not grow any more, then one without that limit. Returns the number of epochs kept, 255
/// when something else went wrong.
int fill_store(const std::string& path, const TrialRecord& trial) {
  signal(SIGXFSZ, SIG_IGN);
  auto store = open_sqlite_store(path, StoreAccess::join);
  if (!limit_file_size(1 << 20)) return 255;
  const std::string checkpoint(50000, 'c');
  std::size_t kept = 0;
  const Error error = error_of_store([&] {
    for (; kept < 100; ++kept) store->keep_epoch("s", trial.owner, trial, epoch_of(trial, kept + 1), checkpoint);
  });
  if (error.kind() != ErrorKind::io || !holds(error.what(), path + ": cannot be read or written")) return 255;
  limit_file_size(RLIM_INFINITY);
  if (!store->keep_epoch("s", trial.owner, trial, epoch_of(trial, kept + 1), checkpoint)) return 255;
  return static_cast<int>(kept + 1);
}

TEST_F(SqliteStore, AFileThatCannotGrowLosesNothingThatWasKept) {
  const TrialRecord trial = running_trial(0);
  store_with(path, {trial});
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int kept = 255;
    try {
      kept = fill_store(path, trial);
    } catch (...) {
    }
    _exit(kept);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  const int kept = WEXITSTATUS(status);
  EXPECT_GT(kept, 2);
  ASSERT_NE(kept, 255);
  auto store = open_sqlite_store(path, StoreAccess::join);
  EXPECT_EQ(store->epochs("s").size(), static_cast<std::size_t>(kept));
  EXPECT_EQ(store->checkpoint("s", trial).size(), 50000u);
  EXPECT_TRUE(store->keep_epoch("s", trial.owner, trial, epoch_of(trial, 101), "more"));
}

TEST_F(SqliteStore, DamageIsSaidWithTheWaysOut) {
  {
    const TrialRecord trial = running_trial(0);
    auto store = store_with(path, {trial});
    store->keep_epoch("s", trial.owner, trial, epoch_of(trial, 1), std::string(100000, 'c'));
  }
  const auto size = fs::file_size(path);
  ASSERT_GT(size, 100000u);
  {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(size - 8192, 'Z');
  }
  for (const StoreAccess access : {StoreAccess::create, StoreAccess::join, StoreAccess::read}) {
    const Error error = error_of_store([&] { open_sqlite_store(path, access)->trials("s"); });
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_TRUE(holds(error.what(), path + ": is damaged")) << error.what();
    EXPECT_TRUE(holds(error.hint(), ".recover")) << error.hint();
  }
}

TEST_F(SqliteStore, RowsThatMakeNoSenseAreDamage) {
  auto store = store_with(path, {running_trial(4)});
  RawConnection raw(path);
  for (const char* spoiled : {"configuration = '[[1'", "configuration = '[[1, 2]]'", "configuration = 'null'",
                              "state = 'odd'", "figures = '{\"a\": \"b\"}'", "figures = '7'"}) {
    raw.exec("UPDATE trials SET configuration = '[]', state = 'paused', figures = '{}'");
    EXPECT_EQ(store->trials("s").size(), 1u);
    raw.exec(std::string("UPDATE trials SET ") + spoiled);
    const Error error = error_of_store([&] { store->trials("s"); });
    EXPECT_EQ(error.kind(), ErrorKind::data) << spoiled;
    EXPECT_TRUE(holds(error.what(), path + ": is damaged: trial 4: ")) << error.what();
  }
  raw.exec("DROP TABLE regimes");
  EXPECT_EQ(error_of_store([&] { store->epochs("s"); }).kind(), ErrorKind::data);
}

TEST_F(SqliteStore, OtherFilesAreRefusedAndLeftAlone) {
  const std::string text = "date,value\n2020-01-01,1\n";
  const std::string table = folder.write("table.csv", text);
  const std::string other = (folder.path() / "other.db").string();
  RawConnection(other).exec("CREATE TABLE mails (id INTEGER)");
  const std::string marked = (folder.path() / "marked.db").string();
  RawConnection(marked).exec("PRAGMA application_id = 5");
  for (const std::string& file : {table, other, marked}) {
    for (const StoreAccess access : {StoreAccess::create, StoreAccess::join, StoreAccess::read}) {
      const Error error = error_of_store([&] { open_sqlite_store(file, access); });
      EXPECT_EQ(error.kind(), ErrorKind::data);
      EXPECT_TRUE(holds(error.what(), file + ": is no AutoPilot store")) << error.what();
    }
  }
  EXPECT_EQ(fs::file_size(table), text.size());
}

TEST_F(SqliteStore, ANewerVersionIsRefused) {
  store_with(path, {});
  RawConnection(path).exec("PRAGMA user_version = 2");
  for (const StoreAccess access : {StoreAccess::create, StoreAccess::join, StoreAccess::read}) {
    const Error error = error_of_store([&] { open_sqlite_store(path, access); });
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_TRUE(holds(error.what(), "was written by a newer vdn")) << error.what();
  }
}

TEST_F(SqliteStore, OnlyCreateMakesAFile) {
  for (const StoreAccess access : {StoreAccess::join, StoreAccess::read}) {
    const Error missing = error_of_store([&] { open_sqlite_store(path, access); });
    EXPECT_EQ(missing.kind(), ErrorKind::no_input);
    EXPECT_TRUE(holds(missing.what(), path + ": there is no such store")) << missing.what();
    EXPECT_EQ(error_of_store([&] { open_sqlite_store(folder.path().string(), access); }).kind(), ErrorKind::no_input);
    const std::string empty = folder.write("empty.db", "");
    EXPECT_EQ(error_of_store([&] { open_sqlite_store(empty, access); }).kind(), ErrorKind::data);
  }
  EXPECT_FALSE(fs::exists(path));
  for (const std::string& place : {folder.path().string(), path + "/x/y.db", std::string()}) {
    const Error error = error_of_store([&] { open_sqlite_store(place, StoreAccess::create); });
    EXPECT_EQ(error.kind(), ErrorKind::cannot_create) << place << error.what();
  }
}

}  // namespace
}  // namespace vdn::search
