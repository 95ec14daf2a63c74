#pragma once
// Whether a pick keeps its promise: the test part, which no search has looked at, with seeds no fit has used.

#include <cstddef>
#include <cstdint>
#include <string>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/search/definition.hpp>
#include <vdn/search/trial_record.hpp>
#include <vdn/study/study.hpp>
#include <vdn/train/observer.hpp>

namespace vdn::search {

/// Seeds of verify: 500000 + seed * 100 + k, beyond those of the final stage.
std::uint64_t verify_seed(const StudyDefinition& definition, std::size_t k);

/// Fits the configuration and the settings as they are with `seeds` fresh seeds each and scores both on at most 2048
/// windows of the test part, calibrated, origin by origin: arms "pick" and "default" (study/study.hpp compares them).
/// Every fit that ends is kept in FOLDER/trials.jsonl, from which the same call goes on. An empty configuration is
/// fitted once a seed, for both arms. `interrupted` is set when the observer asked to stop. Throws what fitting throws.
StudyRun verify(const StudyDefinition& definition, const Configuration& configuration, std::size_t seeds,
                const LoadedData& data, const std::string& folder, Scheduler& scheduler, StudyObserver& observer);

/// What the fits say: a table of means, and the paired differences in CRPS, NLL and MSE.
StudyFindings verify_findings(const StudyRun& run);

}  // namespace vdn::search
