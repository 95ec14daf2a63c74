#include <vdn/predictive/calibration.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/kernels/mixture_steps.hpp>
#include <vdn/predictive/mixture_moments.hpp>

namespace vdn {
namespace {

constexpr std::array<double, 3> central_levels{.5, .8, .9};
/// Both ends of the central intervals and the median, ascending.
constexpr std::array<double, 7> quantile_levels{.05, .1, .25, .5, .75, .9, .95};
constexpr std::size_t median_index = 3;
constexpr double least_factor = .1;  // a series that stands still all through validation may move again

[[noreturn]] void fail(const char* problem) {
  throw Error(ErrorKind::software, "calibration", problem);
}

/// The value with a share `level` of the others at or below it, linear between order statistics. Reorders.
double order_statistic(std::vector<float>& values, double level) {
  const double at = level * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), values.begin() + below, values.end());
  const double low = values[static_cast<std::size_t>(below)];
  if (below + 1 == static_cast<std::ptrdiff_t>(values.size())) return low;
  const double high = *std::min_element(values.begin() + below + 1, values.end());
  return low + (at - static_cast<double>(below)) * (high - low);
}

/// Mean over the steps at most `reach` away.
std::vector<double> smooth(const std::vector<double>& values, std::size_t reach) {
  std::vector<double> smoothed(values.size());
  for (std::size_t h = 0; h < values.size(); ++h) {
    const std::size_t from = h - std::min(h, reach), to = std::min(values.size(), h + reach + 1);
    for (std::size_t k = from; k < to; ++k) smoothed[h] += values[k] / static_cast<double>(to - from);
  }
  return smoothed;
}

/// Neighbours a step is averaged with, to each side.
std::size_t reach_of(std::size_t horizon) {
  return std::max<std::size_t>(2, horizon / 16);
}

/// Where one row's steps go: place x to moved + factor (x - mean).
struct RowMap {
  std::vector<double> factor, mean, moved;  ///< [H]

  RowMap(const Calibration& map, std::size_t series, const MixtureMoments& is)
      : factor(map.factor.begin(), map.factor.end()), mean(is.mean), moved(is.mean) {
    for (std::size_t h = 0; h < mean.size(); ++h) {
      if (!map.series.empty()) factor[h] *= double{map.series[series]};
      moved[h] += double{map.shift[h]} * std::sqrt(is.within[h] + is.latent[h]);
    }
  }
  void move(std::span<float> places) const {
    for (std::size_t h = 0; h < places.size(); ++h)
      places[h] = static_cast<float>(moved[h] + factor[h] * (double{places[h]} - mean[h]));
  }
  void stretch(std::span<float> lengths) const {
    for (std::size_t h = 0; h < lengths.size(); ++h) lengths[h] = static_cast<float>(factor[h] * double{lengths[h]});
  }
};

/// Maps all rows, and their summary unless it is null.
void map_rows(const Calibration& map, std::span<const std::size_t> rows, ConstMatrix<float> log_weight,
              Matrix<float> mean, Matrix<float> scale, MixtureSummary* summary) {
  if (map.empty()) return;
  const std::size_t J = log_weight.cols, H = mean.cols, Q = scoring_levels.size();
  if (map.factor.size() != H || map.shift.size() != H || mean.rows != log_weight.rows * J) {
    fail("the horizon is another one");
  }
  if (rows.size() != log_weight.rows) fail("the rows are others");
  for (std::size_t b = 0; b < log_weight.rows; ++b) {
    if (!map.series.empty() && rows[b] >= map.series.size()) fail("a series is unknown");
    const RowMap row(map, rows[b], mixture_moments({{}, {}, mean, scale, log_weight}, b, H));
    for (std::size_t j = b * J; j < (b + 1) * J; ++j) {
      row.move(mean.row(j));
      row.stretch(scale.row(j));
    }
    if (!summary) continue;
    row.move(summary->mean().row(b));
    row.stretch(summary->half_difference().row(b));
    for (std::size_t q = b * Q; q < (b + 1) * Q; ++q) row.move(summary->quantiles().row(q));
  }
}

}  // namespace

