#pragma once
// Whether a pick keeps its promise: the test part, which no search has looked at, with seeds no fit has used.

#include <cstddef>
#include <cstdint>
#include <memory>

#include <vdn/search/definition.hpp>
#include <vdn/search/trial_record.hpp>
#include <vdn/study/study.hpp>

namespace vdn::search {

/// Seeds of verify: 500000 + seed * 100 + k, beyond those of the final stage.
std::uint64_t verify_seed(const StudyDefinition& definition, std::size_t k);

/// The study (study/study.hpp) that fits a configuration and the settings as they are with `seeds` fresh seeds each and
/// scores both on at most 2048 windows of the test part, calibrated, origin by origin: arms "pick" and "default". Both
/// arguments must outlive it. Throws Error (usage) for an empty configuration, which is the settings as they are.
std::unique_ptr<Study> verification(const StudyDefinition& definition, const Configuration& configuration,
                                    std::size_t seeds);

}  // namespace vdn::search
