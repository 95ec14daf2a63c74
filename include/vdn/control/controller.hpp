#pragma once
// The form of every constraint at work.

#include <span>

#include <vdn/control/context.hpp>
#include <vdn/core/state_archive.hpp>

namespace vdn::control {

/// One constraint with what it remembers. It does nothing where it does not override.
class Controller {
 public:
  virtual ~Controller() = default;
  /// Between forward and backward: adds d penalty / d m_i to slope [N] and returns the penalty, weighted. Of the
  /// context's statistics only the activity is known then.
  virtual double before_backward(ControlContext& /*context*/, std::span<double> /*slope*/) { return 0.0; }
  /// After the optimiser's update.
  virtual void after_step(ControlContext& /*context*/) {}
  /// After the last step of an epoch, before its validation.
  virtual void after_epoch(ControlContext& /*context*/) {}
  /// What it must know to go on in a later run.
  virtual void remember(StateArchive& /*archive*/) {}
};

}  // namespace vdn::control
