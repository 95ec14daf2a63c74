#pragma once
// What a fit is going to do and to take, known before it does it.

#include <cstddef>
#include <string>

#include <vdn/data/load.hpp>
#include <vdn/data/scaling.hpp>
#include <vdn/data/splits.hpp>
#include <vdn/train/fit_job.hpp>

namespace vdn {

struct FitPlan {
  Borders borders;
  Scaler scaler;
  FitWindows windows;
  std::size_t parameters = 0;  ///< trainable numbers
  std::size_t memory = 0;      ///< bytes: values twice, thrice with a rehearsal, training step, validation
  std::size_t steps_per_epoch = 0;
};

/// The split of a user's file and of the bundled set is auto, of a benchmark set ltsf, unless `text` says otherwise.
/// Throws what parse_split throws.
Split choose_split(const std::string& text, const LoadedData& data);

/// Throws Error (data) when borders, scaler or windows cannot be made, Error (config) when the fit needs more memory
/// than the machine has: before anything is written.
FitPlan plan_fit(const LoadedData& data, const FitJob& job);

/// Bytes of everything that grows: `values` numbers in double and float, the buffers of a step of `batch` windows and
/// of the validation.
std::size_t fit_memory(const Network& network, std::size_t values, std::size_t batch);

/// "12 MB", "3.4 GB".
std::string describe_bytes(std::size_t bytes);

}  // namespace vdn
