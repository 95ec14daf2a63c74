#include <vdn/evaluate/draws.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/predictive/metrics.hpp>
#include <vdn/predictive/mixture.hpp>

namespace vdn {
namespace {

constexpr std::size_t batch_windows = 64;

/// A draw's value of something and its weight in the mixture.
struct DrawValue {
  double weight = 0.0, value = 0.0;
};

/// S sum_s w_s^2 (value_s - mean)^2, corrected for the mean's own error by S / (S - 1). Weights are those in the whole
/// mixture: what is in it from no draw does not vary.
double variance_of_draws(std::span<const DrawValue> draws) {
  double mean = 0.0, total = 0.0, square = 0.0;
  for (const DrawValue& d : draws) {
    mean += d.weight * d.value;
    total += d.weight;
  }
  mean /= total;
  for (const DrawValue& d : draws) {
    const double part = d.weight * (d.value - mean);
    square += part * part;
  }
  const double S = static_cast<double>(draws.size());
  return square * S * S / (S - 1.0);
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// One step of a row: variance of one draw's mean and of its part in each quantile, over the predictive variance.
void add_step(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t step,
              std::span<const double> levels, std::span<double> sums) {
  const std::size_t J = batch.log_weight.cols, S = batch.draws, M = J / S;
  const StepMixture loaded(batch, row, step);
  const GaussianMixture mixture = loaded.view();
  std::vector<double> quantiles(levels.size());
  mixture.quantiles(levels, quantiles);
  const double variance = mixture.variance();
  std::vector<DrawValue> draws(S);
  for (std::size_t k = 0; k <= levels.size(); ++k) {
    for (std::size_t s = 0; s < S; ++s) {
      DrawValue draw;
      for (std::size_t m = s * M; m < (s + 1) * M; ++m) {
        const double weight = std::exp(double{batch.log_weight(row, m)});
        const double mean = double{batch.mean(row * J + m, step)}, scale = double{batch.scale(row * J + m, step)};
        draw.weight += weight;
        draw.value += weight * (k == 0 ? mean : normal_cdf((quantiles[k - 1] - mean) / scale));
      }
      draw.value /= draw.weight;
      draws[s] = draw;
    }
    const double density = k == 0 ? 1.0 : mixture.density(quantiles[k - 1]);
    sums[k] += variance_of_draws(draws) / (density * density * variance);
  }
}

/// Calls use(windows, their numbers, forecast) for groups of windows with the same number of draws.
template <class Use>
void forecast_groups(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                     std::span<const std::size_t> counts, Scheduler& scheduler, const Use& use) {
  std::map<std::size_t, std::vector<Window>> groups;
  for (std::size_t i = 0; i < windows.size(); ++i) groups[counts[i]].push_back(windows[i]);
  ForecastBatch forecast;
  for (const auto& [count, group] : groups) {
    for (std::size_t first = 0; first < group.size(); first += batch_windows) {
      const std::span<const Window> some(group.data() + first, std::min(batch_windows, group.size() - first));
      const Range draws = forecaster.stochastic() ? Range{0, count} : forecaster.score_draws();
      forecaster.forecast(scaled, some, draws, forecast, scheduler);
      use(some, forecast);
    }
  }
}

}  // namespace

double draw_variance(const kernels::MixtureBatch<float>& batch, std::size_t row, std::span<const double> levels) {
  if (batch.draws < 2) throw Error(ErrorKind::software, "draw_variance", "needs two draws at least");
  std::vector<double> sums(levels.size() + 1);
  const std::size_t H = batch.mean.cols;
  for (std::size_t h = 0; h < H; ++h) add_step(batch, row, h, levels, sums);
  return *std::max_element(sums.begin(), sums.end()) / static_cast<double>(H);
}

std::vector<std::size_t> draws_needed(Forecaster& forecaster, ConstMatrix<float> scaled,
                                      std::span<const Window> windows, const DrawsWanted& wanted,
                                      Scheduler& scheduler) {
  if (!(wanted.tolerance > 0.0)) {
    throw Error(ErrorKind::usage, "tolerance", fmt::format("{} is not positive", wanted.tolerance));
  }
  std::vector<std::size_t> needed(windows.size(), 1);
  if (!forecaster.stochastic()) return needed;
  std::vector<double> levels = wanted.levels;
  std::sort(levels.begin(), levels.end());
  const Range pilot{0, std::max<std::size_t>(2, forecaster.score_draws().size())};
  ForecastBatch forecast;
  for (std::size_t first = 0; first < windows.size(); first += batch_windows) {
    const auto some = windows.subspan(first, std::min(batch_windows, windows.size() - first));
    forecaster.forecast(scaled, some, pilot, forecast, scheduler);
    const kernels::MixtureBatch<float> batch = forecast.mixtures();
    scheduler.run(some.size(), [&](std::size_t b) {
      const double draws = std::ceil(draw_variance(batch, b, levels) / (wanted.tolerance * wanted.tolerance));
      const double bounded = std::clamp(draws, static_cast<double>(wanted.least), static_cast<double>(wanted.most));
      needed[first + b] = std::bit_ceil(static_cast<std::size_t>(bounded));
    });
  }
  return needed;
}

DrawsPoint score_draws(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                       std::span<const std::size_t> counts, Scheduler& scheduler) {
  using Clock = std::chrono::steady_clock;
  MetricAccumulator metrics(forecaster.horizon(), forecaster.scaler().deviation);
  std::chrono::duration<double> took{0.0};
  auto begun = Clock::now();
  forecast_groups(forecaster, scaled, windows, counts, scheduler, [&](auto some, ForecastBatch& forecast) {
    took += Clock::now() - begun;
    const WindowTargets targets(scaled, some, forecast.horizon());
    metrics.add(targets.series(), forecast.mixtures({0, some.size()}, targets));
    begun = Clock::now();
  });
  DrawsPoint point;
  const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  point.draws = static_cast<double>(total) / static_cast<double>(counts.size());
  point.crps = metrics.scaled().crps;
  point.seconds_per_1000_windows = 1000.0 * took.count() / static_cast<double>(windows.size());
  return point;
}

std::vector<DrawsPoint> draws_curve(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                                    std::span<const std::size_t> counts, Scheduler& scheduler) {
  std::vector<DrawsPoint> curve;
  for (const std::size_t count : counts) {
    const std::vector<std::size_t> same(windows.size(), count);
    curve.push_back(score_draws(forecaster, scaled, windows, same, scheduler));
  }
  return curve;
}

}  // namespace vdn
