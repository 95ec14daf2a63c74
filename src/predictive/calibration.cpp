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
/// Of a level. An interval that stretched so far does not reach its targets is not too narrow but of another shape:
/// where most values are the same (demand that is mostly none), the mean lies above nearly all of the distribution.
constexpr double most_factor = 4.0;

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
  std::span<const float> factor;
  std::vector<double> mean, moved;  ///< [H]

  RowMap(const Calibration& map, const MixtureMoments& is) : factor(map.factor), mean(is.mean), moved(is.mean) {
    for (std::size_t h = 0; h < mean.size(); ++h)
      moved[h] += double{map.shift[h]} * std::sqrt(is.within[h] + is.latent[h]);
  }
  void move(std::span<float> places) const {
    for (std::size_t h = 0; h < places.size(); ++h)
      places[h] = static_cast<float>(moved[h] + double{factor[h]} * (double{places[h]} - mean[h]));
  }
  void stretch(std::span<float> lengths) const {
    for (std::size_t h = 0; h < lengths.size(); ++h)
      lengths[h] = static_cast<float>(double{factor[h]} * double{lengths[h]});
  }
};

/// Maps all rows, and their summary unless it is null.
void map_rows(const Calibration& map, ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale,
              MixtureSummary* summary) {
  if (map.empty()) return;
  const std::size_t J = log_weight.cols, H = mean.cols, Q = scoring_levels.size();
  if (map.factor.size() != H || map.shift.size() != H || mean.rows != log_weight.rows * J) {
    fail("the horizon is another one");
  }
  for (std::size_t b = 0; b < log_weight.rows; ++b) {
    const RowMap row(map, mixture_moments({{}, {}, mean, scale, log_weight}, b, H));
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

void Calibration::apply(ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale) const {
  map_rows(*this, log_weight, mean, scale, nullptr);
}

void Calibration::apply(ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale,
                        MixtureSummary& summary) const {
  if (summary.rows() != log_weight.rows || summary.horizon() != mean.cols) fail("the summary is of other rows");
  map_rows(*this, log_weight, mean, scale, &summary);
}

CalibrationFit::CalibrationFit(std::size_t horizon) : horizon_(horizon), points_(horizon) {}

void CalibrationFit::add(const kernels::MixtureBatch<float>& batch) {
  const std::size_t B = batch.log_weight.rows, J = batch.log_weight.cols, Q = quantile_levels.size();
  if (batch.target.cols != horizon_ || batch.target.rows != B || batch.mean.rows != B * J) fail("shapes do not fit");
  std::vector<float> numbers(B * Q * horizon_);
  const Matrix<float> quantiles(numbers.data(), B * Q, horizon_);
  kernels::mixture_quantiles<float>(batch, quantile_levels, quantiles);
  for (std::size_t b = 0; b < B; ++b) {
    const MixtureMoments is = mixture_moments(batch, b, horizon_);
    for (std::size_t h = 0; h < horizon_; ++h) {
      if (!batch.observed(b, h)) continue;
      const double deviation = std::sqrt(is.within[h] + is.latent[h]);
      const auto place = [&](double value) { return static_cast<float>((value - is.mean[h]) / deviation); };
      Point point{place(batch.target(b, h)), place(quantiles(b * Q + median_index, h)), {}, {}};
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
std::vector<double> CalibrationFit::factors(const std::vector<double>& shifts) const {
  std::vector<double> factor(horizon_, 1.0);
  std::vector<float> values;
  for (std::size_t h = 0; h < horizon_; ++h) {
    if (points_[h].empty()) continue;
    factor[h] = 0;
    for (std::size_t c = 0; c < level_count; ++c) {
      values.clear();
      for (const Point& point : points_[h]) values.push_back(score(point, static_cast<float>(shifts[h]), c));
      const double reaching = order_statistic(values, central_levels[c]);
      factor[h] += std::min(reaching, most_factor) / static_cast<double>(level_count);
    }
  }
  return smooth(factor, reach_of(horizon_));
}

Calibration CalibrationFit::finish(double independent_windows) const {
  return finish(independent_windows, CalibrationFit(horizon_), 0.0);
}

Calibration CalibrationFit::finish(double independent_windows, const CalibrationFit& earlier,
                                   double earlier_windows) const {
  if (!(independent_windows > 0)) fail("there is no independent window");
  if (earlier.horizon_ != horizon_) fail("the horizon is another one");
  const auto weight = [](double windows, double prior) { return windows / (windows + prior); };
  const double all = independent_windows + earlier_windows;
  const std::vector<double> shift = shifts(), factor = factors(shift),
                            before = earlier.factors(std::vector<double>(horizon_, 0.0)),
                            smooth_shift = smooth(shift, reach_of(horizon_));
  Calibration map;
  for (std::size_t h = 0; h < horizon_; ++h) {
    const double found = (independent_windows * factor[h] + earlier_windows * before[h]) / all;
    // A factor of 0 (every target on the mean) would leave no distribution.
    const double change = std::max(found, 1e-3) - 1;
    map.factor.push_back(
        static_cast<float>(1 + weight(all, change < 0 ? narrowing_prior_windows : prior_windows) * change));
    map.shift.push_back(static_cast<float>(weight(independent_windows, shift_prior_windows) * smooth_shift[h]));
  }
  return map;
}

}  // namespace vdn
