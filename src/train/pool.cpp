#include <vdn/train/pool.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <vdn/train/correction.hpp>
#include <vdn/train/validation.hpp>

#include "train/collect_forecasts.hpp"

namespace vdn {
namespace {

constexpr std::size_t most_windows = 1024, most_draws = 8;

/// E|N(m, v)| = 2 sqrt(v) phi(m/sqrt v) + m (2 Phi(m/sqrt v) - 1).
double mean_distance(double m, double v) {
  const double s = std::sqrt(v), z = m / s;
  return s * std::sqrt(2 / std::numbers::pi) * std::exp(-z * z / 2) + m * std::erf(z / std::numbers::sqrt2);
}

/// Half of E|Z - Z'| of a normal.
double half_difference(double scale) {
  return scale / std::sqrt(std::numbers::pi);
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

/// Everything of a batch and one naive forecast: the sums of its CRPS and of its distance from the network.
struct PartSums {
  double crps = 0, from_network = 0;
};

PartSums part_sums(const kernels::MixtureBatch<float>& batch, std::span<const float> network_half,
                   const NaiveBatch& naive) {
  const std::vector<float> apart = distances(batch, naive);
  const std::size_t H = batch.mean.cols;
  PartSums sums;
  for (std::size_t i = 0; i < apart.size(); ++i) {
    if (!batch.observed(i / H, i % H)) continue;
    const double scale = double{naive.scale[i]}, half = half_difference(scale);
    const double miss = double{naive.point[i]} - double{batch.target(i / H, i % H)};
    sums.crps += mean_distance(miss, scale * scale) - half;
    sums.from_network += double{apart[i]} - double{network_half[i]} - half;
  }
  return sums;
}

/// Sums of the blocks of pool_scores.
class PoolFit {
 public:
  PoolFit(const Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive)
      : scaled_(scaled),
        naive_(&naive),
        last_(last_value_rule(forecaster.settings().lookback, forecaster.horizon())),
        season_(forecaster.data().season, forecaster.settings().lookback, forecaster.horizon()) {}

  void add(const kernels::MixtureBatch<float>& batch, std::span<const Window> windows) {
    const std::size_t B = windows.size(), H = batch.mean.cols;
    std::vector<float> error(B * H), half(B * H);
    kernels::mixture_absolute_error<float>(batch, {error.data(), B, H});
    kernels::mixture_half_difference<float>(batch, {half.data(), B, H});
    PoolScores sums;
    for (std::size_t i = 0; i < error.size(); ++i) {
      if (!batch.observed(i / H, i % H)) continue;
      sums.crps[PoolScores::network] += double{error[i]} - double{half[i]};
      ++sums.points;
    }
    const NaiveBatch last(naive_->last, last_, scaled_, windows);
    const PartSums of_last = part_sums(batch, half, last);
    sums.crps[PoolScores::last] = of_last.crps;
    sums.network_last = of_last.from_network;
    if (!naive_->season.scale.empty()) {
      const NaiveBatch season(naive_->season, season_, scaled_, windows);
      const PartSums of_season = part_sums(batch, half, season);
      sums.crps[PoolScores::season] = of_season.crps;
      sums.network_season = of_season.from_network;
      sums.last_season = between(batch, last, season);
    }
    sums_.add(sums);
  }
  void merge(const PoolFit& other) { sums_.add(other.sums_); }
  const PoolScores& sums() const { return sums_; }

 private:
  /// The sum of the distances between two naive forecasts.
  static double between(const kernels::MixtureBatch<float>& batch, const NaiveBatch& a, const NaiveBatch& b) {
    const std::size_t H = batch.mean.cols;
    double sum = 0;
    for (std::size_t i = 0; i < a.point.size(); ++i) {
      if (!batch.observed(i / H, i % H)) continue;
      const double r = double{a.scale[i]}, s = double{b.scale[i]};
      sum += mean_distance(double{a.point[i]} - double{b.point[i]}, r * r + s * s) - half_difference(r) -
             half_difference(s);
    }
    return sum;
  }

  ConstMatrix<float> scaled_;
  const NaivePool* naive_;
  SeasonalNaive last_, season_;
  PoolScores sums_;
};

}  // namespace

void PoolScores::add(const PoolScores& other) {
  for (std::size_t i = 0; i < crps.size(); ++i) crps[i] += other.crps[i];
  network_last += other.network_last;
  network_season += other.network_season;
  last_season += other.last_season;
  points += other.points;
}

double PoolScores::with(double a, double b) const {
  const double rest = 1 - a - b;
  const double sum = rest * crps[network] + a * crps[last] + b * crps[season] - rest * a * network_last -
                     rest * b * network_season - a * b * last_season;
  return sum / static_cast<double>(points);
}

NaivePool measure_naive(const Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& training,
                        Scheduler& scheduler) {
  const std::size_t L = forecaster.settings().lookback, H = forecaster.horizon(), season = forecaster.data().season;
  const auto scale_of = [&](const PointRule& rule) {
    return fit_spread(rule, scaled, training, {}, SpreadKind::absolute, scheduler).scale;
  };
  NaivePool naive;
  naive.last.scale = scale_of(last_value_rule(L, H));
  if (has_season_rule(season, L)) naive.season.scale = scale_of(SeasonalNaive(season, L, H));
  return naive;
}

PoolScores pool_scores(Forecaster& forecaster, ConstMatrix<float> scaled, const NaivePool& naive,
                       const Windows& windows, Scheduler& scheduler) {
  const Uncalibrated scope(forecaster);
  const std::vector<Window> looked_at = spread_windows(windows, most_windows);
  const Range draws{0, std::min(most_draws, forecaster.score_draws().size())};  // the work grows with their square
  const PoolFit empty(forecaster, scaled, naive);
  PoolFit fit = empty;
  collect_forecasts(forecaster, scaled, looked_at, draws, scheduler, empty, fit,
                    [&](PoolFit& part, const auto& batch, std::size_t first) {
                      part.add(batch, std::span(looked_at).subspan(first, batch.log_weight.rows));
                    });
  return fit.sums();
}

void choose_weights(std::span<const PoolScores> parts, double independent_windows, NaivePool& naive) {
  constexpr int grid = 20;
  const int most_season = naive.season.scale.empty() ? 0 : grid;
  double least = std::numeric_limits<double>::infinity(), last = 0, season = 0;
  for (int a = 0; a <= grid; ++a) {
    for (int b = 0; b <= std::min(most_season, grid - a); ++b) {
      const double last_weight = static_cast<double>(a) / grid, season_weight = static_cast<double>(b) / grid;
      double logs = 0;
      for (const PoolScores& part : parts) {
        const double alone = part.points > 0 ? part.with(0, 0) : 0.0;
        if (alone > 0) logs += part.say * std::log(std::max(part.with(last_weight, season_weight) / alone, 1e-12));
      }
      if (logs >= least) continue;
      least = logs;
      last = last_weight;
      season = season_weight;
    }
  }
  naive.last.weight = trusted_share(last, independent_windows);
  naive.season.weight = trusted_share(season, independent_windows);
  for (NaivePart* part : {&naive.last, &naive.season}) {
    if (part->weight == 0.0) part->scale.clear();
  }
}

}  // namespace vdn
