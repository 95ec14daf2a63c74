#pragma once
// Who of the trials at a rung goes on: the best by score, or those whose neurons keep near the band. The rules are
// those of halving.hpp; when they are applied is the scheduler's.

#include <cstddef>
#include <vector>

#include <vdn/search/definition.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

using Records = std::vector<TrialRecord*>;

/// ceil(share n), at least 1; not led astray by the last bit of the product.
std::size_t kept_of(double share, std::size_t n);

/// Best first, by better_trial; where `objectives` hold the cost, in layers of the front of score and parameters.
Records ranked(Records trials, const std::vector<Objective>& objectives);

/// Those of the trials that are held by a band, least outside first.
Records under_band(const Records& trials);
/// Whether the trial at `place` of these is in the worse half, worse than the last that is kept, and beyond
/// regime_tolerance.
bool lies_outside(const Records& banded, std::size_t place);
/// Ends it, with the reason.
void prune_outside(TrialRecord& trial, std::size_t place, std::size_t of);

}  // namespace vdn::search
