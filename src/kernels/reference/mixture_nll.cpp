// The plain form of the mixture likelihood. Formulas: mixture_objective.hpp.

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/mixture_objective.hpp"

namespace vdn::kernels {
namespace {

/// One row of a batch: J components of Q normals over H steps, of which `count` are observed. Normal n = j*Q + q.
struct Row {
  std::span<const double> target;
  std::span<const std::uint8_t> observed;
  ConstMatrix<double> mean, scale;
  std::span<const double> log_weight;
  double count;
  MixtureNodes nodes;

  std::size_t normals() const { return log_weight.size() * nodes.count; }
  double log_share(std::size_t n) const { return log_weight[n / nodes.count] + nodes.log_weight[n % nodes.count]; }
  double deviation(std::size_t n, std::size_t h) const {
    return nodes.scale[n % nodes.count] * scale(n / nodes.count, h);
  }
  double standardised(std::size_t n, std::size_t h) const {
    return (target[h] - mean(n / nodes.count, h)) / deviation(n, h);
  }
};

Row row_of(const MixtureBatch<double>& batch, std::size_t b) {
  const std::size_t components = batch.log_weight.cols;
  const Range rows{b * components, (b + 1) * components};
  const auto observed = batch.observed.row(b);
  const auto count = std::count_if(observed.begin(), observed.end(), [](std::uint8_t one) { return one != 0; });
  return {
      batch.target.row(b),        observed,   batch.mean.slice(rows), batch.scale.slice(rows), batch.log_weight.row(b),
      static_cast<double>(count), batch.nodes};
}

double log_normal(const Row& row, std::size_t n, std::size_t h) {
  const double z = row.standardised(n, h);
  return -0.5 * z * z - std::log(row.deviation(n, h)) - log_root_two_pi;
}

/// values[j] becomes its share of sum_j exp(values[j]); returns the logarithm of that sum.
double log_sum_exp(std::span<double> values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += std::exp(value - largest);
  const double log_sum = largest + std::log(sum);
  for (double& value : values) value = std::exp(value - log_sum);
  return log_sum;
}

/// The step part; adds share * (posterior of normal n at step h) / (groups |O|) to posterior[J*Q,H] and its sum over h
/// to mass[J*Q].
double step_part(const Row& row, const ObjectiveParts& parts, Matrix<double> posterior, std::span<double> mass) {
  const std::size_t size = row.normals() / parts.groups;
  const double share = parts.step_share / (static_cast<double>(parts.groups) * row.count);
  std::vector<double> terms(size);
  double nll = 0;
  for (std::size_t h = 0; h < row.target.size(); ++h) {
    if (!row.observed[h]) continue;
    for (std::size_t first = 0; first < row.normals(); first += size) {
      for (std::size_t m = 0; m < size; ++m) terms[m] = row.log_share(first + m) + log_normal(row, first + m, h);
      nll -= share * (std::log(static_cast<double>(parts.groups)) + log_sum_exp(terms));
      for (std::size_t m = 0; m < size; ++m) {
        posterior(first + m, h) += share * terms[m];
        mass[first + m] += share * terms[m];
      }
    }
  }
  return nll;
}

/// The sequence part; posterior and mass as above.
double sequence_part(const Row& row, const ObjectiveParts& parts, Matrix<double> posterior, std::span<double> mass) {
  const double outer = parts.sequence_share * (parts.tempered ? 1.0 : 1.0 / row.count);
  const double inner = parts.tempered ? 1.0 / row.count : 1.0;
  std::vector<double> terms(row.normals());
  for (std::size_t n = 0; n < terms.size(); ++n) {
    terms[n] = row.log_share(n);
    for (std::size_t h = 0; h < row.target.size(); ++h)
      if (row.observed[h]) terms[n] += inner * log_normal(row, n, h);
  }
  const double nll = -outer * log_sum_exp(terms);
  for (std::size_t j = 0; j < terms.size(); ++j) {
    mass[j] += outer * terms[j];
    for (std::size_t h = 0; h < row.target.size(); ++h)
      if (row.observed[h]) posterior(j, h) += outer * inner * terms[j];
  }
  return nll;
}

/// The value of one row. posterior[n,h] = -d nll / d log N_nh and mass[n] = -d nll / d log w_n.
double row_nll(const Row& row, const ObjectiveParts& parts, Matrix<double> posterior, std::span<double> mass) {
  std::ranges::fill(posterior.flat(), 0.0);
  std::ranges::fill(mass, 0.0);
  if (row.count == 0) return 0;
  double nll = 0;
  if (parts.step_share > 0) nll += step_part(row, parts, posterior, mass);
  if (parts.sequence_share > 0) nll += sequence_part(row, parts, posterior, mass);
  return nll;
}

}  // namespace

std::size_t mixture_nll_workspace(std::size_t components, std::size_t horizon) {
  const std::size_t padded = (horizon + 15) / 16 * 16;  // whole vectors of the fast form
  return (2 * components + 3) * padded + 2 * components;
}

template <>
void mixture_nll<double>(Objective objective, const MixtureBatch<double>& batch, std::span<double> nll) {
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  const std::size_t normals = batch.log_weight.cols * batch.nodes.count;
  std::vector<double> posterior(normals * batch.target.cols), mass(normals);
  for (std::size_t b = 0; b < nll.size(); ++b)
    nll[b] = row_nll(row_of(batch, b), parts, {posterior.data(), normals, batch.target.cols}, mass);
}

template <>
void mixture_nll_gradient<double>(Objective objective, const MixtureBatch<double>& batch, double row_weight,
                                  std::span<double> /*workspace*/, std::span<double> nll,
                                  const MixtureGradient<double>& gradient) {
  const ObjectiveParts parts = parts_of(objective, batch.draws);
  const std::size_t components = batch.log_weight.cols, horizon = batch.target.cols, Q = batch.nodes.count;
  std::vector<double> posteriors(components * Q * horizon), mass(components * Q);
  const Matrix<double> posterior{posteriors.data(), components * Q, horizon};
  for (const Matrix<double>& out : {gradient.mean, gradient.scale, gradient.log_weight}) {
    std::ranges::fill(out.flat(), 0.0);
  }
  for (std::size_t b = 0; b < nll.size(); ++b) {
    const Row row = row_of(batch, b);
    nll[b] = row_nll(row, parts, posterior, mass);
    for (std::size_t n = 0; n < row.normals(); ++n) {
      const std::size_t j = n / Q, at = b * components + j;
      gradient.log_weight(b, j) -= row_weight * mass[n];
      for (std::size_t h = 0; h < horizon; ++h) {
        if (!row.observed[h]) continue;
        const double z = row.standardised(n, h), weight = -row_weight * posterior(n, h) / row.deviation(n, h);
        gradient.mean(at, h) += weight * z;
        gradient.scale(at, h) += batch.nodes.scale[n % Q] * weight * (z * z - 1);
      }
    }
  }
}

}  // namespace vdn::kernels
