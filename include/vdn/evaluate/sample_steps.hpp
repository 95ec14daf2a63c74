#pragma once
// Random values of the predictive distribution of every step by itself: enough for scores of single steps.

#include <cstddef>

#include <vdn/core/matrix.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/kernels/random_fill.hpp>

namespace vdn {

/// Draws values [H][P]: P independent values of each step of row `row` of a batch, in the units of the batch.
/// Value p of step h comes from philox(key.stream, {h, p, key.origin, key.series}): the first word chooses the
/// component by its weight, the next two give a standard normal (Box-Muller). Steps are independent of each other, so
/// sums over the horizon of these values are far too narrow; the quantiles of a step are right. key.draw is not used.
void sample_steps(const kernels::MixtureBatch<float>& batch, std::size_t row, const kernels::DrawKey& key,
                  Matrix<float> values);

}  // namespace vdn