void Calibration::apply(std::span<const std::size_t> rows, ConstMatrix<float> log_weight, Matrix<float> mean,
                        Matrix<float> scale) const {
  map_rows(*this, rows, log_weight, mean, scale, nullptr);
}

void Calibration::apply(std::span<const std::size_t> rows, ConstMatrix<float> log_weight, Matrix<float> mean,
                        Matrix<float> scale, MixtureSummary& summary) const {
  if (summary.rows() != log_weight.rows || summary.horizon() != mean.cols) fail("the summary is of other rows");
  map_rows(*this, rows, log_weight, mean, scale, &summary);
}

CalibrationFit::CalibrationFit(std::size_t horizon, std::size_t series)
    : horizon_(horizon), series_windows_(series), points_(horizon) {}

void CalibrationFit::add(std::span<const std::size_t> rows, const kernels::MixtureBatch<float>& batch) {
  const std::size_t B = batch.log_weight.rows, J = batch.log_weight.cols, Q = quantile_levels.size();
  if (batch.target.cols != horizon_ || batch.target.rows != B || batch.mean.rows != B * J || rows.size() != B) {
    fail("shapes do not fit");
  }
  std::vector<float> numbers(B * Q * horizon_);
  const Matrix<float> quantiles(numbers.data(), B * Q, horizon_);
  kernels::mixture_quantiles<float>(batch, quantile_levels, quantiles);
  for (std::size_t b = 0; b < B; ++b) {
    if (rows[b] >= series_windows_.size()) fail("a series is unknown");
    ++series_windows_[rows[b]];
    const MixtureMoments is = mixture_moments(batch, b, horizon_);
    for (std::size_t h = 0; h < horizon_; ++h) {
      if (!batch.observed(b, h)) continue;
      const double deviation = std::sqrt(is.within[h] + is.latent[h]);
      const auto place = [&](double value) { return static_cast<float>((value - is.mean[h]) / deviation); };
      Point point{place(batch.target(b, h)),
                  place(quantiles(b * Q + median_index, h)),
                  {},
                  {},
                  static_cast<std::uint32_t>(rows[b])};
      for (std::size_t c = 0; c < level_count; ++c) {
        point.below[c] = -place(quantiles(b * Q + median_index - 1 - c, h));
        point.above[c] = place(quantiles(b * Q + median_index + 1 + c, h));
      }
      points_[h].push_back(point);
    }
  }
  windows_ += B;
}

void CalibrationFit::merge(const CalibrationFit& other) {
  for (std::size_t h = 0; h < horizon_; ++h) {
    points_[h].insert(points_[h].end(), other.points_[h].begin(), other.points_[h].end());
  }
  for (std::size_t d = 0; d < series_windows_.size(); ++d) series_windows_[d] += other.series_windows_[d];
  windows_ += other.windows_;
}

/// The factor about the mean at which the interval of a level just reaches the target of the shifted mixture.
float CalibrationFit::score(const Point& point, float shift, std::size_t level) const {
  constexpr float least = 1e-6f;  // a quantile on the wrong side of the mean
  const float place = point.place - shift;
  return place >= 0 ? place / std::max(point.above[level], least) : -place / std::max(point.below[level], least);
}

/// Of every step; 0 where it was never observed.
std::vector<double> CalibrationFit::shifts() const {
  std::vector<double> shift(horizon_, 0.0);
  std::vector<float> values;
  for (std::size_t h = 0; h < horizon_; ++h) {
    if (points_[h].empty()) continue;
    values.clear();
    for (const Point& point : points_[h]) values.push_back(point.place - point.median);
    shift[h] = order_statistic(values, .5);
  }
  return shift;
}

