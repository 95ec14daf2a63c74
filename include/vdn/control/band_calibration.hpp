#pragma once
// Constraint "calibration": the band follows the neurons, slowly and within bounds.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// Every calibration.every steps after the warm-up, on e_i, the moving average (.05) of m_i. The band is the original
/// one with its ends times s_lo and s_hi, both 1 at first. q_lo and q_hi are the 20% quantile of e_i/lo_i and the 90%
/// quantile of e_i/hi_i (original ends), each cut to at most 1.02 times and at least 1/1.10 of the present scale;
/// neither grows while inside < .58 or the share of high neurons exceeds calibration.high; a share of low neurons above
/// .48 makes q_lo at most .98 s_lo. Then ln s = .7 ln s + .3 ln q, cut to [.02, 3], s_hi at least 1.05 s_lo, and every
/// hi_i at least 1.05 lo_i.
class BandCalibration : public Controller {
 public:
  BandCalibration(const ControlSettings& settings, Bands original)
      : settings_(settings), original_(std::move(original)) {}
  void after_step(ControlContext& context) override;
  void remember(StateArchive& archive) override;

  double scale_low() const { return scale_low_; }
  double scale_high() const { return scale_high_; }

 private:
  ControlSettings settings_;
  Bands original_;
  double scale_low_ = 1.0, scale_high_ = 1.0;
};

}  // namespace vdn::control
