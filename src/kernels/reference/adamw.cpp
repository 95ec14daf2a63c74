#include <vdn/kernels/adamw.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace vdn::kernels {

template <>
void adamw<double>(const AdamWSettings& settings, std::uint64_t step, double gradient_scale,
                   std::span<const double> gradient, std::span<double> parameter, std::span<double> first_moment,
                   std::span<double> second_moment) {
  const auto& [rate, beta1, beta2, epsilon, decay] = settings;
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  for (std::size_t i = 0; i < parameter.size(); ++i) {
    const double g = gradient_scale * gradient[i];
    double &p = parameter[i], &m = first_moment[i], &v = second_moment[i];
    p *= 1 - rate * decay;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    p -= rate / correction1 * m / (std::sqrt(v) / correction2 + epsilon);
  }
}

template <>
double squared_norm<double>(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return sum;
}

double clip_factor(double norm, double max_norm) {
  return max_norm <= 0 ? 1 : std::min(1.0, max_norm / (norm + 1e-6));
}

}  // namespace vdn::kernels
