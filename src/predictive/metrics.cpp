// Accumulation of scores; the scores themselves are kernels.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vdn/core/error.hpp>
#include <vdn/kernels/mixture_steps.hpp>
#include <vdn/predictive/metrics.hpp>

namespace vdn {
namespace {

constexpr std::size_t level_count = scoring_levels.size(), median_level = level_count / 2;

std::size_t pit_bin(double probability) {
  const double place = pit_bins * probability;
  const double bin = probability > 0.5 ? std::ceil(place) - 1 : std::floor(place);
  return static_cast<std::size_t>(std::clamp(bin, 0.0, pit_bins - 1.0));
}

[[noreturn]] void fail(const char* problem) {
  throw Error(ErrorKind::software, "metrics", problem);
}

}  // namespace

double central_coverage(const PitCounts& counts, double level) {
  const auto each_side = static_cast<std::size_t>(std::clamp(std::lround(10 * level), 0L, 10L));
  std::size_t inside = 0, all = 0;
  for (std::size_t bin = 0; bin < pit_bins; ++bin) {
    all += counts[bin];
    if (bin + each_side >= pit_bins / 2 && bin < pit_bins / 2 + each_side) inside += counts[bin];
  }
  return all ? static_cast<double>(inside) / static_cast<double>(all) : std::numeric_limits<double>::quiet_NaN();
}

void MetricAccumulator::Sum::add(double x) {
  const double sum = value + x;
  lost += std::abs(value) >= std::abs(x) ? (value - sum) + x : (x - sum) + value;
  value = sum;
}

void MetricAccumulator::Sum::add(const Sum& other) {
  add(other.value);
  lost += other.lost;
}

void MetricAccumulator::Cell::add(const Scores& scores) {
  for (std::size_t i = 0; i < score_count; ++i) sums[i].add(scores[i]);
}

void MetricAccumulator::Cell::add(const Cell& other) {
  for (std::size_t i = 0; i < score_count; ++i) sums[i].add(other.sums[i]);
  windows += other.windows;
  points += other.points;
}

Metrics MetricAccumulator::Cell::metrics() const {
  const auto average = [this](Score score) {
    return points ? sums[score].total() / static_cast<double>(points) : std::numeric_limits<double>::quiet_NaN();
  };
  return {average(mse),         average(mae),     average(nll), average(crps), average(coverage_80),
          average(coverage_90), average(pinball), windows,      points};
}

MetricAccumulator::MetricAccumulator(std::size_t horizon, std::span<const double> deviations)
    : horizon_(horizon),
      deviations_(deviations.begin(), deviations.end()),
      series_(deviations.size()),
      steps_(horizon),
      original_steps_(horizon),
      log_density_(horizon),
      cdf_(horizon),
      absolute_error_(horizon) {
  if (horizon == 0 || deviations.empty()) fail("horizon and number of series must be positive");
  for (const double deviation : deviations)
    if (!(deviation > 0) || !std::isfinite(deviation)) fail("a deviation is not positive");
}

void MetricAccumulator::check(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch) const {
  const std::size_t rows = series.size(), components = batch.log_weight.cols;
  const auto has_shape = [](const auto& matrix, std::size_t r, std::size_t c) {
    return matrix.rows == r && matrix.cols == c;
  };
  if (components == 0 || !has_shape(batch.target, rows, horizon_) || !has_shape(batch.observed, rows, horizon_) ||
      !has_shape(batch.mean, rows * components, horizon_) || !has_shape(batch.scale, rows * components, horizon_) ||
      batch.log_weight.rows != rows)
    fail("the shapes of a batch do not fit");
  for (const std::size_t one : series)
    if (one >= series_count()) fail("a series is unknown");
}

void MetricAccumulator::add(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch) {
  check(series, batch);
  add_windows(series, batch, MixtureSummary(batch));
}

void MetricAccumulator::add(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch,
                            const MixtureSummary& summary) {
  check(series, batch);
  if (summary.rows() != series.size() || summary.horizon() != horizon_) fail("the summary is of another batch");
  add_windows(series, batch, summary);
}

void MetricAccumulator::add_windows(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch,
                                    const MixtureSummary& summary) {
  const std::size_t components = batch.log_weight.cols;
  for (std::size_t b = 0; b < series.size(); ++b) {
    const Range row{b, b + 1}, own{b * components, (b + 1) * components};
    add_window(series[b],
               {batch.target.slice(row), batch.observed.slice(row), batch.mean.slice(own), batch.scale.slice(own),
                batch.log_weight.slice(row), batch.draws},
               summary, b);
  }
}

void MetricAccumulator::score_step(double target, const MixtureSummary& summary, std::size_t b, std::size_t step,
                                   Scores& scores) const {
  const double probability = cdf_[step], miss = target - double{summary.mean()(b, step)};
  const auto quantile = [&](std::size_t level) { return double{summary.quantiles()(b * level_count + level, step)}; };
  double pinball_sum = 0;
  for (std::size_t l = 0; l < level_count; ++l) {
    const double over = target - quantile(l);
    pinball_sum += std::max(scoring_levels[l] * over, (scoring_levels[l] - 1) * over);
  }
  scores[mse] = miss * miss;
  scores[mae] = std::abs(target - quantile(median_level));
  scores[nll] = -double{log_density_[step]};
  scores[crps] = double{absolute_error_[step]} - double{summary.half_difference()(b, step)};
  scores[coverage_80] = probability >= 0.1 && probability <= 0.9 ? 1 : 0;
  scores[coverage_90] = probability >= 0.05 && probability <= 0.95 ? 1 : 0;
  scores[pinball] = pinball_sum / level_count;
  for (const double score : scores)
    if (!std::isfinite(score)) throw Error(ErrorKind::data, "metrics", "a forecast or an observed value is not finite");
}

void MetricAccumulator::to_original(Scores& scores, double deviation) {
  scores[mse] *= deviation * deviation;
  scores[mae] *= deviation;
  scores[nll] += std::log(deviation);
  scores[crps] *= deviation;
  scores[pinball] *= deviation;
}

void MetricAccumulator::add_window(std::size_t series, const kernels::MixtureBatch<float>& window,
                                   const MixtureSummary& summary, std::size_t b) {
  kernels::mixture_log_density<float>(window, {log_density_.data(), 1, horizon_});
  kernels::mixture_cdf<float>(window, {cdf_.data(), 1, horizon_});
  kernels::mixture_absolute_error<float>(window, {absolute_error_.data(), 1, horizon_});
  Scores sum{};
  std::size_t points = 0;
  for (std::size_t h = 0; h < horizon_; ++h) {
    if (!window.observed(0, h)) continue;
    Scores scores;
    score_step(double{window.target(0, h)}, summary, b, h, scores);
    for (std::size_t i = 0; i < score_count; ++i) sum[i] += scores[i];
    ++points;
    ++pit_[pit_bin(cdf_[h])];
    steps_[h].add(scores);
    to_original(scores, deviations_[series]);
    original_steps_[h].add(scores);
    for (Cell* cell : {&steps_[h], &original_steps_[h]}) {
      ++cell->windows;
      ++cell->points;
    }
  }
  if (points == 0) return;
  series_[series].add(sum);
  series_[series].windows += 1;
  series_[series].points += points;
}

void MetricAccumulator::merge(const MetricAccumulator& other) {
  if (other.horizon_ != horizon_ || other.deviations_ != deviations_) fail("accumulators of different shape");
  for (std::size_t bin = 0; bin < pit_bins; ++bin) pit_[bin] += other.pit_[bin];
  for (std::size_t d = 0; d < series_.size(); ++d) series_[d].add(other.series_[d]);
  for (std::size_t h = 0; h < horizon_; ++h) {
    steps_[h].add(other.steps_[h]);
    original_steps_[h].add(other.original_steps_[h]);
  }
}

/// The sums of a series in original units.
MetricAccumulator::Cell MetricAccumulator::original_cell(std::size_t series) const {
  Cell cell = series_[series];
  const double deviation = deviations_[series];
  const auto scale = [&](Score score, double factor) { cell.sums[score] = {cell.sums[score].total() * factor, 0}; };
  scale(mse, deviation * deviation);
  scale(mae, deviation);
  scale(crps, deviation);
  scale(pinball, deviation);
  cell.sums[nll].add(static_cast<double>(cell.points) * std::log(deviation));
  return cell;
}

Metrics MetricAccumulator::scaled() const {
  Cell all;
  for (const Cell& cell : series_) all.add(cell);
  return all.metrics();
}

Metrics MetricAccumulator::original() const {
  Cell all;
  for (std::size_t d = 0; d < series_.size(); ++d) all.add(original_cell(d));
  return all.metrics();
}

std::vector<Metrics> MetricAccumulator::scaled_by_step() const {
  std::vector<Metrics> out;
  for (const Cell& cell : steps_) out.push_back(cell.metrics());
  return out;
}

std::vector<Metrics> MetricAccumulator::original_by_step() const {
  std::vector<Metrics> out;
  for (const Cell& cell : original_steps_) out.push_back(cell.metrics());
  return out;
}

std::vector<Metrics> MetricAccumulator::scaled_by_series() const {
  std::vector<Metrics> out;
  for (const Cell& cell : series_) out.push_back(cell.metrics());
  return out;
}

std::vector<Metrics> MetricAccumulator::original_by_series() const {
  std::vector<Metrics> out;
  for (std::size_t d = 0; d < series_.size(); ++d) out.push_back(original_cell(d).metrics());
  return out;
}

}  // namespace vdn
