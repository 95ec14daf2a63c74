#pragma once
// Forecasts of many windows, added side by side to whatever is measured on them. Private to train.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Forecasts the windows from these latent draws and adds them, with their targets, to a fit: take(fit, batch, number
/// of the first window). Blocks are collected side by side and merged in order, so that the result does not depend on
/// threads.
template <class Fit, class Take>
void collect_forecasts(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows, Range draws,
                       Scheduler& scheduler, const Fit& empty, Fit& fit, const Take& take) {
  constexpr std::size_t batch_windows = 256, block = 32;  // a batch is forecast at once, a block is one task
  ForecastBatch forecast;
  for (std::size_t first = 0; first < windows.size(); first += batch_windows) {
    const auto batch = windows.subspan(first, std::min(batch_windows, windows.size() - first));
    forecaster.forecast(scaled, batch, draws, forecast, scheduler);
    std::vector<Fit> parts(block_count(batch.size(), block), empty);
    scheduler.run(parts.size(), [&](std::size_t p) {
      const Range rows{p * block, std::min((p + 1) * block, batch.size())};
      const WindowTargets targets(scaled, batch.subspan(rows.begin, rows.size()), forecaster.horizon());
      take(parts[p], forecast.mixtures(rows, targets), first + rows.begin);
    });
    for (const Fit& part : parts) fit.merge(part);
  }
}

}  // namespace vdn
