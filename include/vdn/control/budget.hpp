#pragma once
// Constraint "budget" (ours): the layer's information is led to a total, spent where it earns most.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// A total KL of R = budget.nats a window is divided into shares R_i, equal at first; after an epoch half by the
/// present shares and half by measured contribution c_i: R (.1/N + .9 relu(c_i)/sum relu(c)), so that no neuron's share
/// goes to nothing. Dual ascent after every step past the warm-up, KL_i the moving average (.1):
///   ln beta_i += .05 ln(KL_i / (nu R_i)) + ln(KL_i / KL_i of the step before).
/// The second term damps: information answers to its price late, and without it both swing about the share for hundreds
/// of steps. A neuron that cannot spend its share even at the lowest price leaves nats over: the common factor nu of
/// all shares, in [1/16, 16], takes them to the others: ln nu += .02 ln(R / sum KL). Every logarithm of a
/// ratio is cut to [-1, 1]; beta to [thermostat.beta_lowest, budget.beta_highest].
class Budget : public Controller {
 public:
  Budget(const ControlSettings& settings, std::size_t neurons);
  void after_step(ControlContext& context) override;
  void after_epoch(ControlContext& context) override;
  void remember(StateArchive& archive) override;

  /// R_i [N], nats.
  std::span<const double> shares() const { return shares_; }

 private:
  ControlSettings settings_;
  std::vector<double> shares_;
  std::vector<double> last_kl_;
  double factor_ = 1.0;  // nu
};

}  // namespace vdn::control
