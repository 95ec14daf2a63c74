#pragma once
// Constraint "projection": once an epoch every neuron is put onto its band.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// After an epoch, once the warm-up is over: rows of W_mu, b_mu of neuron i times sqrt(end/m_i) when m_i is outside its
/// band, end the one that was passed, cut to [1/50, 50]; m_i over a sample of batches, a mean square over K whatever
/// control.activity (the source's projection does the same).
class Projection : public Controller {
 public:
  void after_epoch(ControlContext& context) override;
};

}  // namespace vdn::control
