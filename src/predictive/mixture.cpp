// Gaussian mixtures in double arithmetic.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vdn/core/error.hpp>
#include <vdn/kernels/mixture_steps.hpp>
#include <vdn/predictive/mixture.hpp>

namespace vdn {
namespace {

constexpr double log_root_two_pi = 0.91893853320467274178;

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}
double normal_density(double x) {
  return std::exp(-0.5 * x * x - log_root_two_pi);
}

/// E|X| of X ~ N(m, v).
double absolute_mean(double m, double v) {
  const double s = std::sqrt(v), x = m / s;
  return 2 * s * normal_density(x) + m * std::erf(x / std::numbers::sqrt2);
}

void check_level(double level) {
  if (!(level > 0 && level < 1))
    throw Error(ErrorKind::config, "quantile", "level " + std::to_string(level) + " is not between 0 and 1");
}

}  // namespace

GaussianMixture::GaussianMixture(std::span<const float> weight, std::span<const float> mean,
                                 std::span<const float> scale)
    : weight_(weight), mean_(mean), scale_(scale), total_(std::accumulate(weight.begin(), weight.end(), 0.0)) {
  const auto fail = [](const char* problem) { throw Error(ErrorKind::software, "Gaussian mixture", problem); };
  if (weight.empty() || mean.size() != weight.size() || scale.size() != weight.size())
    fail("weights, means and scales differ in number, or there are none");
  const bool weights_good = std::ranges::all_of(weight, [](float w) { return w >= 0; });
  if (!weights_good || !(total_ > 0) || !std::isfinite(total_)) fail("weights are negative, not finite, or all 0");
  if (!std::ranges::all_of(mean, [](float m) { return std::isfinite(m); })) fail("a mean is not finite");
  if (!std::ranges::all_of(scale, [](float s) { return s > 0 && std::isfinite(s); })) fail("a scale is not positive");
}

double GaussianMixture::density(double x) const {
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j)
    sum += weight_[j] * normal_density((x - mean_[j]) / scale_[j]) / scale_[j];
  return sum / total_;
}

double GaussianMixture::log_density(double x) const {
  const auto term = [&](std::size_t j) {
    const double z = (x - mean_[j]) / scale_[j];
    return std::log(double{weight_[j]}) - 0.5 * z * z - std::log(double{scale_[j]}) - log_root_two_pi;
  };
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (std::size_t j = 0; j < components(); ++j) largest = std::max(largest, term(j));
  for (std::size_t j = 0; j < components(); ++j) sum += std::exp(term(j) - largest);
  return largest + std::log(sum / total_);
}

double GaussianMixture::cdf(double x) const {
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j) sum += weight_[j] * normal_cdf((x - mean_[j]) / scale_[j]);
  return sum / total_;
}

double GaussianMixture::survival(double x) const {
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j) sum += weight_[j] * normal_cdf((mean_[j] - x) / scale_[j]);
  return sum / total_;
}

/// Newton's method inside a bracket that every evaluation narrows; a step that leaves it is replaced by its middle.
/// At first the bracket spans the quantiles of the components, between which that of the mixture lies.
double GaussianMixture::solve(double level, double lower_bound, double start) const {
  const double normal_level = kernels::normal_quantile(level);
  double lo = std::numeric_limits<double>::infinity(), hi = -lo;
  for (std::size_t j = 0; j < components(); ++j) {
    if (weight_[j] == 0) continue;
    const double own = mean_[j] + normal_level * scale_[j];
    lo = std::min(lo, own);
    hi = std::max(hi, own);
  }
  lo = std::max(lo, std::min(lower_bound, hi));
  double x = std::clamp(start, lo, hi);
  for (int iteration = 0; iteration < 200 && lo < hi; ++iteration) {
    const double miss = level <= 0.5 ? cdf(x) - level : (1 - level) - survival(x);
    (miss < 0 ? lo : hi) = x;
    double next = x - miss / density(x);
    if (!(next > lo && next < hi)) next = std::midpoint(lo, hi);
    const double step = std::abs(next - x);
    x = next;
    // Newton converges quadratically: a step this small has landed.
    if (step <= 1e-10 * std::abs(x) || hi - lo <= 1e-14 * (std::abs(lo) + std::abs(hi))) break;
  }
  return x;
}

double GaussianMixture::quantile(double level) const {
  check_level(level);
  const double start = mean() + kernels::normal_quantile(level) * std::sqrt(variance());
  return solve(level, -std::numeric_limits<double>::infinity(), start);
}

void GaussianMixture::quantiles(std::span<const double> levels, std::span<double> out) const {
  if (out.size() != levels.size()) throw Error(ErrorKind::software, "quantiles", "as many levels as results");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    check_level(levels[i]);
    if (i == 0) {
      out[i] = quantile(levels[i]);
      continue;
    }
    if (levels[i] < levels[i - 1]) throw Error(ErrorKind::config, "quantiles", "levels decrease");
    const double start = out[i - 1] + (levels[i] - levels[i - 1]) / std::max(density(out[i - 1]), 1e-300);
    out[i] = std::max(out[i - 1], solve(levels[i], out[i - 1], start));
  }
}

double GaussianMixture::mean() const {
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j) sum += double{weight_[j]} * mean_[j];
  return sum / total_;
}

double GaussianMixture::within_variance() const {
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j) sum += double{weight_[j]} * scale_[j] * scale_[j];
  return sum / total_;
}

double GaussianMixture::latent_variance() const {
  const double centre = mean();
  double sum = 0;
  for (std::size_t j = 0; j < components(); ++j) sum += weight_[j] * (mean_[j] - centre) * (mean_[j] - centre);
  return sum / total_;
}

double GaussianMixture::crps(double y) const {
  double to_target = 0, apart = 0;
  for (std::size_t j = 0; j < components(); ++j) {
    const double variance = double{scale_[j]} * scale_[j];
    to_target += weight_[j] * absolute_mean(y - mean_[j], variance);
    apart += 0.5 * weight_[j] * weight_[j] * absolute_mean(0, 2 * variance);
    for (std::size_t k = 0; k < j; ++k)
      apart += double{weight_[j]} * weight_[k] *
               absolute_mean(double{mean_[j]} - mean_[k], variance + double{scale_[k]} * scale_[k]);
  }
  return to_target / total_ - apart / (total_ * total_);
}

void StepMixture::load(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t step) {
  const std::size_t components = batch.log_weight.cols;
  weight_.resize(components);
  mean_.resize(components);
  scale_.resize(components);
  for (std::size_t j = 0; j < components; ++j) {
    weight_[j] = std::exp(batch.log_weight(row, j));
    mean_[j] = batch.mean(row * components + j, step);
    scale_[j] = batch.scale(row * components + j, step);
  }
}

}  // namespace vdn
