#pragma once
// The constraints of a control mode at work on one layer, in their order (docs/control.md).

#include <memory>
#include <vector>

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// What a regulator is given to act on. Spans and functions must outlive it.
struct ControlledLayer {
  const neuron::NeuronLayer& layer;
  std::span<float> values;  ///< flat parameters
  std::span<double> beta;   ///< [N]
  std::size_t planned_steps = 0;
  std::uint64_t seed = 0;                                                   ///< of shuffled bands
  bool ar_penalty = false;                                                  ///< the loss holds an ar1 penalty
  double ar_weight = 0.0;                                                   ///< its lambda at the start
  std::function<std::vector<double>()> measure_activity{}, contribution{};  ///< see ControlContext
};

class Regulator {
 public:
  Regulator(const ControlSettings& settings, ControlledLayer controlled);

  /// Between forward and backward of a step: `statistics.activity` is known. Writes d penalty / d m_i into slope [N]
  /// and returns the penalty as it stands in the loss.
  double before_backward(const StepStatistics& statistics, std::span<double> slope);
  /// After the update of a step. Counts the steps.
  void after_step(const StepStatistics& statistics);
  /// After the last step of an epoch, before its validation: parameters may change.
  void after_epoch();
  /// Bands, averages and what the constraints remember; parameters and prices belong to the step.
  void remember(StateArchive& archive);

  /// The present bands; meaningful when the mode has one.
  const Bands& bands() const { return context_.bands; }
  /// lambda r: the weight of the ar1 penalty in the step to come, under any mode.
  double ar_weight() const { return context_.ar_weight * context_.ramp(); }

 private:
  std::unique_ptr<Controller> make(Constraint constraint) const;

  ControlSettings settings_;
  ControlContext context_;
  std::vector<std::unique_ptr<Controller>> controllers_;
};

}  // namespace vdn::control
