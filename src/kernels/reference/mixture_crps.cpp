// CRPS of a Gaussian mixture: the plain form.

#include <algorithm>
#include <cmath>
#include <numbers>

#include <vdn/kernels/mixture.hpp>

namespace vdn::kernels {
namespace {

double normal_density(double x) {
  return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

/// E|X| for X ~ N(m, v), with its derivatives by m and by s = sqrt(v).
struct AbsoluteMean {
  double value, by_mean, by_deviation;
};
AbsoluteMean absolute_mean(double m, double v) {
  const double s = std::sqrt(v), x = m / s;
  const double sign = std::erf(x / std::numbers::sqrt2), density = normal_density(x);
  return {2 * s * density + m * sign, sign, 2 * density};
}

/// Calls visit(b, h, j, k, coefficient, A): k = J stands for the target. The score is the sum of coefficient * A.
template <class Visit>
void for_each_term(const MixtureBatch<double>& batch, Visit visit) {
  const std::size_t components = batch.log_weight.cols;
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    const auto mean = batch.mean.slice({b * components, (b + 1) * components});
    const auto scale = batch.scale.slice({b * components, (b + 1) * components});
    for (std::size_t h = 0; h < batch.target.cols; ++h) {
      if (!batch.observed(b, h)) continue;
      for (std::size_t j = 0; j < components; ++j) {
        const double w = std::exp(batch.log_weight(b, j)), v = scale(j, h) * scale(j, h);
        visit(b, h, j, components, w, absolute_mean(mean(j, h) - batch.target(b, h), v));
        for (std::size_t k = 0; k < components; ++k)
          visit(b, h, j, k, -0.5 * w * std::exp(batch.log_weight(b, k)),
                absolute_mean(mean(j, h) - mean(k, h), v + scale(k, h) * scale(k, h)));
      }
    }
  }
}

}  // namespace

template <>
void mixture_crps<double>(const MixtureBatch<double>& batch, Matrix<double> crps) {
  std::ranges::fill(crps.flat(), 0.0);
  for_each_term(batch, [&](std::size_t b, std::size_t h, std::size_t, std::size_t, double coefficient,
                           const AbsoluteMean& a) { crps(b, h) += coefficient * a.value; });
}

template <>
void mixture_absolute_error<double>(const MixtureBatch<double>& batch, Matrix<double> absolute_error) {
  const std::size_t components = batch.log_weight.cols;
  for (std::size_t b = 0; b < batch.target.rows; ++b) {
    for (std::size_t h = 0; h < batch.target.cols; ++h) {
      double sum = 0;
      for (std::size_t j = b * components; batch.observed(b, h) && j < (b + 1) * components; ++j) {
        const double variance = batch.scale(j, h) * batch.scale(j, h);
        sum +=
            std::exp(batch.log_weight.data[j]) * absolute_mean(batch.mean(j, h) - batch.target(b, h), variance).value;
      }
      absolute_error(b, h) = sum;
    }
  }
}

template <>
void mixture_half_difference<double>(const MixtureBatch<double>& batch, Matrix<double> half_difference) {
  const std::size_t components = batch.log_weight.cols;
  for (std::size_t b = 0; b < batch.log_weight.rows; ++b) {
    for (std::size_t h = 0; h < batch.mean.cols; ++h) {
      double sum = 0;
      for (std::size_t j = b * components; j < (b + 1) * components; ++j) {
        for (std::size_t k = b * components; k < (b + 1) * components; ++k) {
          const double variance = batch.scale(j, h) * batch.scale(j, h) + batch.scale(k, h) * batch.scale(k, h);
          sum += std::exp(batch.log_weight.data[j] + batch.log_weight.data[k]) *
                 absolute_mean(batch.mean(j, h) - batch.mean(k, h), variance).value;
        }
      }
      half_difference(b, h) = sum / 2;
    }
  }
}

template <>
void mixture_crps_gradient<double>(const MixtureBatch<double>& batch, Matrix<double> crps, Matrix<double> dmean,
                                   Matrix<double> dscale) {
  for (const Matrix<double>& out : {crps, dmean, dscale}) std::ranges::fill(out.flat(), 0.0);
  const std::size_t components = batch.log_weight.cols;
  for_each_term(batch, [&](std::size_t b, std::size_t h, std::size_t j, std::size_t k, double coefficient,
                           const AbsoluteMean& a) {
    crps(b, h) += coefficient * a.value;
    const std::size_t row = b * components + j;
    // The pairs (j, k) and (k, j) are equal: j takes both derivatives by its own mean and scale.
    const double both = k == components ? coefficient : 2 * coefficient;
    const double own = batch.scale(row, h);
    const double other = k == components ? 0.0 : batch.scale(b * components + k, h);
    dmean(row, h) += both * a.by_mean;
    dscale(row, h) += both * a.by_deviation * own / std::sqrt(own * own + other * other);
  });
}

}  // namespace vdn::kernels
