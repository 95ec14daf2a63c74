#pragma once
// The squared error of the mixture mean in one window.

#include <cmath>
#include <cstddef>
#include <vector>

#include <vdn/model/network.hpp>

namespace vdn {

struct MixtureError {
  double squares = 0.0;      ///< summed over observed steps
  std::size_t observed = 0;  ///< steps
  /// 0 for a window without an observed step.
  double mean() const { return observed == 0 ? 0.0 : squares / static_cast<double>(observed); }
};

/// Of row b, in scaled units. The workspace holds means, weights and targets.
template <class Real>
MixtureError mixture_error(const typename Network::Workspace<Real>& w, std::size_t b) {
  const std::size_t J = w.log_weight.cols, H = w.target.cols;
  std::vector<double> mean(H);
  for (std::size_t j = 0; j < J; ++j) {
    const double weight = std::exp(static_cast<double>(w.log_weight(b, j)));
    const auto row = w.mean.row(b * J + j);
    for (std::size_t h = 0; h < H; ++h) mean[h] += weight * static_cast<double>(row[h]);
  }
  MixtureError sum;
  for (std::size_t h = 0; h < H; ++h) {
    if (!w.observed(b, h)) continue;
    const double error = mean[h] - static_cast<double>(w.target(b, h));
    sum.squares += error * error;
    ++sum.observed;
  }
  return sum;
}

}  // namespace vdn
