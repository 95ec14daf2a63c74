#include <vdn/predictive/spread_nodes.hpp>

#include <algorithm>

namespace vdn {

void spread_nodes(const kernels::MixtureBatch<float>& batch, Matrix<float> mean, Matrix<float> scale,
                  Matrix<float> log_weight) {
  const std::size_t Q = batch.nodes.count;
  for (std::size_t row = 0; row < batch.mean.rows; ++row) {
    const auto from = batch.mean.row(row), spread = batch.scale.row(row);
    for (std::size_t q = 0; q < Q; ++q) {
      const auto factor = static_cast<float>(batch.nodes.scale[q]);
      std::copy(from.begin(), from.end(), mean.row(row * Q + q).begin());
      std::transform(spread.begin(), spread.end(), scale.row(row * Q + q).begin(),
                     [factor](float r) { return factor * r; });
    }
  }
  const auto weights = batch.log_weight.flat();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::size_t q = 0; q < Q; ++q) {
      log_weight.flat()[i * Q + q] = weights[i] + static_cast<float>(batch.nodes.log_weight[q]);
    }
  }
}

}  // namespace vdn
