// The energy score of an ensemble of paths: the plain form.

#include <algorithm>
#include <cmath>

#include <vdn/kernels/mixture.hpp>

namespace vdn::kernels {
namespace {

/// ||a - b|| over the observed steps.
double distance(std::span<const double> a, std::span<const double> b, std::span<const std::uint8_t> observed) {
  double sum = 0;
  for (std::size_t h = 0; h < a.size(); ++h)
    if (observed[h]) sum += (a[h] - b[h]) * (a[h] - b[h]);
  return std::sqrt(sum);
}

/// da += weight * d ||a - b|| / da.
void add_direction(std::span<const double> a, std::span<const double> b, std::span<const std::uint8_t> observed,
                   double weight, std::span<double> da) {
  const double length = distance(a, b, observed);
  if (length == 0) return;
  for (std::size_t h = 0; h < a.size(); ++h)
    if (observed[h]) da[h] += weight * (a[h] - b[h]) / length;
}

}  // namespace

template <>
double energy_score<double>(std::span<const double> target, std::span<const std::uint8_t> observed,
                            ConstMatrix<double> paths) {
  const auto count = static_cast<double>(paths.rows);
  double score = 0;
  for (std::size_t p = 0; p < paths.rows; ++p) {
    score += distance(paths.row(p), target, observed) / count;
    for (std::size_t q = 0; q < paths.rows; ++q)
      score -= distance(paths.row(p), paths.row(q), observed) / (2 * count * count);
  }
  return score;
}

template <>
double energy_score_gradient<double>(std::span<const double> target, std::span<const std::uint8_t> observed,
                                     ConstMatrix<double> paths, Matrix<double> dpaths) {
  const auto count = static_cast<double>(paths.rows);
  std::ranges::fill(dpaths.flat(), 0.0);
  for (std::size_t p = 0; p < paths.rows; ++p) {
    add_direction(paths.row(p), target, observed, 1 / count, dpaths.row(p));
    for (std::size_t q = 0; q < paths.rows; ++q)
      add_direction(paths.row(p), paths.row(q), observed, -1 / (count * count), dpaths.row(p));
  }
  return energy_score<double>(target, observed, paths);
}

}  // namespace vdn::kernels
