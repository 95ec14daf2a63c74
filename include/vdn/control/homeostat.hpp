#pragma once
// Constraint "homeostat": neurons are led to their band by rescaling what gives their mean.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// Every control.every steps after the warm-up, with e_i the moving average (.05) of m_i: rows of W_mu, b_mu times
/// (goal_i/e_i)^(eta/2), cut to [1/cap, cap]; goal lo_i when low, hi_i when high, else by homeostat.goal;
/// eta = min(.5, rate (1 + 2 share outside)). Ours: e_i is then multiplied by the factor squared; the source keeps it,
/// so that its next act sees values from before this one and overshoots.
class Homeostat : public Controller {
 public:
  explicit Homeostat(const ControlSettings& settings) : settings_(settings) {}
  void after_step(ControlContext& context) override;

 private:
  double goal(const Bands& bands, std::size_t neuron, double activity) const;
  ControlSettings settings_;
};

}  // namespace vdn::control
