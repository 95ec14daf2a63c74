#pragma once
// Where the time of a training epoch goes.

#include <cstddef>

#include <vdn/bench/timing.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::bench {

struct EpochBench {
  Timing epoch;                        ///< from one epoch's end to the next one's
  Timing steps;                        ///< of it: gathering batches, gradients, clipping, AdamW
  Timing validation;                   ///< of it: scoring the validation windows with every figure of an EpochReport
  Timing rest;                         ///< of it: shuffling, control, the average of the parameters, keeping the best
  std::size_t step_count = 0;          ///< steps an epoch
  std::size_t validation_windows = 0;  ///< scored an epoch
};

/// `runs` epochs over synthetic series, with as many windows as the settings ask for at most, after one that does not
/// count.
EpochBench bench_epoch(const Settings& settings, std::size_t runs, Scheduler& scheduler);

}  // namespace vdn::bench
