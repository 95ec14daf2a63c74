#pragma once
// How long forecasts take beside reading the weights once.

#include <cstddef>

#include <vdn/bench/timing.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/model/settings.hpp>

namespace vdn::bench {

struct PredictBench {
  Timing plug_in;               ///< one window, z = mu
  Timing drawn;                 ///< one window, score.draws latent draws
  Timing quantiles;             ///< the same, and its quantiles of levels .1, .5 and .9
  Timing paths;                 ///< 100 sample paths of one window
  Timing batch;                 ///< 1,024 windows, score.draws latent draws each
  Timing scored;                ///< the same, and their scores with and without calibration (score_calibration)
  Timing weights;               ///< reading as many numbers as the forecast's weights have, from memory, one thread
  double batch_gflop = 0.0;     ///< products of the batch's forward pass, as it runs
  Timing products;              ///< of the step by OpenBLAS (step_products.hpp), right after the batches
  double products_gflop = 0.0;  ///< of them
  std::size_t weight_bytes = 0;
};

/// `runs` forecasts of one window; batches, scores and paths are timed for a tenth of that. Synthetic series, unfitted
/// model.
PredictBench bench_predict(const Settings& settings, std::size_t runs, Scheduler& scheduler);

}  // namespace vdn::bench
