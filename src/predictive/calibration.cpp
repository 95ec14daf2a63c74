#include <vdn/predictive/calibration.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/kernels/mixture_steps.hpp>

namespace vdn {
namespace {

constexpr std::array<double, 3> central_levels{.5, .8, .9};
/// Both ends of the central intervals and the median, ascending.
constexpr std::array<double, 7> quantile_levels{.05, .1, .25, .5, .75, .9, .95};
constexpr std::size_t median_index = 3;

[[noreturn]] void fail(const char* problem) {
  throw Error(ErrorKind::software, "calibration", problem);
}

/// Mean and standard deviation of one step of one row's mixture.
struct Moments {
  double mean = 0, deviation = 0;
};

Moments moments_of(ConstMatrix<float> log_weight, ConstMatrix<float> mean, ConstMatrix<float> scale, std::size_t row,
                   std::size_t step) {
  const std::size_t J = log_weight.cols;
  double total = 0, first = 0, second = 0;
  for (std::size_t j = 0; j < J; ++j) {
    const double w = std::exp(double{log_weight(row, j)}), m = mean(row * J + j, step), s = scale(row * J + j, step);
    total += w;
    first += w * m;
    second += w * s * s;
  }
  const double centre = first / total;
  double apart = 0;  // in a second pass, which loses no digits of a far mean
  for (std::size_t j = 0; j < J; ++j) {
    const double m = mean(row * J + j, step) - centre;
    apart += std::exp(double{log_weight(row, j)}) * m * m;
  }
  return {centre, std::sqrt((second + apart) / total)};
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

}  // namespace

void Calibration::apply(ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale) const {
  if (empty()) return;
  const std::size_t J = log_weight.cols, H = mean.cols;
  if (factor.size() != H || shift.size() != H || mean.rows != log_weight.rows * J) fail("the horizon is another one");
  for (std::size_t b = 0; b < log_weight.rows; ++b) {
    for (std::size_t h = 0; h < H; ++h) {
      const Moments m = moments_of(log_weight, mean, scale, b, h);
      const double a = factor[h], moved = m.mean + double{shift[h]} * m.deviation;
      for (std::size_t j = b * J; j < (b + 1) * J; ++j) {
        mean(j, h) = static_cast<float>(moved + a * (mean(j, h) - m.mean));
        scale(j, h) = static_cast<float>(a * scale(j, h));
      }
    }
  }
}

CalibrationFit::CalibrationFit(std::size_t horizon) : horizon_(horizon), points_(horizon) {}

void CalibrationFit::add(const kernels::MixtureBatch<float>& batch) {
  const std::size_t B = batch.log_weight.rows, J = batch.log_weight.cols, Q = quantile_levels.size();
  if (batch.target.cols != horizon_ || batch.target.rows != B || batch.mean.rows != B * J) fail("shapes do not fit");
  std::vector<float> numbers(B * Q * horizon_);
  const Matrix<float> quantiles(numbers.data(), B * Q, horizon_);
  kernels::mixture_quantiles<float>(batch, quantile_levels, quantiles);
  for (std::size_t b = 0; b < B; ++b) {
    for (std::size_t h = 0; h < horizon_; ++h) {
      if (!batch.observed(b, h)) continue;
      const Moments m = moments_of(batch.log_weight, batch.mean, batch.scale, b, h);
      const auto place = [&](double value) { return static_cast<float>((value - m.mean) / m.deviation); };
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

Calibration CalibrationFit::finish(double independent_windows) const {
  if (!(independent_windows > 0)) fail("there is no independent window");
  std::vector<double> factor(horizon_, 1.0), shift(horizon_, 0.0);
  std::vector<float> values;
  for (std::size_t h = 0; h < horizon_; ++h) {
    if (points_[h].empty()) continue;
    values.clear();
    for (const Point& point : points_[h]) values.push_back(point.place - point.median);
    shift[h] = order_statistic(values, .5);
    factor[h] = 0;
    for (std::size_t c = 0; c < level_count; ++c) {
      values.clear();
      for (const Point& point : points_[h]) values.push_back(score(point, static_cast<float>(shift[h]), c));
      factor[h] += order_statistic(values, central_levels[c]) / static_cast<double>(level_count);
    }
  }
  const std::size_t reach = std::max<std::size_t>(2, horizon_ / 16);
  factor = smooth(factor, reach);
  shift = smooth(shift, reach);
  const auto weight = [=](double prior) { return independent_windows / (independent_windows + prior); };
  const double widening = weight(prior_windows), narrowing = weight(narrowing_prior_windows);
  Calibration map;
  for (std::size_t h = 0; h < horizon_; ++h) {
    // A factor of 0 (every target on the mean) would leave no distribution.
    const double change = std::max(factor[h], 1e-3) - 1;
    map.factor.push_back(static_cast<float>(1 + (change < 0 ? narrowing : widening) * change));
    map.shift.push_back(static_cast<float>(widening * shift[h]));
  }
  return map;
}

}  // namespace vdn
