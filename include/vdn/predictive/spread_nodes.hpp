#pragma once
// Components with nodes as plain normals: what scores, draws and calibration read.

#include <vdn/core/matrix.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// Every component j of `batch` (B rows, J components, Q nodes) becomes normals j*Q ... j*Q + Q - 1:
/// mean, scale [B*J*Q, H] and log_weight [B, J*Q].
void spread_nodes(const kernels::MixtureBatch<float>& batch, Matrix<float> mean, Matrix<float> scale,
                  Matrix<float> log_weight);

}  // namespace vdn
