#pragma once
// Where studies are kept, as an interface: a decision, an epoch, an outcome are stored whole or not at all, and several
// processes may use one store.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// Maps the trials of a study as they stand to those that are new or have changed. It may run more than once.
using Decision = std::function<std::vector<TrialRecord>(const std::vector<TrialRecord>& trials)>;

/// All functions throw Error naming the store: (io) when it is locked for longer than it waits, full or cannot be read
/// or written; (data) when it is damaged, no store, or of a newer version.
class SearchStore {
 public:
  virtual ~SearchStore() = default;

  virtual std::vector<std::string> studies() = 0;
  /// The definition of a study (a JSON text); nothing when there is no such study.
  virtual std::optional<std::string> definition(const std::string& study) = 0;
  /// Creates the study unless there is one of that name. Returns the definition that then is stored.
  virtual std::string create(const std::string& study, const std::string& definition) = 0;

  /// All trials, search before final stage, then by seed of the final stage, then by number.
  virtual std::vector<TrialRecord> trials(const std::string& study) = 0;
  /// By trial as above, then by epoch.
  virtual std::vector<EpochRecord> epochs(const std::string& study) = 0;

  /// Runs `decide` alone among all users of the store and keeps what it returns: records are told apart by number and
  /// seed, new ones are added. Checkpoints of trials that ended are removed.
  virtual void decide(const std::string& study, const Decision& decide) = 0;

  /// An epoch of a trial whose lease `owner` holds: its figures, the trial's record, its checkpoint unless the trial
  /// ended. False, and nothing kept, when `owner` does not hold the lease any more.
  virtual bool keep_epoch(const std::string& study, const std::string& owner, const TrialRecord& trial,
                          const EpochRecord& epoch, std::string_view checkpoint) = 0;
  /// The record of a trial, with a model when there is one. Owner and result as above.
  virtual bool keep_outcome(const std::string& study, const std::string& owner, const TrialRecord& trial,
                            std::string_view model) = 0;
  /// Prolongs a lease. False as above.
  virtual bool renew(const std::string& study, const TrialRecord& trial, double lease_end) = 0;

  /// Bytes of the last epoch kept, of the model; "" when there are none.
  virtual std::string checkpoint(const std::string& study, const TrialRecord& trial) = 0;
  virtual std::string model(const std::string& study, const TrialRecord& trial) = 0;
};

/// What is to be done with the file.
enum class StoreAccess {
  create,  ///< read and write; the file is created where it is missing
  join,    ///< read and write; throws Error (no_input) when there is none
  read     ///< read only, beside whoever writes; throws likewise
};

/// A store in one SQLite file in WAL mode. `wait` seconds a locked store is waited for. One per thread.
std::unique_ptr<SearchStore> open_sqlite_store(const std::string& path, StoreAccess access, double wait = 30.0);

}  // namespace vdn::search
