#pragma once
// Constraint "thermostat": the price of a neuron's information follows what it tells.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// With the homeostat's steps: ln beta_i += .2 err_i; err = KL_i - low below thermostat.low, KL_i - high above
/// thermostat.high, else 0, KL_i the moving average (.1) of the batch mean. Emergency: when the moving average (.1) of
/// the share of rows with KL > 1e-4 is under .05, err -= abs(err) + .5. beta is cut to [beta_lowest, beta_highest],
/// then to [1/4, 4] times the mean over neurons.
class Thermostat : public Controller {
 public:
  explicit Thermostat(const ControlSettings& settings) : settings_(settings) {}
  void after_step(ControlContext& context) override;

 private:
  ControlSettings settings_;
};

}  // namespace vdn::control
