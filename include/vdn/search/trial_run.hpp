#pragma once
// One portion of a trial: from its last checkpoint to the next rung.

#include <cstddef>
#include <functional>
#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/search/definition.hpp>
#include <vdn/search/lease_keeper.hpp>
#include <vdn/search/prepared_fits.hpp>
#include <vdn/search/store.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// How a portion ended: the trial reached its rung, ended for good (pruned, failed), was stopped by the user, or
/// somebody else holds its lease by now.
enum class PortionEnd { reached, ended, stopped, lost };

/// What a worker is told while a trial trains. Called from the thread of the worker.
struct TrialEvents {
  std::function<void(const TrialRecord& trial, const EpochRecord& epoch)> on_epoch{};
  std::function<bool()> stop_requested{};  ///< asked after every step
  std::function<bool()> out_of_time{};     ///< asked after every epoch of the search: the trial stays where it is
};

/// Everything of a study that its trials need.
struct TrialContext {
  const StudyDefinition& definition;
  std::string study;
  SearchStore& store;
  const StoreFactory& open;  ///< for who keeps the lease
  PreparedFits& fits;
  Scheduler& scheduler;
  double lease_seconds = 60.0;
};

/// Trains a leased trial until `epochs` are done in all (0: to its end), keeps every epoch with its checkpoint, and in
/// the final stage the figures and the model; `trial` is left as it was kept. Without a checkpoint, or with one that is
/// damaged or of another version, it begins anew. A trial that cannot be trained (its settings contradict each other or
/// do not fit the table, its loss is not finite, memory is short) ends as failed with the message. Throws what the
/// store throws.
PortionEnd run_portion(const TrialContext& context, TrialRecord& trial, std::size_t epochs, const TrialEvents& events);

/// Settings of a trial.
Settings trial_settings(const StudyDefinition& definition, const TrialRecord& trial);
/// Where each of them came from, for the model: "preset default", "set for the whole search", "configuration 3 of the
/// search", "seed of the search".
SettingOrigins trial_origins(const StudyDefinition& definition, const TrialRecord& trial);

}  // namespace vdn::search
