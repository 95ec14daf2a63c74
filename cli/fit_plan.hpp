#pragma once
// What a fit is going to do, said in words before it does it.

#include <string>
#include <vector>

#include <vdn/train/automatic_settings.hpp>
#include <vdn/train/fit_plan.hpp>

namespace vdn::cli {

/// The plan in a few lines.
std::string describe(const FitPlan& plan, const LoadedData& data, const FitJob& job, std::size_t threads);
/// The closed-form line, as chosen.
std::string describe(const LineChoice& choice);

/// That a short table takes a shorter look-back than the preset's.
std::string shortened_lookback(std::size_t preset, std::size_t taken);
/// That offsets were taken off the times; empty when there were none.
std::string offsets_note(const SeriesSet& set);
/// What reading found, a sentence each: marks, holes filled, gaps, what was ignored.
std::vector<std::string> reading_notes(const LoadedData& data);

}  // namespace vdn::cli
