#pragma once
// What the network adds to the mean of the line, and taking a share of it back.

#include <cmath>
#include <cstddef>
#include <span>

#include <vdn/core/matrix.hpp>
#include <vdn/model/network.hpp>

namespace vdn {

/// Row b of a workspace: with m the mean of the mixture and l the line (the offset), out_h = m_h - l_h; size H.
inline void mean_correction(const Network::Workspace<float>& w, std::size_t b, std::span<float> out) {
  const std::size_t J = w.log_weight.cols;
  for (std::size_t h = 0; h < out.size(); ++h) out[h] = -w.offset(b, h);
  for (std::size_t j = 0; j < J; ++j) {
    const float weight = std::exp(w.log_weight(b, j));
    const auto mean = w.mean.row(b * J + j);
    for (std::size_t h = 0; h < out.size(); ++h) out[h] += weight * mean[h];
  }
}

/// How far components move when a share a of the correction is kept: (a - 1)(m - l).
inline void correction_shift(const Network::Workspace<float>& w, std::size_t b, double share, std::span<float> out) {
  mean_correction(w, b, out);
  for (float& value : out) value *= static_cast<float>(share - 1.0);
}

/// Adds shift [H] to every row of `mean` [J][H].
inline void move_means(Matrix<float> mean, std::span<const float> shift) {
  for (std::size_t j = 0; j < mean.rows; ++j) {
    const auto row = mean.row(j);
    for (std::size_t h = 0; h < shift.size(); ++h) row[h] += shift[h];
  }
}

}  // namespace vdn
