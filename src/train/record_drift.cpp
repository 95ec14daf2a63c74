#include <vdn/train/record_drift.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include <vdn/model/drift_measure.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

constexpr std::size_t regime_windows = 1024, level_windows = 32768, level_count = 1024;
constexpr std::size_t stretch = 96;  // neighbouring origins at least: scores are smoothed over time
constexpr float least_spread = 1e-6f;

/// Windows in order of origins, in stretches evenly spread over the part when it holds more than level_windows.
std::vector<Window> some_stretches(const Windows& windows) {
  std::vector<Window> all;
  for (std::size_t i = 0; i < windows.count(); ++i) all.push_back(windows[i]);
  std::stable_sort(all.begin(), all.end(), [](const Window& a, const Window& b) { return a.origin < b.origin; });
  const std::size_t stretch_windows = stretch * std::max<std::size_t>(1, windows.series());
  if (all.size() <= std::max(level_windows, 2 * stretch_windows)) return all;
  const std::size_t stretches = std::max<std::size_t>(2, level_windows / stretch_windows);
  std::vector<Window> some;
  for (std::size_t k = 0; k < stretches; ++k) {
    const std::size_t begin = k * (all.size() - stretch_windows) / (stretches - 1);
    for (std::size_t i = begin; i < begin + stretch_windows; ++i) {
      if (some.empty() || some.back().origin <= all[i].origin) some.push_back(all[i]);
    }
  }
  return some;
}

std::vector<Window> measurable(const Forecaster& forecaster, ConstMatrix<float> scaled,
                               const std::vector<Window>& windows) {
  std::vector<Window> some;
  std::copy_if(windows.begin(), windows.end(), std::back_inserter(some),
               [&](const Window& window) { return can_measure_drift(forecaster, scaled.row(window.series), window); });
  return some;
}

/// The regime of training windows: clouds of mu and of its moves, and activity.
void record_regime(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                   Scheduler& scheduler) {
  const auto& layer = forecaster.network().neurons();
  const std::size_t P = layer.posterior().columns(), N = layer.neurons(), W = windows.size();
  const DriftMeasures measures = measure_drift(forecaster, scaled, windows, scheduler);
  std::vector<float> move(W * P);
  std::transform(measures.mu.begin(), measures.mu.end(), measures.before.begin(), move.begin(), std::minus<>());
  std::vector<double> squared(N);
  for (std::size_t k = 0; k < W * P; ++k) squared[k % P * N / P] += double{measures.mu[k]} * double{measures.mu[k]};
  DriftReference& reference = forecaster.drift();
  reference.level = fit_cloud({measures.mu.data(), W, P});
  reference.move = fit_cloud({move.data(), W, P});
  for (const double sum : squared) {
    reference.activity.push_back(static_cast<float>(sum * static_cast<double>(N) / static_cast<double>(W * P)));
  }
}

std::vector<DriftDistances> distances_of(Forecaster& forecaster, ConstMatrix<float> scaled,
                                         std::span<const Window> windows, Scheduler& scheduler) {
  constexpr std::size_t batch = 2048, block = 64;
  const std::size_t P = forecaster.network().neurons().posterior().columns();
  std::vector<DriftDistances> distances(windows.size());
  for (std::size_t first = 0; first < windows.size(); first += batch) {
    const auto some = windows.subspan(first, std::min(batch, windows.size() - first));
    const DriftMeasures measures = measure_drift(forecaster, scaled, some, scheduler);
    const ConstMatrix<float> mu(measures.mu.data(), some.size(), P), before(measures.before.data(), some.size(), P);
    scheduler.run(block_count(some.size(), block), [&](std::size_t p) {
      for (std::size_t i = p * block; i < std::min((p + 1) * block, some.size()); ++i) {
        distances[first + i] = forecaster.drift().distances(mu.row(i), before.row(i), measures.surprise[i]);
      }
    });
  }
  return distances;
}

/// Location and spread of each series and kind of distance; a series without windows has those of all.
void record_series(std::span<const Window> windows, std::span<const DriftDistances> distances, std::size_t series,
                   DriftReference& reference) {
  for (std::size_t kind = 0; kind < drift_kinds; ++kind) {
    std::vector<double> count(series + 1), sum(series + 1), squares(series + 1);  // the last of all series
    for (std::size_t i = 0; i < windows.size(); ++i) {
      if (std::isnan(distances[i][kind])) continue;
      for (const std::size_t d : {std::size_t{windows[i].series}, series}) {
        count[d] += 1.0;
        sum[d] += distances[i][kind];
        squares[d] += distances[i][kind] * distances[i][kind];
      }
    }
    for (std::size_t d = 0; d < series; ++d) {
      const std::size_t from = count[d] > 1.0 ? d : series;
      const double rows = std::max(1.0, count[from]);
      const double mean = sum[from] / rows;
      const double variance = std::max(0.0, squares[from] / rows - mean * mean);
      reference.location.push_back(static_cast<float>(mean));
      reference.spread.push_back(std::max(least_spread, static_cast<float>(std::sqrt(variance))));
    }
  }
}

/// Quantiles of the largest score at each origin.
void record_levels(std::span<const Window> windows, std::span<const DriftDistances> distances,
                   DriftReference& reference) {
  DriftTracker tracker(reference);
  std::vector<float> largest;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto score = static_cast<float>(tracker.add(windows[i].series, distances[i]));
    if (i == 0 || windows[i].origin != windows[i - 1].origin) {
      largest.push_back(score);
    } else {
      largest.back() = std::max(largest.back(), score);
    }
  }
  std::sort(largest.begin(), largest.end());
  const std::size_t kept = std::min(level_count, largest.size());
  reference.levels.clear();
  for (std::size_t k = 0; k < kept; ++k) {
    reference.levels.push_back(largest[kept == 1 ? 0 : k * (largest.size() - 1) / (kept - 1)]);
  }
}

}  // namespace

void record_drift(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler) {
  DriftReference& reference = forecaster.drift();
  reference = {};
  const auto training = measurable(forecaster, scaled, spread_windows(windows.training, regime_windows));
  const auto validation = measurable(forecaster, scaled, some_stretches(windows.validation));
  if (training.size() < 2 || validation.empty()) return;
  record_regime(forecaster, scaled, training, scheduler);
  const std::vector<DriftDistances> distances = distances_of(forecaster, scaled, validation, scheduler);
  record_series(validation, distances, scaled.rows, reference);
  record_levels(validation, distances, reference);
}

}  // namespace vdn
