#include <vdn/evaluate/sample_steps.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace vdn {

void sample_steps(const kernels::MixtureBatch<float>& batch, std::size_t row, const kernels::DrawKey& key,
                  Matrix<float> values) {
  const std::size_t components = batch.log_weight.cols;
  std::vector<double> below(components);  // cumulative weights
  double total = 0.0;
  for (std::size_t j = 0; j < components; ++j) below[j] = total += std::exp(double{batch.log_weight(row, j)});
  for (std::size_t h = 0; h < values.rows; ++h) {
    const auto step = static_cast<std::uint32_t>(h);
    for (std::size_t p = 0; p < values.cols; ++p) {
      const auto bits = philox(key.stream, {step, static_cast<std::uint32_t>(p), key.origin, key.series});
      const auto chosen = std::upper_bound(below.begin(), below.end() - 1, total * to_uniform(bits[0]));
      const std::size_t at = row * components + static_cast<std::size_t>(chosen - below.begin());
      const double normal =
          std::sqrt(-2.0 * std::log(to_uniform(bits[1]))) * std::cos(2.0 * std::numbers::pi * to_uniform(bits[2]));
      values(h, p) = static_cast<float>(double{batch.mean(at, h)} + double{batch.scale(at, h)} * normal);
    }
  }
}

}  // namespace vdn
