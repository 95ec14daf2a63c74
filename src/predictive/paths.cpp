#include <vdn/predictive/paths.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <span>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/kernels/linear.hpp>

namespace vdn {
namespace {

/// fill_normal counts its blocks of four from 0, H/4 of them; uniforms are taken from here on.
constexpr std::uint32_t first_uniform_block = 0x80000000u;

std::array<std::uint32_t, 4> uniform_bits(const kernels::DrawKey& key, std::uint32_t block) {
  return philox(key.stream, {first_uniform_block + block, key.draw, key.origin, key.series});
}

/// Running sums of the weights of a row; the last is their total.
std::vector<double> cumulative_weights(const kernels::MixtureBatch<float>& batch, std::size_t row) {
  std::vector<double> sums;
  double sum = 0;
  for (const float weight : batch.log_weight.row(row)) sums.push_back(sum += std::exp(double{weight}));
  return sums;
}

/// The component at a place in (0, 1) of the running sums.
std::size_t component_at(const std::vector<double>& sums, double place) {
  const auto found = std::upper_bound(sums.begin(), sums.end(), place * sums.back());
  return std::min(static_cast<std::size_t>(found - sums.begin()), sums.size() - 1);
}

/// Where path n looks for its component within its share of the weights: the window's u and n steps of 1/phi, modulo 1.
/// Multiples of the golden ratio fill [0, 1) evenly, however many are taken.
double place_in_share(double u, std::size_t n) {
  constexpr double inverse_golden_ratio = 0.6180339887498949;
  const double place = u + inverse_golden_ratio * static_cast<double>(n);
  return place - std::floor(place);
}

void check(const kernels::MixtureBatch<float>& batch, std::size_t row, ConstMatrix<float> factor, Matrix<float> paths) {
  const std::size_t H = paths.cols;
  const bool fits = row < batch.log_weight.rows && batch.mean.cols == H && batch.scale.cols == H &&
                    (factor.size() == 0 || (factor.rows == H && factor.cols == H));
  if (!fits) throw Error(ErrorKind::software, "sample paths", "shapes do not fit");
}

/// The key of path number n of the output.
kernels::DrawKey key_of(const PathNumbers& numbers, std::size_t n) {
  kernels::DrawKey key = numbers.key;
  key.draw = numbers.first + static_cast<std::uint32_t>(n);
  return key;
}

/// Standard normals of path n: those of the path before with the other sign where n is odd.
void fill_mirrored(const PathNumbers& numbers, std::size_t n, std::span<float> normals) {
  kernels::DrawKey key = key_of(numbers, n);
  const bool odd = key.draw % 2 == 1;
  key.draw -= odd ? 1 : 0;
  kernels::fill_normal<float>(key, normals);
  if (odd) std::transform(normals.begin(), normals.end(), normals.begin(), std::negate<>());
}

}  // namespace

void sample_paths(const kernels::MixtureBatch<float>& batch, std::size_t row, ConstMatrix<float> factor,
                  const PathNumbers& numbers, Matrix<float> paths) {
  check(batch, row, factor, paths);
  const std::size_t N = paths.rows, H = paths.cols, J = batch.log_weight.cols;
  std::vector<float> normals(factor.size() > 0 ? N * H : 0);
  const Matrix<float> normal(normals.data(), N, H);
  for (std::size_t n = 0; n < N; ++n) {
    fill_mirrored(numbers, n, factor.size() > 0 ? normal.row(n) : paths.row(n));
  }
  if (factor.size() > 0) kernels::linear_forward<float>(normal, factor, {}, paths);
  const std::vector<double> sums = cumulative_weights(batch, row);
  const double u = to_uniform(uniform_bits(numbers.key, 0)[0]);
  for (std::size_t n = 0; n < N; ++n) {
    const double place = (static_cast<double>(n) + place_in_share(u, numbers.first + n)) / static_cast<double>(N);
    const std::size_t j = row * J + component_at(sums, place);
    for (std::size_t h = 0; h < H; ++h) paths(n, h) = batch.mean(j, h) + batch.scale(j, h) * paths(n, h);
  }
}

void sample_independent(const kernels::MixtureBatch<float>& batch, std::size_t row, const PathNumbers& numbers,
                        Matrix<float> paths) {
  check(batch, row, {}, paths);
  const std::size_t H = paths.cols, J = batch.log_weight.cols;
  const std::vector<double> sums = cumulative_weights(batch, row);
  for (std::size_t n = 0; n < paths.rows; ++n) {
    const kernels::DrawKey key = key_of(numbers, n);
    kernels::fill_normal<float>(key, paths.row(n));
    for (std::size_t h = 0; h < H; ++h) {
      const double u = to_uniform(uniform_bits(key, static_cast<std::uint32_t>(h / 4))[h % 4]);
      const std::size_t j = row * J + component_at(sums, u);
      paths(n, h) = batch.mean(j, h) + batch.scale(j, h) * paths(n, h);
    }
  }
}

}  // namespace vdn
