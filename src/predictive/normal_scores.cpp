#include <vdn/predictive/normal_scores.hpp>

#include <algorithm>
#include <vector>

#include <vdn/kernels/mixture_steps.hpp>

namespace vdn {

void normal_scores(const kernels::MixtureBatch<float>& batch, Matrix<double> z) {
  constexpr float least_level = 1e-4f;
  const std::size_t B = z.rows, H = z.cols;
  std::vector<float> numbers(B * H);
  const Matrix<float> cdf(numbers.data(), B, H);
  kernels::mixture_cdf<float>(batch, cdf);
  for (std::size_t b = 0; b < B; ++b) {
    for (std::size_t h = 0; h < H; ++h) {
      const auto level = static_cast<double>(std::clamp(cdf(b, h), least_level, 1 - least_level));
      z(b, h) = batch.observed(b, h) ? kernels::normal_quantile(level) : 0.0;
    }
  }
}

}  // namespace vdn
