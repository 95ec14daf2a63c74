#pragma once
// The likelihood of whole futures under the distribution that paths are drawn from.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/core/matrix.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/kernels/mixture.hpp>

namespace vdn {

/// p(y) = mean_n sum_j w_nj prod_h N(y_h; m_njh, s_njh^2) over the latent draws n of a window's paths: a component is
/// held over the horizon, and the more draws, the more futures the mean has seen. Only observed steps count. Filled by
/// PathSampler::sample, chunk by chunk of draws.
class FutureDensity {
 public:
  /// Of `paths` paths of every window; `targets` [D][T].
  FutureDensity(ConstMatrix<float> targets, std::span<const Window> windows, std::size_t paths);

  /// Row `row` of a forecast from the draws of `paths` paths of window number `window`. Different windows may be added
  /// from different threads.
  void add(const kernels::MixtureBatch<float>& forecast, std::size_t row, std::size_t window, std::size_t paths);

  /// -ln p(y) per observed step, nats; 0 for a window without any.
  double joint_nll(std::size_t window) const;

 private:
  double paths_;
  ConstMatrix<float> targets_;
  std::span<const Window> windows_;
  std::vector<double> log_density_;  ///< [windows] of the mean over all draws, as far as they were added
  std::vector<double> observed_;     ///< [windows] steps
};

}  // namespace vdn
