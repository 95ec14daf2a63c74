#include <vdn/search/lease_keeper.hpp>

#include <chrono>
#include <utility>

namespace vdn::search {

LeaseKeeper::LeaseKeeper(const StoreFactory& open, std::string study, TrialRecord trial, double lease_seconds)
    : study_(std::move(study)),
      trial_(std::move(trial)),
      thread_([this, open, lease_seconds] { run(open, lease_seconds); }) {}

LeaseKeeper::~LeaseKeeper() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void LeaseKeeper::run(const StoreFactory& open, double lease_seconds) {
  std::unique_ptr<SearchStore> store;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::duration<double>(lease_seconds / 4), [this] { return done_; })) {
    lock.unlock();
    try {
      if (!store) store = open();
      if (!store->renew(study_, trial_, wall_clock() + lease_seconds)) lost_ = true;
    } catch (const std::exception&) {  // the worker meets the same store, and tells
      store.reset();
    }
    lock.lock();
    if (lost_) return;
  }
}

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace vdn::search
