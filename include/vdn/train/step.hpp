#pragma once
// One training step: forward, loss, backward, weight gradients, clipping, AdamW. One plan, no allocation, the same bits
// for any number of threads.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <vdn/control/context.hpp>
#include <vdn/core/arena.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/core/state_archive.hpp>
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
  double mse = 0.0;             ///< of the mixture mean; 0 unless control needs it (see control::share)
  double band = 0.0;            ///< the band penalty, weighted
  double ar = 0.0;              ///< the ar1 penalty, unweighted
  double loss = 0.0;            ///< nll + price + weight * reconstruction + band + ar_weight * ar
  double gradient_norm = 0.0;   ///< before clipping
};

/// Parameters that are updated together.
struct ParameterPiece {
  Range numbers;  ///< of the flat buffers
  double rate;    ///< learning rate, as a multiple of the trainer's
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
  std::size_t arena_bytes() const { return arena_.bytes(); }
  /// Parameters, the optimiser's moments and the prices.
  void remember(StateArchive& archive) {
    for (std::span<Real> numbers : {values_, first_moment_, second_moment_}) archive.values(numbers);
    archive.values(beta_);
  }

  /// Per neuron, of the last step, beside the parts of its loss; empty under control.mode none.
  control::StepStatistics statistics(const StepReport& report) const;
  /// Asked between forward and backward when the mode has a penalty: writes d penalty / d m_i into `slope` [N] (zeros
  /// before) and returns the penalty, weighted. Of the statistics the activity is known then.
  using Penalty = std::function<double(const control::StepStatistics& statistics, std::span<double> slope)>;
  void set_penalty(Penalty penalty) { penalty_ = std::move(penalty); }
  /// Adds the activity of every neuron [N] over one batch, a mean over its rows of mean squares, to `activity`: encoder
  /// and means alone, with the present values.
  template <class Fill>
  void add_activity(Scheduler& scheduler, Fill&& fill, std::span<double> activity) {
    add_activity_blocks(scheduler, std::function<void(Range)>(fill), activity);
  }

  /// Forward, loss and all gradients. `fill(rows)` writes the inputs of a block of rows and is called from the tasks.
  template <class Fill>
  StepReport differentiate(Scheduler& scheduler, Fill&& fill) {
    return differentiate_blocks(scheduler, std::function<void(Range)>(fill));
  }
  /// Clips at settings.clip and applies AdamW with settings.learning_rate and .weight_decay; `step` counts from 1.
  /// Writes the norm into the report. `updated`, where given, sees every range of numbers once it is updated, all of
  /// them together once, from the tasks; nothing is updated, nor seen, where the norm is not finite.
  using Visit = std::function<void(Range numbers)>;
  void update(Scheduler& scheduler, const Settings& settings, std::uint64_t step, StepReport& report,
              const Visit& updated = {});

  /// The local ELBO of every neuron [N] in the last step, in nats per row: an equal share of the log-likelihood, less
  /// the macro latent's price where there is one, less the neuron's own price. They sum to the global one, -(nll +
  /// price) of the report.
  void local_elbo(const StepReport& report, std::span<double> elbo) const;

  /// Name of the first tensor, in the way of the data, that holds a NaN or an infinity; "" when none does.
  std::string first_non_finite() const;

 private:
  StepReport differentiate_blocks(Scheduler& scheduler, const std::function<void(Range)>& fill);
  void add_activity_blocks(Scheduler& scheduler, const std::function<void(Range)>& fill, std::span<double> activity);
  template <class Work>
  void for_blocks(Scheduler& scheduler, Work&& work) const;
  void bind_control(ArenaCursor& cursor);
  void measure_block(std::size_t block, Range rows) const;
  void average_blocks(ConstMatrix<Real> sums, std::span<double> means) const;
  double apply_penalty();
  StepReport measure() const;
  double mean_beta() const;

  const Network& network_;
  typename Network::Workspace<Real> workspace_;
  std::span<Real> values_, gradients_, first_moment_, second_moment_, kl_mean_, kl_weight_;
  std::span<double> beta_, partial_norm_;
  double ar_weight_ = 0.0;
  // Under a control mode. Sums over the rows of each block, [blocks, N], and their means over the batch, [N].
  Matrix<Real> activity_sums_, awake_counts_;
  std::span<double> activity_, kl_, awake_, slope_;
  std::span<Real> row_slope_;  // slope / B
  std::span<double> row_mse_;  // [B], where the share of the ar1 penalty is controlled
  Penalty penalty_;
  Arena arena_;
  std::vector<ParameterPiece> updates_;
  TaskList weight_tasks_;
};

}  // namespace vdn
