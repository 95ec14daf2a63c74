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

/// Throws Error (data) when the values of `data` are not those the study began with.
void require_same_values(const StudyDefinition& definition, const std::string& study, const LoadedData& data);

/// How long a study has been worked on, seconds: the time in which one worker at least was at an epoch.
double spent_seconds(const std::vector<EpochRecord>& epochs);

}  // namespace vdn::search
