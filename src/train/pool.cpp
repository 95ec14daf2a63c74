#include <vdn/train/pool.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <vdn/model/baselines.hpp>
#include <vdn/train/correction.hpp>
#include <vdn/train/validation.hpp>

#include "train/collect_forecasts.hpp"

namespace vdn {
namespace {

constexpr std::size_t most_windows = 1024, most_draws = 8;
constexpr double prior_weight = .1, least_weight = .02;

/// E|N(m, v)| = 2 sqrt(v) phi(m/sqrt v) + m (2 Phi(m/sqrt v) - 1).
double mean_distance(double m, double v) {
  const double s = std::sqrt(v), z = m / s;
  return s * std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2) + m * std::erf(z / std::numbers::sqrt2);
}

/// A naive forecast of some windows: point and scale [B][H].
struct NaiveBatch {
  std::vector<float> point, scale;

  NaiveBatch(const NaivePart& part, const PointRule& rule, ConstMatrix<float> scaled, std::span<const Window> windows) {
    const std::size_t B = windows.size(), H = rule.horizon();
    std::vector<double> numbers(B * H);
    rule.forecast(scaled, windows, {numbers.data(), B, H});
    point.assign(numbers.begin(), numbers.end());
    for (const Window& window : windows) {
      const auto from = part.scale.begin() + static_cast<std::ptrdiff_t>(window.series * H);
      scale.insert(scale.end(), from, from + static_cast<std::ptrdiff_t>(H));
    }
  }
  /// Of number i of all, half of E|Z - Z'|; E|Z - Z*|, Z* of another forecast; the CRPS.
  double half(std::size_t i) const { return double{scale[i]} / std::sqrt(std::numbers::pi); }
  double distance(std::size_t i, const NaiveBatch& other) const {
    const double r = double{scale[i]}, s = double{other.scale[i]};
    return mean_distance(double{point[i]} - double{other.point[i]}, r * r + s * s);
  }
  double crps(std::size_t i, double target) const {
    return mean_distance(double{point[i]} - target, double{scale[i]} * double{scale[i]}) - half(i);
  }
};

/// E|X - Z| by window and step, X of the network and Z of a naive forecast: the expected error of the mixture whose
/// components are as wide as both together, against the naive point.
std::vector<float> distances(const kernels::MixtureBatch<float>& batch, const NaiveBatch& naive) {
  const std::size_t B = batch.log_weight.rows, J = batch.log_weight.cols, H = batch.mean.cols;
  std::vector<float> wide(B * J * H), apart(B * H);
  for (std::size_t row = 0; row < B * J; ++row) {
    for (std::size_t h = 0; h < H; ++h) {
      wide[row * H + h] = std::hypot(batch.scale(row, h), naive.scale[row / J * H + h]);
    }
  }
  kernels::MixtureBatch<float> both = batch;
  both.scale = {wide.data(), B * J, H};
  both.target = {naive.point.data(), B, H};
  kernels::mixture_absolute_error<float>(both, {apart.data(), B, H});
  return apart;
}

/// The sums of every series.
class PoolFit {
 public:
  PoolFit(const Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive)
      : scaled_(scaled),
        naive_(&naive),
        last_(forecaster.settings().lookback, forecaster.horizon()),
        season_(forecaster.data().season, forecaster.settings().lookback, forecaster.horizon()),
        series_(scaled.rows) {}

  void add(const kernels::MixtureBatch<float>& batch, std::span<const Window> windows) {
    const std::size_t B = windows.size(), H = batch.mean.cols;
    std::vector<float> error(B * H), half(B * H);
    kernels::mixture_absolute_error<float>(batch, {error.data(), B, H});
    kernels::mixture_half_difference<float>(batch, {half.data(), B, H});
    const NaiveBatch last(naive_->last, last_, scaled_, windows);
    const std::vector<float> to_last = distances(batch, last);
    const auto each = [&](const auto& take) {
      for (std::size_t i = 0; i < error.size(); ++i) {
        if (batch.observed(i / H, i % H)) take(i, double{batch.target(i / H, i % H)}, series_[windows[i / H].series]);
      }
    };
    each([&](std::size_t i, double target, PoolScores& sums) {
      sums.crps[PoolScores::network] += double{error[i]} - double{half[i]};
      sums.crps[PoolScores::last] += last.crps(i, target);
      sums.network_last += double{to_last[i]} - double{half[i]} - last.half(i);
    });
    if (naive_->season.scale.empty()) return;
    const NaiveBatch season(naive_->season, season_, scaled_, windows);
    const std::vector<float> to_season = distances(batch, season);
    each([&](std::size_t i, double target, PoolScores& sums) {
      sums.crps[PoolScores::season] += season.crps(i, target);
      sums.network_season += double{to_season[i]} - double{half[i]} - season.half(i);
      sums.last_season += last.distance(i, season) - last.half(i) - season.half(i);
    });
  }
  void merge(const PoolFit& other) {
    for (std::size_t d = 0; d < series_.size(); ++d) series_[d].add(other.series_[d]);
  }
  const std::vector<PoolScores>& series() const { return series_; }

