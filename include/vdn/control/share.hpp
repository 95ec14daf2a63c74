#pragma once
// Constraint "share": the ar1 penalty keeps its share of the loss.

#include <vdn/control/controller.hpp>

namespace vdn::control {

/// After a step, where the loss holds an ar1 penalty and its ramp r has begun:
/// share = lambda r AR / (MSE + sum beta KL + penalty + lambda r AR), the parts AR, MSE, sum beta KL and penalty as
/// moving averages (.1); lambda *= exp(-.1 (share - share.target)), and above share.most also
/// exp(-.2 (share - share.most)) (in the source the second factor replaces the first); lambda is cut to [.25, 10].
class Share : public Controller {
 public:
  explicit Share(const ControlSettings& settings) : settings_(settings) {}
  void after_step(ControlContext& context) override;
  void remember(StateArchive& archive) override;

 private:
  ControlSettings settings_;
  MovingAverage mse_{.1}, price_{.1}, band_{.1}, ar_{.1};
};

}  // namespace vdn::control
