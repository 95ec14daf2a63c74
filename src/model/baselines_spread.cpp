#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/model/baselines.hpp>

namespace vdn {
namespace {

constexpr std::size_t quantile_components = 39;
constexpr std::size_t least_validation = 50;  // origins; fewer take the training windows in
constexpr std::size_t most_residuals = 1999;  // origins looked at of each part but for gaussian; a prime
constexpr std::size_t most_windows = std::numeric_limits<std::size_t>::max();
constexpr std::size_t least_residuals = 64, most_absolute_residuals = 400'000;  // of a series, of all of them
constexpr double least_scale = .01;
constexpr double unknown_scale = 1;

/// Window number i of the runs of one series.
Window window_of(std::span<const WindowRun> runs, std::size_t i) {
  while (i >= runs.front().count) {
    i -= runs.front().count;
    runs = runs.subspan(1);
  }
  return {runs.front().series, static_cast<std::uint32_t>(runs.front().origin(i)), runs.front().begin};
}

/// Calls take(h, residual) for the observed target steps of up to `most` evenly spread origins of one series.
template <class Take>
void each_residual(const PointRule& rule, ConstMatrix<float> scaled, const Windows& windows, std::size_t series,
                   std::size_t most, const Take& take) {
  constexpr std::size_t block = 64;
  const std::vector<WindowRun> runs = windows.runs_of(series);
  std::size_t origins = 0;
  for (const WindowRun& run : runs) origins += run.count;
  const std::size_t steps = rule.horizon(), count = std::min(origins, most);
  std::vector<double> point(block * steps);
  std::vector<Window> batch;
  for (std::size_t first = 0; first < count; first += block) {
    batch.clear();
    for (std::size_t i = first; i < std::min(first + block, count); ++i) {
      batch.push_back(window_of(runs, i * origins / count));
    }
    const Matrix<double> forecast(point.data(), batch.size(), steps);
    rule.forecast(scaled, batch, forecast);
    for (std::size_t b = 0; b < batch.size(); ++b) {
      const float* target = scaled.row(series).data() + batch[b].origin;
      for (std::size_t h = 0; h < steps; ++h) {
        if (!std::isnan(target[h])) take(h, static_cast<double>(target[h]) - forecast(b, h));
      }
    }
  }
}

/// Variances per step of one series, averaged over the parts that have residuals there.
void fit_normal(const PointRule& rule, ConstMatrix<float> scaled, std::span<const Windows> parts, std::size_t series,
                ResidualSpread& spread) {
  const std::size_t steps = spread.horizon;
  const bool absolute = spread.kind == SpreadKind::absolute;
  const std::size_t share = std::max(least_residuals, most_absolute_residuals / spread.series);
  const std::size_t most = absolute ? std::min(most_residuals, share) : most_windows;
  std::vector<double> variances(steps), measured(steps);
  for (const Windows& part : parts) {
    std::vector<double> sums(steps), counts(steps);
    each_residual(rule, scaled, part, series, most, [&](std::size_t h, double residual) {
      sums[h] += absolute ? std::abs(residual) : residual * residual;
      counts[h] += 1;
    });
    for (std::size_t h = 0; h < steps; ++h) {
      if (counts[h] == 0) continue;
      const double mean = sums[h] / counts[h];
      variances[h] += absolute ? std::numbers::pi / 2 * mean * mean : mean;
      measured[h] += 1;
    }
  }
  for (std::size_t h = 0; h < steps; ++h) {
    const double scale = measured[h] > 0 ? std::sqrt(variances[h] / measured[h]) : unknown_scale;
    spread.scale[series * steps + h] = static_cast<float>(std::max(scale, least_scale));
  }
}

/// Quantile of ascending values, linear between order statistics i at levels i/(n-1).
double quantile(std::span<const float> sorted, double level) {
  const double at = level * static_cast<double>(sorted.size() - 1);
  const std::size_t below = static_cast<std::size_t>(at), above = std::min(below + 1, sorted.size() - 1);
  const double low = static_cast<double>(sorted[below]), high = static_cast<double>(sorted[above]);
  return low + (at - static_cast<double>(below)) * (high - low);
}

/// Half of Silverman's rule of thumb (Density Estimation, 1986, eq. 3.31): half, because the quantiles already carry
/// the spread and the kernel only joins them.
double smoothing_width(std::span<const float> sorted) {
  const double n = static_cast<double>(sorted.size());
  double mean = 0, square = 0;
  for (const float value : sorted) mean += static_cast<double>(value) / n;
  for (const float value : sorted) square += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  const double deviation = std::sqrt(square / n);
  const double quartiles = (quantile(sorted, .75) - quantile(sorted, .25)) / 1.349;
  return .45 * (quartiles > 0 ? std::min(deviation, quartiles) : deviation) * std::pow(n, -.2);
}

/// Quantiles of one series and step. `residuals` is sorted in place.
void fit_step(std::span<float> residuals, std::size_t series, std::size_t h, ResidualSpread& spread) {
  const std::size_t components = spread.components, steps = spread.horizon;
  const auto at = [&](std::size_t j) { return (series * components + j) * steps + h; };
  if (residuals.empty()) {
    for (std::size_t j = 0; j < components; ++j) spread.scale[at(j)] = static_cast<float>(unknown_scale);
    return;
  }
  std::sort(residuals.begin(), residuals.end());
  const double smoothing = std::max(smoothing_width(residuals), least_scale);
  for (std::size_t j = 0; j < components; ++j) {
    const double level = (static_cast<double>(j) + .5) / static_cast<double>(components);
    spread.offset[at(j)] = static_cast<float>(quantile(residuals, level));
  }
  for (std::size_t j = 0; j < components; ++j) {
    const float here = spread.offset[at(j)];
    const float below = j > 0 ? here - spread.offset[at(j - 1)] : 0.0f;
    const float above = j + 1 < components ? spread.offset[at(j + 1)] - here : 0.0f;
    spread.scale[at(j)] = std::max(static_cast<float>(smoothing), std::max(below, above) / 2);
  }
}

void fit_quantiles(const PointRule& rule, ConstMatrix<float> scaled, std::span<const Windows> parts, std::size_t series,
                   ResidualSpread& spread) {
  const std::size_t steps = spread.horizon;
  std::vector<std::vector<float>> residuals(steps);
  for (const Windows& part : parts) {
    each_residual(rule, scaled, part, series, most_residuals,
                  [&](std::size_t h, double residual) { residuals[h].push_back(static_cast<float>(residual)); });
  }
  for (std::size_t h = 0; h < steps; ++h) fit_step(residuals[h], series, h, spread);
}

}  // namespace

ResidualSpread fit_spread(const PointRule& rule, ConstMatrix<float> scaled, const Windows& training,
                          const Windows& validation, SpreadKind kind, Scheduler& scheduler) {
  if (training.empty() && validation.empty()) {
    throw Error(ErrorKind::data, rule.name(), "there is no window to measure the spread on");
  }
  for (const Windows& part : {training, validation}) {
    const bool fits =
        part.empty() || (part.series() == scaled.rows && part.last_origin() + rule.horizon() <= scaled.cols);
    if (!fits) throw Error(ErrorKind::software, rule.name(), "the windows do not lie inside the series");
  }
  const bool normal = kind != SpreadKind::quantiles;
  const std::size_t components = normal ? 1 : quantile_components;
  const std::size_t numbers = scaled.rows * components * rule.horizon();
  ResidualSpread spread{
      kind, scaled.rows, components, rule.horizon(), std::vector<float>(numbers), std::vector<float>(numbers)};
  std::vector<Windows> parts{validation};
  if (normal || validation.origins() < least_validation) parts.insert(parts.begin(), training);
  scheduler.run(scaled.rows, [&](std::size_t series) {
    (normal ? fit_normal : fit_quantiles)(rule, scaled, parts, series, spread);
  });
  return spread;
}

}  // namespace vdn
