#include <vdn/kernels/elementwise.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace vdn::kernels {
namespace {

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}
double normal_density(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
}
double sigmoid(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
double softplus(double x) {
  return x > 20 ? x : std::log1p(std::exp(x));
}

}  // namespace

template <>
void gelu_forward<double>(std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * normal_cdf(x[i]);
}

template <>
void gelu_backward<double>(std::span<const double> x, std::span<const double> dy, std::span<double> dx) {
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] = dy[i] * (normal_cdf(x[i]) + x[i] * normal_density(x[i]));
}

template <>
void dropout<double>(std::span<const double> x, std::span<const double> mask, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * mask[i];
}

template <>
void sigmoid_gate_forward<double>(std::span<const double> base, std::span<const double> gate,
                                  std::span<const double> delta, std::span<double> y) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = base[i] + sigmoid(gate[i]) * delta[i];
}

template <>
void sigmoid_gate_backward<double>(std::span<const double> gate, std::span<const double> delta,
                                   std::span<const double> dy, std::span<double> dgate, std::span<double> ddelta) {
  for (std::size_t i = 0; i < dy.size(); ++i) {
    const double s = sigmoid(gate[i]);
    dgate[i] = dy[i] * delta[i] * s * (1 - s);
    ddelta[i] = dy[i] * s;
  }
}

template <>
void softplus_scale_forward<double>(std::span<const double> rho, double factor, double floor, double cap,
                                    std::span<double> r) {
  for (std::size_t i = 0; i < rho.size(); ++i) r[i] = std::min(factor * softplus(rho[i]) + floor, cap);
}

template <>
void softplus_scale_backward<double>(std::span<const double> rho, double factor, double floor, double cap,
                                     std::span<const double> dr, std::span<double> drho) {
  for (std::size_t i = 0; i < rho.size(); ++i) {
    const bool capped = factor * softplus(rho[i]) + floor > cap;
    drho[i] = capped ? 0 : dr[i] * factor * sigmoid(rho[i]);
  }
}

template <>
void exp_clamped_forward<double>(std::span<const double> log_sigma, double lo, double hi, std::span<double> sigma) {
  for (std::size_t i = 0; i < log_sigma.size(); ++i) sigma[i] = std::exp(std::clamp(log_sigma[i], lo, hi));
}

template <>
void exp_clamped_backward<double>(std::span<const double> log_sigma, double lo, double hi,
                                  std::span<const double> sigma, std::span<const double> dsigma,
                                  std::span<double> dlog_sigma) {
  for (std::size_t i = 0; i < log_sigma.size(); ++i) {
    const bool clamped = log_sigma[i] < lo || log_sigma[i] > hi;
    dlog_sigma[i] = clamped ? 0 : dsigma[i] * sigma[i];
  }
}

template <>
void add_scaled<double>(double alpha, std::span<const double> x, std::span<double> y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += alpha * x[i];
}

}  // namespace vdn::kernels
