#pragma once
// How long a training step takes beside its matrix products alone.

#include <cstddef>

#include <vdn/bench/timing.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::bench {

struct StepBench {
  Timing step;                  ///< gathering, forward, loss, backward, weight gradients, clipping, AdamW
  Timing products;              ///< step_products.hpp, in turns with the step
  Timing gather;                ///< gathering and normalising the batch, without draws
  Timing draws;                 ///< latent noise and dropout masks
  double gflop = 0.0;           ///< of the products
  double idle = 0.0;            ///< largest share of a step that a thread waited, mean over the steps
  std::size_t parameters = 0;   ///< of the network
  std::size_t arena_bytes = 0;  ///< of the step's buffers
};

/// `runs` steps of settings.batch synthetic windows after three that do not count.
StepBench bench_step(const Settings& settings, std::size_t runs, Scheduler& scheduler);

}  // namespace vdn::bench
