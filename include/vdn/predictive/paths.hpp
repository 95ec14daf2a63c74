#pragma once
// Joint sample paths of a predictive mixture.

#include <cstdint>

#include <vdn/core/matrix.hpp>
#include <vdn/kernels/mixture.hpp>
#include <vdn/kernels/random_fill.hpp>

namespace vdn {

/// Which paths of a window: numbers [first, first + N), N the rows of the output. `key.stream` is a stream of
/// Purpose::paths; key.series and key.origin tell windows apart. The normals of path n do not depend on which others
/// are drawn with it; its component does, since N paths share out the weights.
struct PathNumbers {
  kernels::DrawKey key;
  std::uint32_t first = 0;
};

/// Fills paths [N,H] from row `row` of a batch: path n takes the component at the place (n + u_n)/N of the cumulative
/// weights (so that draws are used in their order, equally often), holds it over the horizon and adds scale * e with
/// e = factor * normals (PathDependence::factor, [H,H]; an empty factor leaves residuals independent).
/// Every path has the mixture's distribution; together they are spread more evenly than independent ones: u_n = u +
/// n/phi modulo 1, phi the golden ratio, u uniform by window (a Kronecker sequence with a random shift), so that the
/// components within the draws are used as often as they weigh; and normals of odd paths are those of the path before
/// with the other sign (antithetic variates; Owen 2013, Monte Carlo theory, methods and examples, chapters 8 and 17).
void sample_paths(const kernels::MixtureBatch<float>& batch, std::size_t row, ConstMatrix<float> factor,
                  const PathNumbers& numbers, Matrix<float> paths);

/// The same marginals without memory: every step takes a component and a normal of its own. What joint paths are
/// measured against.
void sample_independent(const kernels::MixtureBatch<float>& batch, std::size_t row, const PathNumbers& numbers,
                        Matrix<float> paths);

}  // namespace vdn
