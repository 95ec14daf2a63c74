#pragma once
// Rows of random numbers as pure functions of (key, series, window origin, draw, index); see core/random.hpp.

#include <cstdint>
#include <span>

#include <vdn/core/random.hpp>

namespace vdn::kernels {

/// Where a row of random numbers belongs.
struct DrawKey {
  StreamKey stream;  ///< seed, purpose and step
  std::uint32_t series = 0;
  std::uint32_t origin = 0;  ///< first target row of the window
  std::uint32_t draw = 0;
};

/// Standard normals. Numbers 4j..4j+3 come from philox(stream, {j, draw, origin, series}) = (a, b, c, d) by Box-Muller:
/// r cos t, r sin t with r = sqrt(-2 ln u(a)), t = 2 pi u(b), then the same of c and d. The float form agrees with the
/// double form to 2e-6 absolute for |eps| < 6.
template <class Real>
void fill_normal(DrawKey key, std::span<Real> out);

/// Dropout mask: 0 with probability p, else 1/(1-p). Number i is dropped when u < p, u from word i%4 of block i/4.
/// 0 <= p < 1. Both forms drop the same places.
template <class Real>
void fill_dropout_mask(DrawKey key, double p, std::span<Real> out);

}  // namespace vdn::kernels
