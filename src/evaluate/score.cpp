#include <vdn/evaluate/score.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

constexpr std::size_t block = 32;  // windows per accumulator

void check(const ForecastModel& model, ConstMatrix<float> scaled, std::span<const double> deviations,
           const Windows& windows, const ScoreOptions& options) {
  const char* problem = nullptr;
  if (options.batch == 0) problem = "the batch is empty";
  if (deviations.size() != scaled.rows) problem = "the deviations are those of another number of series";
  if (!windows.empty()) {
    if (windows.series() != scaled.rows) problem = "the windows are those of another number of series";
    if (windows.last_origin() + model.horizon() > scaled.cols) {
      problem = "the windows do not lie inside the series";
    }
  }
  if (problem) throw Error(ErrorKind::software, "score", problem);
}

/// Windows `rows` of a forecast batch as one accumulator's worth of scores.
void score_block(ConstMatrix<float> scaled, std::span<const Window> windows, Range rows, ForecastBatch& forecast,
                 MetricAccumulator& metrics) {
  const WindowTargets targets(scaled, windows.subspan(rows.begin, rows.size()), forecast.horizon());
  metrics.add(targets.series(), forecast.mixtures(rows, targets));
}

}  // namespace

Score score(ForecastModel& model, ConstMatrix<float> scaled, std::span<const double> deviations, const Windows& windows,
            Scheduler& scheduler, const ScoreOptions& options) {
  check(model, scaled, deviations, windows, options);
  const MetricAccumulator none(model.horizon(), deviations);
  Score result{none};
  ForecastBatch forecast;
  std::vector<Window> batch;
  std::vector<MetricAccumulator> parts;
  while (result.windows < windows.count()) {
    if (options.interrupt && options.interrupt->load()) {
      result.interrupted = true;
      break;
    }
    const std::size_t end = std::min(result.windows + options.batch, windows.count());
    batch.clear();
    for (std::size_t i = result.windows; i < end; ++i) batch.push_back(windows[i]);
    model.forecast(scaled, batch, forecast, scheduler);
    parts.assign(block_count(batch.size(), block), none);
    scheduler.run(parts.size(), [&](std::size_t p) {
      score_block(scaled, batch, {p * block, std::min((p + 1) * block, batch.size())}, forecast, parts[p]);
    });
    for (const MetricAccumulator& part : parts) result.metrics.merge(part);
    result.windows = end;
  }
  return result;
}

}  // namespace vdn
