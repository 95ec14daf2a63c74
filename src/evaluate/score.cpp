#include <vdn/evaluate/score.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
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

/// Scores every window N ways: score_block(series, forecast, rows, targets, parts) adds windows `rows` of a batch to N
/// accumulators.
template <std::size_t N, class ScoreBlock>
std::vector<Score> score_windows(ForecastModel& model, ConstMatrix<float> scaled, std::span<const double> deviations,
                                 const Windows& windows, Scheduler& scheduler, const ScoreOptions& options,
                                 const ScoreBlock& score_block) {
  check(model, scaled, deviations, windows, options);
  using Block = std::vector<MetricAccumulator>;
  const Block none(N, MetricAccumulator(model.horizon(), deviations));
  std::vector<Score> results(N, Score{none.front()});
  ForecastBatch forecast;
  std::vector<Window> batch;
  std::size_t done = 0;
  bool interrupted = false;
  while (done < windows.count()) {
    interrupted = options.interrupt && options.interrupt->load();
    if (interrupted) break;
    const std::size_t end = std::min(done + options.batch, windows.count());
    batch.clear();
    for (std::size_t i = done; i < end; ++i) batch.push_back(windows[i]);
    model.forecast(scaled, batch, forecast, scheduler);
    std::vector<Block> parts(block_count(batch.size(), block), none);
    scheduler.run(parts.size(), [&](std::size_t p) {
      const Range rows{p * block, std::min((p + 1) * block, batch.size())};
      const WindowTargets targets(scaled, std::span(batch).subspan(rows.begin, rows.size()), forecast.horizon());
      score_block(targets.series(), forecast, rows, targets, parts[p]);
    });
    for (const Block& part : parts) {
      for (std::size_t n = 0; n < N; ++n) results[n].metrics.merge(part[n]);
    }
    done = end;
  }
  for (Score& result : results) {
    result.windows = done;
    result.interrupted = interrupted;
  }
  return results;
}

}  // namespace

Score score(ForecastModel& model, ConstMatrix<float> scaled, std::span<const double> deviations, const Windows& windows,
            Scheduler& scheduler, const ScoreOptions& options) {
  return score_windows<1>(model, scaled, deviations, windows, scheduler, options,
                          [](auto series, ForecastBatch& forecast, Range rows, const WindowTargets& targets,
                             auto& metrics) { metrics[0].add(series, forecast.mixtures(rows, targets)); })
      .front();
}

CalibrationScores score_calibration(Forecaster& model, ConstMatrix<float> scaled, std::span<const double> deviations,
                                    const Windows& windows, Scheduler& scheduler, const ScoreOptions& options) {
  const Calibration& map = model.calibration();
  const Uncalibrated scope(model);
  const auto score_block = [&](auto series, ForecastBatch& forecast, Range rows, const WindowTargets& targets,
                               auto& metrics) {
    const auto batch = forecast.mixtures(rows, targets);
    MixtureSummary summary(batch);
    metrics[0].add(series, batch, summary);
    const Range own{rows.begin * forecast.components(), rows.end * forecast.components()};
    map.apply(batch.log_weight, forecast.mean().slice(own), forecast.scale().slice(own), summary);
    metrics[1].add(series, batch, summary);
  };
  std::vector<Score> scores = score_windows<2>(model, scaled, deviations, windows, scheduler, options, score_block);
  return {std::move(scores[1]), std::move(scores[0])};
}

}  // namespace vdn
