#include <vdn/bench/step_bench.hpp>

#include <algorithm>

#include <vdn/bench/step_products.hpp>
#include <vdn/bench/synthetic.hpp>
#include <vdn/train/step.hpp>

namespace vdn::bench {
namespace {

constexpr std::size_t warm_up = 3, series_count = 8;

/// Origins at odd distances, so that a batch reads from all over the table as a shuffled epoch does.
std::vector<Window> scattered_windows(std::size_t count, std::size_t first, std::size_t rows, std::size_t turn) {
  std::vector<Window> windows(count);
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t number = (turn * count + b) * 7919;
    windows[b] = {static_cast<std::uint32_t>(number % series_count), static_cast<std::uint32_t>(first + number % rows),
                  0};
  }
  return windows;
}

/// The largest share of `wall` seconds that a thread was not in a task.
double idle_share(std::span<const double> before, std::span<const double> after, double wall) {
  double busy = wall;
  for (std::size_t i = 0; i < before.size(); ++i) busy = std::min(busy, after[i] - before[i]);
  return 1.0 - busy / wall;
}

}  // namespace

StepBench bench_step(const Settings& settings, std::size_t runs, Scheduler& scheduler) {
  const std::size_t origins = 4096, first = settings.lookback + settings.stride_ar;
  const SeriesSet series = synthetic_series(series_count, first + origins + settings.horizon);
  Forecaster forecaster = unfitted_forecaster(settings, series);
  const std::vector<float> values = scale_series(series, forecaster.scaler());
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  TrainingStep<float> step(forecaster.network(), settings.batch, settings.draws);
  std::copy(forecaster.parameters().begin(), forecaster.parameters().end(), step.values().begin());
  const StepProducts products(settings);

  const auto blocks = [&](auto&& work) {
    const std::size_t block = settings.row_block, rows = settings.batch;
    scheduler.run(block_count(rows, block), [&](std::size_t task) {
      work(Range{task * block, std::min((task + 1) * block, rows)});
    });
  };
  StepBench result;
  result.gflop = products.gflop();
  result.parameters = forecaster.parameters().size();
  std::vector<double> step_ms, products_ms, gather_ms, draws_ms;
  for (std::size_t run = 0; run < warm_up + runs; ++run) {
    const std::vector<Window> batch = scattered_windows(settings.batch, first, origins, run);
    const auto& w = step.workspace();
    const std::vector<double> before = scheduler.busy_seconds();
    const double taken = milliseconds([&] {
      StepReport report = step.differentiate(scheduler, [&](Range rows) {
        forecaster.fill(scaled, batch, w, rows, true);
        forecaster.draw(batch, run, w, rows, true);
      });
      step.update(scheduler, settings, run + 1, report);
    });
    const double idle = idle_share(before, scheduler.busy_seconds(), taken / 1e3);
    const double floor = milliseconds([&] { products.run(scheduler); });
    const double gather =
        milliseconds([&] { blocks([&](Range rows) { forecaster.fill(scaled, batch, w, rows, true); }); });
    const double draws = milliseconds([&] { blocks([&](Range rows) { forecaster.draw(batch, run, w, rows, true); }); });
    if (run < warm_up) continue;
    step_ms.push_back(taken);
    products_ms.push_back(floor);
    gather_ms.push_back(gather);
    draws_ms.push_back(draws);
    result.idle += idle / static_cast<double>(runs);
  }
  result.step = summarise(step_ms);
  result.products = summarise(products_ms);
  result.gather = summarise(gather_ms);
  result.draws = summarise(draws_ms);
  result.arena_bytes = step.arena_bytes();
  return result;
}

}  // namespace vdn::bench
