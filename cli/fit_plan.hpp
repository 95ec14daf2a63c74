#pragma once
// What a fit is going to do, said before it does it.

#include <string>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/load.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/train/fit_job.hpp>

namespace vdn::cli {

struct FitPlan {
  Borders borders;
  Scaler scaler;
  FitWindows windows;
  std::size_t parameters = 0;  ///< trainable numbers
  std::size_t memory = 0;      ///< bytes: values twice, training step, validation
  std::size_t steps_per_epoch = 0;
};

/// The split of a user's file and of the bundled set is auto, of a benchmark set ltsf, unless `text` says otherwise.
Split choose_split(const std::string& text, const LoadedData& data);

/// Throws Error (data) when borders, scaler or windows cannot be made: before anything is written.
FitPlan plan_fit(const LoadedData& data, const FitJob& job);

/// The plan in a few lines.
std::string describe(const FitPlan& plan, const LoadedData& data, const FitJob& job, std::size_t threads);

/// What reading found, a sentence each: marks, holes filled, gaps, what was ignored.
std::vector<std::string> reading_notes(const LoadedData& data);

}  // namespace vdn::cli