/// Of every step, about the mixture moved by `shifts`, smoothed; 1 where it was never observed.
std::vector<double> CalibrationFit::step_factors(const std::vector<double>& shifts) const {
  std::vector<double> factor(horizon_, 1.0);
  std::vector<float> values;
  for (std::size_t h = 0; h < horizon_; ++h) {
    if (points_[h].empty()) continue;
    factor[h] = 0;
    for (std::size_t c = 0; c < level_count; ++c) {
      values.clear();
      for (const Point& point : points_[h]) values.push_back(score(point, static_cast<float>(shifts[h]), c));
      factor[h] += order_statistic(values, central_levels[c]) / static_cast<double>(level_count);
    }
  }
  factor = smooth(factor, reach_of(horizon_));
  for (double& one : factor) one = std::max(one, least_factor);
  return factor;
}

/// Of every series, beside the factors of the steps; 1 where it was never observed.
std::vector<double> CalibrationFit::series_factors(const std::vector<double>& shifts,
                                                   const std::vector<double>& steps) const {
  std::vector<double> factor(series_windows_.size());
  std::vector<std::vector<float>> values(factor.size());
  for (std::size_t c = 0; c < level_count; ++c) {
    for (std::vector<float>& of_series : values) of_series.clear();
    for (std::size_t h = 0; h < horizon_; ++h) {
      for (const Point& point : points_[h]) {
        const float own = score(point, static_cast<float>(shifts[h]), c) / static_cast<float>(steps[h]);
        values[point.series].push_back(own);
      }
    }
    for (std::size_t d = 0; d < factor.size(); ++d) {
      const double found = values[d].empty() ? 1.0 : order_statistic(values[d], central_levels[c]);
      factor[d] += found / static_cast<double>(level_count);
    }
  }
  for (double& one : factor) one = std::max(one, least_factor);
  return factor;
}

CalibrationFit::Factors CalibrationFit::factors(const std::vector<double>& shifts) const {
  Factors found{step_factors(shifts), {}};
  if (series_windows_.size() > 1) found.series = series_factors(shifts, found.step);
  for (std::vector<double>* some : {&found.step, &found.series}) {
    for (double& one : *some) one = std::log(one);
  }
  return found;
}

/// At how many of the independent windows the series was looked at.
double CalibrationFit::looked_at(std::size_t series, double independent_windows) const {
  return std::min(independent_windows, static_cast<double>(series_windows_[series]));
}

Calibration CalibrationFit::finish(double independent_windows) const {
  return finish(independent_windows, CalibrationFit(horizon_, series_windows_.size()), 0.0);
}

Calibration CalibrationFit::finish(double independent_windows, const CalibrationFit& earlier,
                                   double earlier_windows) const {
  if (!(independent_windows > 0)) fail("there is no independent window");
  if (earlier.horizon_ != horizon_ || earlier.series_windows_.size() != series_windows_.size()) {
    fail("the earlier windows are of another horizon or of other series");
  }
  const auto weight = [](double windows, double prior) { return windows / (windows + prior); };
  const double all = independent_windows + earlier_windows;
  const auto drawn = [&](double log) { return log * weight(all, log < 0 ? narrowing_prior_windows : prior_windows); };
  const std::vector<double> shift = shifts(), smooth_shift = smooth(shift, reach_of(horizon_));
  const Factors own = factors(shift), before = earlier.factors(std::vector<double>(horizon_, 0.0));
  Calibration map;
  double usual = 0;  // mean over the steps
  for (std::size_t h = 0; h < horizon_; ++h) {
    const double log = (independent_windows * own.step[h] + earlier_windows * before.step[h]) / all;
    usual += log / static_cast<double>(horizon_);
    map.factor.push_back(static_cast<float>(std::exp(drawn(log))));
    map.shift.push_back(static_cast<float>(weight(independent_windows, shift_prior_windows) * smooth_shift[h]));
  }
  for (std::size_t d = 0; d < own.series.size(); ++d) {
    const double now = looked_at(d, independent_windows), then = earlier.looked_at(d, earlier_windows);
    const double log = now + then > 0 ? (now * own.series[d] + then * before.series[d]) / (now + then) : 0.0;
    const double whole = std::max(usual + log, std::log(least_factor));
    const double beside = (now + then) / all * (drawn(whole) - drawn(usual));
    map.series.push_back(static_cast<float>(std::exp(beside)));
  }
  return map;
}

}  // namespace vdn
