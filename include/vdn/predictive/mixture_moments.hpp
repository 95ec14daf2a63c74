#pragma once
// Mean and variance of a Gaussian mixture, step by step, the variance in its two parts. Letters: J components, H steps.

#include <cstddef>
#include <vector>

#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// Of one row's first steps, with weights w_j that sum to one, means m_j and deviations r_j:
///   mean = sum w_j m_j,  within = sum w_j r_j^2,  latent = sum w_j (m_j - mean)^2  (docs/method.md).
/// The mixture's variance is within + latent.
struct MixtureMoments {
  std::vector<double> mean, within, latent;
};

/// Of row `row` of a batch, whose weights are normalised here and whose targets are not read; the first `steps` <= H
/// steps. With nodes r_j^2 is the variance of all the normals of component j.
MixtureMoments mixture_moments(const kernels::MixtureBatch<float>& batch, std::size_t row, std::size_t steps);

}  // namespace vdn
