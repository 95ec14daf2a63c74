#include <vdn/predictive/mixture_moments.hpp>

#include <cmath>

namespace vdn {

MixtureMoments mixture_moments(ConstMatrix<float> log_weight, ConstMatrix<float> mean, ConstMatrix<float> scale,
                               std::size_t row, std::size_t steps) {
  const std::size_t J = log_weight.cols;
  std::vector<double> weight(J);
  double total = 0;
  for (std::size_t j = 0; j < J; ++j) total += weight[j] = std::exp(double{log_weight(row, j)});
  for (double& w : weight) w /= total;
  MixtureMoments moments{std::vector<double>(steps), std::vector<double>(steps), std::vector<double>(steps)};
  for (std::size_t j = 0; j < J; ++j) {
    const auto m = mean.row(row * J + j), r = scale.row(row * J + j);
    for (std::size_t h = 0; h < steps; ++h) {
      moments.mean[h] += weight[j] * double{m[h]};
      moments.within[h] += weight[j] * double{r[h]} * double{r[h]};
    }
  }
  for (std::size_t j = 0; j < J; ++j) {  // in a second pass, which loses no digits of a far mean
    const auto m = mean.row(row * J + j);
    for (std::size_t h = 0; h < steps; ++h) {
      const double apart = double{m[h]} - moments.mean[h];
      moments.latent[h] += weight[j] * apart * apart;
    }
  }
  return moments;
}

}  // namespace vdn
