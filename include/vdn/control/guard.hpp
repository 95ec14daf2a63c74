#pragma once
// Constraint "guard": sigma stays between two ends, and a dead neuron's rises.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// The forward pass cuts sigma to [guard.lowest, guard.highest] in all three sigma modes (the layer's shape). After a
/// step past the warm-up, for a neuron whose moving average (.1) of the share of rows with KL > 1e-4 is under .05:
/// the biases (per_unit_input) or numbers (per_unit) behind its log sigma rise by .02; the one number (scalar) by .02
/// times the share of such neurons. Numbers and biases are cut to the two ends: beyond them a number has no gradient
/// and would never come back. In the source the raise never happens (a shape error is swallowed), and per_unit_input is
/// not guarded.
class Guard : public Controller {
 public:
  void after_step(ControlContext& context) override;
};

}  // namespace vdn::control
