#pragma once
// Workers that carry a study to its end.

#include <cstddef>
#include <functional>
#include <string>

#include <vdn/data/load.hpp>
#include <vdn/search/definition.hpp>
#include <vdn/search/store.hpp>
#include <vdn/search/trial_run.hpp>

namespace vdn::search {

/// A worker's store: each opens one of its own.
using StoreFactory = std::function<std::unique_ptr<SearchStore>()>;

/// Whom a search tells how it goes. Called from any worker, one call at a time.
class SearchObserver {
 public:
  virtual ~SearchObserver() = default;
  /// A portion begins; `epochs` as in NextStep.
  virtual void on_begin(const TrialRecord& /*trial*/, std::size_t /*epochs*/) {}
  virtual void on_epoch(const TrialRecord& /*trial*/, const EpochRecord& /*epoch*/) {}
  virtual void on_portion(const TrialRecord& /*trial*/, PortionEnd /*end*/) {}
  /// True ends the search after the step under way; trials go on from their last epoch. Asked from every worker.
  virtual bool stop_requested() { return false; }
};

struct SearchWorkers {
  std::size_t workers = 1;  ///< at a time
  std::size_t threads_per_worker = 1;
  double lease_seconds = 60.0;
};

/// Runs the study until nothing is left to do; waits for other processes that work on it too. Returns false when it was
/// stopped. What a worker throws ends all of them and is thrown on; the trials of the others go on from their last
/// epoch. Throws Error (data) when `data` is not the table the study began with.
bool run_search(const StoreFactory& open, const std::string& study, const LoadedData& data,
                const SearchWorkers& workers, SearchObserver& observer);

/// Training time of a study, shared by the workers that trained side by side, seconds.
double spent_seconds(const std::vector<EpochRecord>& epochs);

}  // namespace vdn::search
