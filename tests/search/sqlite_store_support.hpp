#pragma once
// What the tests of the store share.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/search/store.hpp>

#include "support/support.hpp"

namespace vdn::search {
namespace fs = std::filesystem;
using test::holds;

inline constexpr double store_inf = std::numeric_limits<double>::infinity();
inline constexpr double store_nan = std::numeric_limits<double>::quiet_NaN();

/// A connection past the store, for what the store itself never does.
class RawConnection {
 public:
  explicit RawConnection(const std::string& path) { sqlite3_open(path.c_str(), &handle_); }
  ~RawConnection() { sqlite3_close(handle_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  void exec(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    ASSERT_EQ(code, SQLITE_OK) << sql << ": " << sqlite3_errmsg(handle_);
  }

 private:
  sqlite3* handle_ = nullptr;
};

/// What an action throws; Error (software) when it throws nothing.
template <class Action>
Error error_of_store(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::software, "", "nothing was thrown"};
}

inline TrialRecord running_trial(std::uint64_t number, const std::string& owner = "worker") {
  TrialRecord trial;
  trial.number = number;
  trial.seed = 7;
  trial.state = TrialState::running;
  trial.owner = owner;
  trial.lease_end = 1000.5;
  return trial;
}

inline EpochRecord epoch_of(const TrialRecord& trial, std::size_t number) {
  EpochRecord epoch;
  epoch.number = trial.number;
  epoch.seed = trial.seed;
  epoch.epoch = number;
  epoch.train_loss = 1.0 / static_cast<double>(number);
  return epoch;
}

inline void add_trials(SearchStore& store, const std::vector<TrialRecord>& trials) {
  store.decide("s", [&](const std::vector<TrialRecord>&) { return trials; });
}

/// A store of one study "s" with some trials.
inline std::unique_ptr<SearchStore> store_with(const std::string& path, const std::vector<TrialRecord>& trials) {
  auto store = open_sqlite_store(path, StoreAccess::create);
  store->create("s", "{}");
  add_trials(*store, trials);
  return store;
}

/// NaN equals nothing: a number nobody uses stands for it.
inline void replace_nan(double& value) {
  if (std::isnan(value)) value = -987654.25;
}

inline TrialRecord comparable(TrialRecord trial) {
  for (double* value : {&trial.penalty, &trial.score, &trial.outside, &trial.seconds, &trial.lease_end}) {
    replace_nan(*value);
  }
  for (auto& [name, value] : trial.figures) replace_nan(value);
  return trial;
}

inline EpochRecord comparable(EpochRecord e) {
  for (double* value : {&e.train_loss, &e.validation_nll, &e.validation_crps, &e.validation_mse, &e.penalty, &e.score,
                        &e.seconds, &e.inside, &e.low, &e.high, &e.info, &e.alive, &e.kl, &e.beta, &e.activity}) {
    replace_nan(*value);
  }
  return e;
}

class SqliteStore : public testing::Test {
 protected:
  test::TemporaryDirectory folder;
  std::string path = (folder.path() / "autopilot.db").string();
};

}  // namespace vdn::search