 private:
  ConstMatrix<float> scaled_;
  const NaivePool* naive_;
  RepeatLast last_;
  SeasonalNaive season_;
  std::vector<PoolScores> series_;
};

/// Mean logarithm over the series of the pool's CRPS over the network's; 0 where no series has any.
double log_ratio(const PoolPart& part, double last_weight, double season_weight) {
  double sum = 0, count = 0;
  for (const PoolScores& series : part.series) {
    const double alone = series.with(0, 0);
    if (!(alone > 0)) continue;
    sum += std::log(std::max(series.with(last_weight, season_weight) / alone, 1e-12));
    count += 1;
  }
  return count > 0 ? sum / count : 0.0;
}

}  // namespace

PoolMode automatic_pool(std::size_t rows, Split split) {
  constexpr std::size_t few = 5000;
  return rows < few && split != Split::source ? PoolMode::naive : PoolMode::none;
}

void PoolScores::add(const PoolScores& other) {
  for (std::size_t i = 0; i < crps.size(); ++i) crps[i] += other.crps[i];
  network_last += other.network_last;
  network_season += other.network_season;
  last_season += other.last_season;
}

double PoolScores::with(double a, double b) const {
  const double rest = 1 - a - b;
  return rest * crps[network] + a * crps[last] + b * crps[season] - rest * a * network_last -
         rest * b * network_season - a * b * last_season;
}

NaivePool measure_naive(const Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& training,
                        Scheduler& scheduler) {
  const std::size_t L = forecaster.settings().lookback, H = forecaster.horizon(), season = forecaster.data().season;
  const auto scale_of = [&](const PointRule& rule) {
    return fit_spread(rule, scaled, training, {}, SpreadKind::absolute, scheduler).scale;
  };
  NaivePool naive;
  naive.last.scale = scale_of(RepeatLast(L, H));
  if (has_season_rule(season, L)) naive.season.scale = scale_of(SeasonalNaive(season, L, H));
  return naive;
}

PoolPart pool_scores(Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive, const Windows& windows,
                     Scheduler& scheduler) {
  const Uncalibrated scope(forecaster);
  const std::vector<Window> looked_at = spread_windows(windows, most_windows);
  const Range draws{0, std::min(most_draws, forecaster.score_draws().size())};  // the work grows with their square
  const PoolFit empty(forecaster, scaled, naive);
  PoolFit fit = empty;
  collect_forecasts(forecaster, scaled, looked_at, draws, scheduler, empty, fit,
                    [&](PoolFit& part, const auto& batch, std::size_t first) {
                      part.add(batch, std::span(looked_at).subspan(first, batch.log_weight.rows));
                    });
  return {fit.series()};
}

void choose_weights(std::span<const PoolPart> parts, double independent_windows, NaivePool& naive) {
  constexpr int grid = 20;
  const int most_season = naive.season.scale.empty() ? 0 : grid;
  double least = std::numeric_limits<double>::infinity(), last = 0, season = 0;
  for (int a = 0; a <= grid; ++a) {
    for (int b = 0; b <= std::min(most_season, grid - a); ++b) {
      const double last_weight = static_cast<double>(a) / grid, season_weight = static_cast<double>(b) / grid;
      double logs = 0;
      for (const PoolPart& part : parts) logs += part.say * log_ratio(part, last_weight, season_weight);
      if (logs >= least) continue;
      least = logs;
      last = last_weight;
      season = season_weight;
    }
  }
  const auto settle = [&](NaivePart& part, double found) {
    const double left = 1 - trusted_share(1, independent_windows);
    part.weight = trusted_share(found, independent_windows) + left * prior_weight;
    if (part.scale.empty() || part.weight < least_weight) part = {};
  };
  settle(naive.last, last);
  settle(naive.season, season);
}

}  // namespace vdn
