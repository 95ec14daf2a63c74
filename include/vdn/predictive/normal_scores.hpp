#pragma once
// Targets as standard normal numbers: where each lies in its predictive distribution.

#include <vdn/core/matrix.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// z[B,H] = Phi^-1(F_h(target)) of every row and step, 0 where it is not observed. Cut at +-3.7: a target outside
/// everything the mixture holds is far out, not infinitely far.
void normal_scores(const kernels::MixtureBatch<float>& batch, Matrix<double> z);

}  // namespace vdn
