#pragma once
// One training step: forward, loss, backward, weight gradients, clipping, AdamW. One plan, no allocation, the same bits
// for any number of threads.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <vdn/core/arena.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/core/task_list.hpp>
#include <vdn/model/network.hpp>

namespace vdn {

/// What a step measured, before its update.
struct StepReport {
  double nll = 0.0;             ///< mean over rows
  double price = 0.0;           ///< sum_i beta_i * mean_b kl_bi, and the macro latent's KL at the mean of beta
  double kl = 0.0;              ///< sum_i mean_b kl_bi, nats
  double reconstruction = 0.0;  ///< local decoders, unweighted
  double macro_kl = 0.0;        ///< of the hierarchical prior's latent, mean over rows, nats
  double ar = 0.0;              ///< the ar1 penalty, unweighted
  double loss = 0.0;            ///< nll + price + weight * reconstruction + ar_weight * ar
  double gradient_norm = 0.0;   ///< before clipping
};

/// Buffers and tasks of a step over B rows. Real = double runs the plain kernels: the form golden tests replay.
template <class Real>
class TrainingStep {
 public:
  /// `network` must outlive the step. Values start at zero; see values().
  TrainingStep(const Network& network, std::size_t rows, std::size_t draws);
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  const typename Network::Workspace<Real>& workspace() const { return workspace_; }
  std::span<Real> values() { return values_; }
  std::span<Real> gradients() { return gradients_; }
  /// beta_i [N].
  std::span<double> beta() { return beta_; }
  /// Weight of the ar1 penalty in the loss; settings.ar_weight at first.
  double& ar_weight() { return ar_weight_; }
  /// Batch means of the KL per neuron [N], of the last step.
  std::span<const Real> kl_mean() const { return kl_mean_; }

  /// Forward, loss and all gradients. `fill(rows)` writes the inputs of a block of rows and is called from the tasks.
  template <class Fill>
  StepReport differentiate(Scheduler& scheduler, Fill&& fill) {
    return differentiate_blocks(scheduler, std::function<void(Range)>(fill));
  }
  /// Clips at settings.clip and applies AdamW with settings.learning_rate and .weight_decay; `step` counts from 1.
  /// Writes the norm into the report.
  void update(Scheduler& scheduler, const Settings& settings, std::uint64_t step, StepReport& report);

  /// The local ELBO of every neuron [N] in the last step, in nats per row: an equal share of the log-likelihood, less
  /// the macro latent's price where there is one, less the neuron's own price. They sum to the global one, -(nll +
  /// price) of the report.
  void local_elbo(const StepReport& report, std::span<double> elbo) const;

  /// Name of the first tensor, in the way of the data, that holds a NaN or an infinity; "" when none does.
  std::string first_non_finite() const;

 private:
  StepReport differentiate_blocks(Scheduler& scheduler, const std::function<void(Range)>& fill);
  StepReport measure() const;
  double mean_beta() const;

  const Network& network_;
  typename Network::Workspace<Real> workspace_;
  std::span<Real> values_, gradients_, first_moment_, second_moment_, kl_mean_, kl_weight_;
  std::span<double> beta_, partial_norm_;
  double ar_weight_ = 0.0;
  Arena arena_;
  TaskList weight_tasks_;
};

}  // namespace vdn
