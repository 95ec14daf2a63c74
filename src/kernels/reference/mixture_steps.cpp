// Density, distribution function, mean and quantiles of a mixture: the plain form.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include <vdn/kernels/mixture_steps.hpp>

#include "kernels/mixture_objective.hpp"

namespace vdn::kernels {
namespace {

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

/// sum_j w_j f(mean_j, scale_j) at row b, step h.
template <class Function>
double weighted_sum(const MixtureBatch<double>& batch, std::size_t b, std::size_t h, Function f) {
  const std::size_t components = batch.log_weight.cols;
  double sum = 0;
  for (std::size_t j = 0; j < components; ++j)
    sum += std::exp(batch.log_weight(b, j)) * f(batch.mean(b * components + j, h), batch.scale(b * components + j, h));
  return sum;
}

double cdf_at(const MixtureBatch<double>& batch, std::size_t b, std::size_t h, double x) {
  return weighted_sum(batch, b, h, [x](double mean, double scale) { return normal_cdf((x - mean) / scale); });
}

}  // namespace

double normal_quantile(double level) {
  // P. J. Acklam's rational approximation (relative error 1.15e-9), by symmetry from the lower half.
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                          -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  if (level > 0.5) return -normal_quantile(1 - level);
  double x = 0;
  if (level < 0.02425) {
    const double q = std::sqrt(-2 * std::log(level));
    x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  } else {
    const double q = level - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
  }
  const double density = std::exp(-0.5 * x * x - log_root_two_pi);
  if (density == 0) return x;
  const double u = (normal_cdf(x) - level) / density;
  return x - u / (1 + 0.5 * x * u);
}

template <>
void mixture_log_density<double>(const MixtureBatch<double>& batch, Matrix<double> log_density) {
  const std::size_t components = batch.log_weight.cols;
  std::vector<double> terms(components);
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    for (std::size_t h = 0; h < batch.target.cols; ++h) {
      for (std::size_t j = 0; j < components; ++j) {
        const double scale = batch.scale(b * components + j, h);
        const double z = (batch.target(b, h) - batch.mean(b * components + j, h)) / scale;
        terms[j] = batch.log_weight(b, j) - 0.5 * z * z - std::log(scale) - log_root_two_pi;
      }
      const double largest = *std::max_element(terms.begin(), terms.end());
      double sum = 0;
      for (const double term : terms) sum += std::exp(term - largest);
      log_density(b, h) = batch.observed(b, h) ? largest + std::log(sum) : 0.0;
    }
  }
}

template <>
void mixture_cdf<double>(const MixtureBatch<double>& batch, Matrix<double> cdf) {
  for (std::size_t b = 0; b < batch.target.rows; ++b)
    for (std::size_t h = 0; h < batch.target.cols; ++h)
      cdf(b, h) = batch.observed(b, h) ? cdf_at(batch, b, h, batch.target(b, h)) : 0.0;
}

template <>
void mixture_mean<double>(const MixtureBatch<double>& batch, Matrix<double> mean) {
  for (std::size_t b = 0; b < batch.target.rows; ++b)
    for (std::size_t h = 0; h < batch.target.cols; ++h)
      mean(b, h) = weighted_sum(batch, b, h, [](double m, double) { return m; });
}

/// Bisection between the smallest and the largest quantile of a component, which enclose the mixture's.
template <>
void mixture_quantiles<double>(const MixtureBatch<double>& batch, std::span<const double> levels,
                               Matrix<double> quantiles) {
  const std::size_t components = batch.log_weight.cols;
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    for (std::size_t h = 0; h < batch.target.cols; ++h) {
      const double total = weighted_sum(batch, b, h, [](double, double) { return 1.0; });
      for (std::size_t l = 0; l < levels.size(); ++l) {
        const double x = normal_quantile(levels[l]);
        double lo = std::numeric_limits<double>::infinity(), hi = -lo;
        for (std::size_t j = 0; j < components; ++j) {
          const double own = batch.mean(b * components + j, h) + x * batch.scale(b * components + j, h);
          lo = std::min(lo, own);
          hi = std::max(hi, own);
        }
        for (double middle = std::midpoint(lo, hi); lo < middle && middle < hi; middle = std::midpoint(lo, hi))
          (cdf_at(batch, b, h, middle) < levels[l] * total ? lo : hi) = middle;
        quantiles(b * levels.size() + l, h) = lo;
      }
    }
  }
}

}  // namespace vdn::kernels
