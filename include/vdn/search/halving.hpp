#pragma once
// What a study does next, as a function of its trials.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vdn/search/definition.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// A step of the ladder trials climb.
struct Rung {
  std::size_t epochs = 0;  ///< done in all when it is reached; 0: to the end
  bool by_regime = false;  ///< judged by the share of neurons outside their band
};

/// The epoch after which the share outside the band is looked at, and the share of a bracket that then goes on: the
/// threshold of `vdn study pruning`.
inline constexpr std::size_t regime_epoch = 2;
inline constexpr double regime_keep = 0.5;
/// Up to this share outside, the one the selection asks for, nobody ends for it.
inline constexpr double regime_tolerance = 0.42;

/// definition.rungs, and before them the rung of the regime where definition.prune asks for it and the first rung lies
/// behind it.
std::vector<Rung> ladder(const StudyDefinition& definition);

/// Who asks, and when.
struct Caller {
  std::string owner;                                     ///< its name in leases
  double now = 0.0, lease_end = 0.0;                     ///< seconds since 1970
  double spent = 0.0;                                    ///< seconds the study has been worked on
  std::function<bool(const std::string& owner)> gone{};  ///< true for owners known to be dead; may be empty
};

/// work: `trial`, leased to the caller, is to be trained until `epochs` are done (0: to its end). wait: others must
/// finish first. done: nothing is left to do, or to wait for.
struct NextStep {
  enum class Kind { work, wait, done } kind = Kind::done;
  TrialRecord trial = {};
  std::size_t epochs = 0;
  std::vector<TrialRecord> changes = {};  ///< for the store: new and changed records
};

/// Frees leases that ran out, judges rungs that are complete (asynchronous: promotes who is among the best share of
/// those that reached its rung), begins the next bracket (the next trial) and, when the search is over, the final
/// stage: the best `finalists` and number 0, seed by seed.
///
/// Trials of a bracket are ranked by better_trial; where the objectives hold the cost, by layers of the Pareto front of
/// score and parameters, and within a layer by better_trial. Of n trials at a rung ceil(keep n) go on. At the rung of
/// the regime, where four trials at least hold a band, the half of them ends that lies further outside, but nobody with
/// no more than regime_tolerance outside; trials without a band go on. Asynchronous: scores are those with which trials
/// came to the rung.
///
/// Under a budget of time the search ends when 60% of it is spent, wherever its trials are, and what the final stage
/// has no time for is dropped, but one fit of number 0 and one of the best.
///
/// Under synchronous halving and a number of trials, what is decided depends on no clock and no order of arrival.
NextStep next_step(const StudyDefinition& definition, const std::vector<TrialRecord>& trials, const Caller& caller);

/// True when the search's 60% of a budget of time are spent.
bool search_is_over(const StudyDefinition& definition, double spent);

/// The record of a trial whose portion is over: at its rung it waits to be judged; at the last one, and in the final
/// stage, it is finished. Gives the lease back.
TrialRecord rung_reached(const StudyDefinition& definition, TrialRecord trial);

}  // namespace vdn::search
