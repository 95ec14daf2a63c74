#pragma once
// Constraint "penalty": leaving the band costs.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// mean_i (penalty.low d_lo,i^2 + weight_high d_hi,i^2), the sum of `Penalty` without its weight and ramp. `activity`
/// is m_i [N]. With `slope` ([N], else empty) adds `scale` times its derivative by m_i.
double band_distance(const ControlSettings& settings, const Bands& bands, std::span<const double> activity,
                     double weight_high, std::span<double> slope = {}, double scale = 1.0);

/// loss += penalty.weight r mean_i (w_lo d_lo,i^2 + w_hi d_hi,i^2), d_lo = relu(lo_i - m_i), d_hi = relu(m_i - hi_i),
/// m over the batch, r the ramp. Relative: each distance over the end that was passed, taken for 1e-3 at least. While
/// the moving average (.1) of the share of low neurons exceeds penalty.focus, w_hi counts .3 times: first lift the low.
class Penalty : public Controller {
 public:
  explicit Penalty(const ControlSettings& settings) : settings_(settings) {}
  double before_backward(ControlContext& context, std::span<double> slope) override;
  void remember(StateArchive& archive) override { low_.remember(archive); }

 private:
  ControlSettings settings_;
  MovingAverage low_{.1};
};

}  // namespace vdn::control
