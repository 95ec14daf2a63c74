#pragma once
// Mean and variance of a Gaussian mixture, step by step, the variance in its two parts. Letters: J components, H steps.

#include <cstddef>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Of one row's first steps, with weights w_j that sum to one, means m_j and deviations r_j:
///   mean = sum w_j m_j,  within = sum w_j r_j^2,  latent = sum w_j (m_j - mean)^2  (docs/method.md).
/// The mixture's variance is within + latent.
struct MixtureMoments {
  std::vector<double> mean, within, latent;
};

/// Of row `row` of log_weight [B, J] (normalised here), mean and scale [B*J, H]; the first `steps` <= H steps.
MixtureMoments mixture_moments(ConstMatrix<float> log_weight, ConstMatrix<float> mean, ConstMatrix<float> scale,
                               std::size_t row, std::size_t steps);

}  // namespace vdn
