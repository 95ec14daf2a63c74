#include <vdn/model/line_solver.hpp>

#include <algorithm>

#include <vdn/core/error.hpp>
#include <vdn/kernels/dense.hpp>

namespace vdn {
namespace {

/// Of the level's weight: keeps it where contexts say something, lets it go where they do not.
constexpr double level_penalty = 1e-3;

/// What a bias takes out of a sum of products: the product of the sums over n.
double explained(bool drift, double sum, double other_sum, double count) {
  return drift ? sum * other_sum / count : 0.0;
}

/// Mean over the look-back of sum (x_l - last)^2.
double mean_diagonal(const LineSums& s) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < s.features; ++i) sum += s.product[i * s.features + i];
  return sum / static_cast<double>(s.features);
}

}  // namespace

std::vector<double> normal_matrix(const LineSums& s, std::size_t used, bool drift) {
  std::vector<double> matrix(used * used);
  for (std::size_t i = 0; i < used; ++i) {
    for (std::size_t j = 0; j < used; ++j) {
      matrix[i * used + j] =
          s.product[i * s.features + j] - explained(drift, s.feature_sum[i], s.feature_sum[j], s.count);
    }
  }
  return matrix;
}

bool moves(const LineSums& s) {
  return s.count > 0 && mean_diagonal(s) > 1e-24 * s.count;
}

std::vector<double> bias_for(const LineSums& s, ConstMatrix<double> weight, bool drift) {
  std::vector<double> bias(s.targets);
  if (!drift) return bias;
  for (std::size_t k = 0; k < s.targets; ++k) {
    double sum = s.target_sum[k];
    for (std::size_t i = 0; i < s.features; ++i) sum -= weight(k, i) * s.feature_sum[i];
    bias[k] = sum / s.count;
  }
  return bias;
}

LineWeights solve_line(const LineSums& s, const LineOptions& options, std::span<const double> prior) {
  const std::size_t F = s.features, T = s.targets, used = options.free_level ? F : F - 1;
  LineWeights line{{prior.begin(), prior.end()}, {}};
  line.weight.resize(T * F);
  const Matrix<double> weight(line.weight.data(), T, F);
  if (used > 0 && moves(s)) {
    std::vector<double> matrix = normal_matrix(s, used, options.drift), right(T * used);
    std::vector<double> ridge(used, options.penalty * mean_diagonal(s));
    if (options.free_level) ridge[F - 1] = level_penalty * matrix[used * used - 1] + 1e-12 * s.count;
    for (std::size_t k = 0; k < T; ++k) {
      for (std::size_t i = 0; i < used; ++i) {
        right[k * used + i] = s.cross[k * F + i] -
                              explained(options.drift, s.target_sum[k], s.feature_sum[i], s.count) +
                              ridge[i] * weight(k, i);
      }
    }
    for (std::size_t i = 0; i < used; ++i) matrix[i * used + i] += ridge[i];
    if (!kernels::solve_positive_definite({matrix.data(), used, used}, {right.data(), T, used})) {
      throw Error(ErrorKind::config, "line", "the normal matrix is not positive definite", "raise line.penalty");
    }
    for (std::size_t k = 0; k < T; ++k) std::copy_n(&right[k * used], used, weight.row(k).begin());
  }
  line.bias = bias_for(s, weight, options.drift);
  return line;
}

}  // namespace vdn
