#pragma once
// What the study of quality says of its cells: one data set at one horizon.

#include <array>
#include <set>
#include <string>
#include <vector>

#include <vdn/study/study.hpp>

namespace vdn::studies {

/// Whom the default is held against.
inline constexpr const char* own = "default";
inline constexpr std::array<const char*, 3> twins{"deterministic", "mixture", "noise"};
/// And the default with shared draws, over all series at once.
inline constexpr std::array<const char*, 4> together_rivals{"default", "deterministic shared", "mixture shared",
                                                            "noise shared"};

std::set<double> horizons_of(const TrialResults& results);
/// The trials of one horizon; the data set's name stands for them in tables.
TrialResults of_horizon(const TrialResults& results, double horizon);
/// Beside every arm, under its name and " shared", the same fits with latent draws shared across series.
TrialResults with_shared_draws(const TrialResults& results);

/// In how many cells the default is ahead of each twin, level with it (0 within the interval), or at most 1% behind;
/// the same over all series at once; how far its intervals and those of the horizon's sum are from nominal.
std::vector<std::string> quality_verdicts(const TrialResults& results);

}  // namespace vdn::studies
