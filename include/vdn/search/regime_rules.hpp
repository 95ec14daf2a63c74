#pragma once
// When a trial ends because of what its neurons or its loss do, not because others are better.

#include <string>

#include <vdn/model/settings.hpp>
#include <vdn/search/trial_record.hpp>

namespace vdn::search {

/// From epoch 2 on, before which every network finds its way:
///   divergence   the validation NLL or the score is no number (what only gets worse is for patience and halving);
///   collapse     a collapse mode holds more than collapse.share of the neurons (docs/control.md);
///   information  less than 2% of the neurons are alive (tell more than .01 nat).
/// The last two only where neurons draw: not of a deterministic or mixture twin. Out of band is judged beside the other
/// trials (halving.hpp). Returns why the trial ends, with its figure, or "".
std::string regime_verdict(const Settings& settings, const EpochRecord& epoch);

}  // namespace vdn::search
