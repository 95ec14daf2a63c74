#pragma once
// Keeps a lease alive while its trial is worked on, whatever the work is: steps, validation, calibration.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <vdn/search/store.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// A worker's store: each thread opens one of its own.
using StoreFactory = std::function<std::unique_ptr<SearchStore>()>;

/// Renews the lease of `trial` by its owner four times a lease, from a thread with a store of its own, until it is
/// destroyed. A store that fails is tried again: the lease lives on for three more turns.
class LeaseKeeper {
 public:
  LeaseKeeper(const StoreFactory& open, std::string study, TrialRecord trial, double lease_seconds);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  /// True once somebody else holds the lease.
  bool lost() const { return lost_; }

 private:
  void run(const StoreFactory& open, double lease_seconds);
  std::string study_;
  TrialRecord trial_;
  std::atomic<bool> lost_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

/// Seconds since 1970.
double wall_clock();

}  // namespace vdn::search
