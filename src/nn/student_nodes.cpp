#include <vdn/nn/student_nodes.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace vdn::nn {
namespace {

struct LogGammaMoments {
  double mean, variance;
};

/// Of ln g, g ~ Gamma(a, rate a): digamma(a) - ln a and trigamma(a), by recurrence to 10 and the asymptotic series
/// (Abramowitz and Stegun 6.3.18, 6.4.12).
LogGammaMoments log_gamma_moments(double a) {
  LogGammaMoments m{-std::log(a), 0.0};
  double x = a;
  for (; x < 10; x += 1) {
    m.mean -= 1 / x;
    m.variance += 1 / (x * x);
  }
  const double i = 1 / x, i2 = i * i;
  m.mean += std::log(x) - i / 2 - i2 / 12 + i2 * i2 / 120;
  m.variance += i + i2 / 2 + i2 * i / 6 - i2 * i2 * i / 30;
  return m;
}

}  // namespace

kernels::MixtureNodes student_nodes(double nu) {
  if (nu == 0) return {};
  // Gauss-Hermite for the weight exp(-z^2/2) / sqrt(2 pi), n = 3.
  constexpr std::array<double, 3> place{1.7320508075688772, 0.0, -1.7320508075688772};
  constexpr std::array<double, 3> share{1.0 / 6, 2.0 / 3, 1.0 / 6};
  const double a = nu / 2;
  const auto [mean, variance] = log_gamma_moments(a);
  kernels::MixtureNodes nodes{.count = place.size()};
  double sum = 0;
  for (std::size_t q = 0; q < place.size(); ++q) {
    const double u = mean + std::sqrt(variance) * place[q];
    // Both densities up to factors that all nodes share.
    const double log_ratio = a * u - a * std::exp(u) + place[q] * place[q] / 2;
    nodes.scale[q] = std::exp(-u / 2);
    nodes.log_weight[q] = std::log(share[q]) + log_ratio;
    sum += std::exp(nodes.log_weight[q] + a);  // + a: of order one
  }
  for (std::size_t q = 0; q < nodes.count; ++q) nodes.log_weight[q] -= std::log(sum) - a;
  return nodes;
}

}  // namespace vdn::nn
