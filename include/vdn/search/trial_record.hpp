#pragma once
// What is known of the trials of a search.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vdn::search {

/// What a trial changes of the study's settings: {"train.learning_rate", "0.0004"}, in the order of the space. Empty:
/// the settings as they are.
using Configuration = std::vector<std::pair<std::string, std::string>>;

/// waiting: to be trained up to its rung; running: somebody does; paused: at its rung, to be judged; finished: at the
/// end of its stage; dropped: others were better; pruned: its neurons or its loss spoke against it; failed: it could
/// not be trained.
enum class TrialState { waiting, running, paused, finished, dropped, pruned, failed };
/// "waiting", ...
const char* state_name(TrialState state);
/// Throws Error (data) for another word.
TrialState parse_state(const std::string& word);
/// True when nothing more will be done to it.
bool ended(TrialState state);

/// One configuration with one seed. Configurations keep their number in the final stage, where seeds differ.
struct TrialRecord {
  std::uint64_t number = 0;  ///< of the configuration
  std::uint64_t seed = 0;
  bool final_stage = false;
  Configuration configuration = {};
  TrialState state = TrialState::waiting;
  std::size_t rung = 0;    ///< it is trained up to; number of the rung, from 0
  std::size_t epochs = 0;  ///< done
  // Of the best epoch so far (better_score); lower is better.
  bool valid = false;
  double penalty = 0.0;
  double score = std::numeric_limits<double>::infinity();
  double outside = std::numeric_limits<double>::quiet_NaN();  ///< share outside the band after epoch 2; NaN: no band
  std::size_t parameters = 0;
  double seconds = 0.0;     ///< of training
  std::string reason = {};  ///< why it was dropped, pruned or failed
  std::string owner = {};   ///< of the lease; "" for none
  double lease_end = 0.0;   ///< seconds since 1970
  /// Of the search: "score at rung R", as it was when the rung was reached. Of the final stage: validation_nll,
  /// validation_joint_nll, validation_crps, calibration (mean distance of 80 and 90% intervals from nominal),
  /// robustness (CRPS under noise less CRPS), seconds.
  std::map<std::string, double> figures = {};

  bool operator==(const TrialRecord&) const = default;
};

/// One epoch of a trial, with the regime of its neurons.
struct EpochRecord {
  std::uint64_t number = 0, seed = 0;
  std::size_t epoch = 0;  ///< from 1
  double train_loss = 0.0, validation_nll = 0.0, validation_crps = 0.0, validation_mse = 0.0;
  bool valid = true;
  double penalty = 0.0, score = 0.0;
  double seconds = 0.0;             ///< of this epoch
  double begun = 0.0, ended = 0.0;  ///< since 1970; what came before a portion's first epoch belongs to it
  // Regime; NaN where it is not known, shares of the band where none is held.
  double inside = 0.0, low = 0.0, high = 0.0, info = 0.0, alive = 0.0, kl = 0.0, beta = 0.0, activity = 0.0;
  std::string collapse = {};  ///< modes present, ", " between them; none before the constraints had a ramp to act

  bool operator==(const EpochRecord&) const = default;
};

}  // namespace vdn::search
