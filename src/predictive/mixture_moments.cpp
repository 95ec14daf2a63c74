#include <vdn/predictive/mixture_moments.hpp>

#include <cmath>

namespace vdn {

MixtureMoments mixture_moments(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t steps) {
  const std::size_t J = batch.log_weight.cols;
  double spread = 0;  // the variance of the nodes over the square of their scale
  for (std::size_t q = 0; q < batch.nodes.count; ++q) {
    spread += std::exp(batch.nodes.log_weight[q]) * batch.nodes.scale[q] * batch.nodes.scale[q];
  }
  std::vector<double> weight(J);
  double total = 0;
  for (std::size_t j = 0; j < J; ++j) total += weight[j] = std::exp(double{batch.log_weight(row, j)});
  for (double& w : weight) w /= total;
  MixtureMoments moments{std::vector<double>(steps), std::vector<double>(steps), std::vector<double>(steps)};
  for (std::size_t j = 0; j < J; ++j) {
    const auto m = batch.mean.row(row * J + j), r = batch.scale.row(row * J + j);
    for (std::size_t h = 0; h < steps; ++h) {
      moments.mean[h] += weight[j] * double{m[h]};
      moments.within[h] += weight[j] * spread * double{r[h]} * double{r[h]};
    }
  }
  for (std::size_t j = 0; j < J; ++j) {  // in a second pass, which loses no digits of a far mean
    const auto m = batch.mean.row(row * J + j);
    for (std::size_t h = 0; h < steps; ++h) {
      const double apart = double{m[h]} - moments.mean[h];
      moments.latent[h] += weight[j] * apart * apart;
    }
  }
  return moments;
}

}  // namespace vdn
