#pragma once
// Settings left to the program: chosen by rolling origins before a fit.

#include <optional>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/model/line_choice.hpp>
#include <vdn/train/fit_job.hpp>

namespace vdn {

/// Fills window.lookback and line.* where they are "auto" (choose_line), from the training and validation windows of
/// the job's split, and records in the job's origins that they were chosen. Candidates: look-backs 36, 96, 192, 336,
/// 512 and 720, as far as the split allows and complete windows reach; penalties 10^-3 to 1000; without and with drift;
/// level carried or free; rank 0 or 8 with series penalties .1, 1, 10; least squares or robust. A longer look-back must
/// be better by .1%, a drift by 1%, maps by series by 2% (docs/choices.md says why). Where windows are few they
/// choose the penalty alone; where nothing can be judged: the longest look-back up to 336 of which the training rows
/// hold two, penalty 1, carried, without drift, rank 0. Returns what was chosen; nothing when nothing was to be chosen
/// or judged. Throws what reading the split and choose_line throw.
std::optional<LineChoice> choose_automatic_settings(const LoadedData& data, FitJob& job, Scheduler& scheduler);

/// True when a setting is left to the program.
bool has_automatic_settings(const Settings& settings);

}  // namespace vdn
