#include <vdn/train/step.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <vdn/kernels/adamw.hpp>
#include <vdn/kernels/linear.hpp>
#include <vdn/model/mixture_error.hpp>
#include <vdn/neuron/local_elbo.hpp>

namespace vdn {
namespace {

// Numbers per task of the update: one page-sized piece of four flat buffers.
constexpr std::size_t update_chunk = 16384;

template <class Real>
bool all_finite(std::span<const Real> values) {
  return std::all_of(values.begin(), values.end(), [](Real v) { return std::isfinite(v); });
}

/// Neighbours of one learning rate, cut into pieces of update_chunk numbers; padding goes with what it follows.
std::vector<ParameterPiece> update_pieces(const ParameterLayout& layout) {
  std::vector<ParameterPiece> pieces;
  const auto& entries = layout.entries();
  for (std::size_t first = 0; first < entries.size();) {
    const double rate = entries[first].slot.rate;
    std::size_t next = first;
    while (next < entries.size() && entries[next].slot.rate == rate) ++next;
    const std::size_t end = next < entries.size() ? entries[next].slot.offset : layout.size();
    for (std::size_t begin = entries[first].slot.offset; begin < end; begin += update_chunk) {
      pieces.push_back({{begin, std::min(begin + update_chunk, end)}, rate});
    }
    first = next;
  }
  return pieces;
}

/// The batch's MSE is measured only for the share of an ar1 penalty.
bool needs_share(const Settings& s) {
  return s.mode.has(control::Constraint::share) && pays_ar_penalty(s);
}

}  // namespace

template <class Real>
TrainingStep<Real>::TrainingStep(const Network& network, std::size_t rows, std::size_t draws)
    : network_(network), updates_(update_pieces(network.layout())) {
  const std::size_t size = network.layout().size(), N = network.neurons().neurons();
  arena_ = Arena::lay_out([&](ArenaCursor& cursor) {
    workspace_ = network.bind<Real>(cursor, rows, draws, true);
    for (auto* flat : {&values_, &gradients_, &first_moment_, &second_moment_}) *flat = cursor.array<Real>(size);
    kl_mean_ = cursor.array<Real>(N);
    kl_weight_ = cursor.array<Real>(N);
    beta_ = cursor.array<double>(N);
    partial_norm_ = cursor.array<double>(block_count(size, update_chunk));
    bind_control(cursor);
  });
  std::fill(beta_.begin(), beta_.end(), network.settings().beta);
  ar_weight_ = network.settings().ar_weight;
  network.add_weight_tasks<Real>(weight_tasks_, {values_}, workspace_, {gradients_});
}

/// Room for what the control mode reads; nothing without one.
template <class Real>
void TrainingStep<Real>::bind_control(ArenaCursor& cursor) {
  const Settings& settings = network_.settings();
  if (settings.mode.empty()) return;
  const std::size_t N = network_.neurons().neurons(), rows = workspace_.rows;
  for (auto* sums : {&activity_sums_, &awake_counts_}) {
    *sums = cursor.matrix<Real>(block_count(rows, settings.row_block), N);
  }
  for (auto* means : {&activity_, &kl_, &awake_, &slope_}) *means = cursor.array<double>(N);
  if (needs_share(settings)) row_mse_ = cursor.array<double>(rows);
  if (!settings.mode.has(control::Constraint::penalty)) return;
  row_slope_ = cursor.array<Real>(N);
  workspace_.neurons.activity_slope = row_slope_;
}

template <class Real>
template <class Work>
void TrainingStep<Real>::for_blocks(Scheduler& scheduler, Work&& work) const {
  const std::size_t block = network_.settings().row_block, rows = workspace_.rows;
  scheduler.run(block_count(rows, block), [&](std::size_t task) {
    work(task, Range{task * block, std::min((task + 1) * block, rows)});
  });
}

template <class Real>
StepReport TrainingStep<Real>::differentiate_blocks(Scheduler& scheduler, const std::function<void(Range)>& fill) {
  const ConstParameters<Real> p{values_};
  for (std::size_t i = 0; i < kl_weight_.size(); ++i) {
    kl_weight_[i] = static_cast<Real>(beta_[i] / static_cast<double>(workspace_.rows));
  }
  workspace_.neurons.ar1.weight = static_cast<Real>(ar_weight_);
  network_.prepare<Real>(p, workspace_, scheduler);
  const auto forward = [&](std::size_t block, Range rows) {
    fill(rows);
    network_.forward<Real>(p, workspace_, rows);
    if (!activity_.empty()) measure_block(block, rows);
  };
  const auto backward = [&](std::size_t, Range rows) { network_.backward<Real>(p, workspace_, kl_weight_, rows); };
  double band = 0.0;
  if (row_slope_.empty()) {
    for_blocks(scheduler, [&](std::size_t block, Range rows) {
      forward(block, rows);
      backward(block, rows);
    });
  } else {  // the penalty's gradient needs the activity over the whole batch
    for_blocks(scheduler, forward);
    band = apply_penalty();
    for_blocks(scheduler, backward);
  }
  weight_tasks_.run(scheduler);
  kernels::column_sum<Real>(workspace_.neurons.kl, {0, kl_mean_.size()}, kl_mean_);
  for (Real& kl : kl_mean_) kl /= static_cast<Real>(workspace_.rows);
  StepReport report = measure();
  report.band = band;
  report.loss += band;
  return report;
}

template <class Real>
void TrainingStep<Real>::measure_block(std::size_t block, Range rows) const {
  const auto& w = workspace_.neurons;
  neuron::activity_sums<Real>(w.posterior.mu.slice(rows), w.measure, activity_sums_.row(block));
  neuron::awake_counts<Real>(w.kl.slice(rows), awake_counts_.row(block));
  if (row_mse_.empty()) return;
  for (std::size_t b = rows.begin; b < rows.end; ++b) row_mse_[b] = mixture_error<Real>(workspace_, b).mean();
}

/// Over the batch, in the order of the blocks: the same bits whatever the threads.
template <class Real>
void TrainingStep<Real>::average_blocks(ConstMatrix<Real> sums, std::span<double> means) const {
  std::fill(means.begin(), means.end(), 0.0);
  for (std::size_t block = 0; block < sums.rows; ++block) {
    for (std::size_t i = 0; i < means.size(); ++i) means[i] += static_cast<double>(sums(block, i));
  }
  for (double& mean : means) mean /= static_cast<double>(workspace_.rows);
}

template <class Real>
double TrainingStep<Real>::apply_penalty() {
  average_blocks(activity_sums_, activity_);
  std::fill(slope_.begin(), slope_.end(), 0.0);
  const double band = penalty_ ? penalty_({.activity = activity_, .kl = {}, .awake = {}}, slope_) : 0.0;
  for (std::size_t i = 0; i < slope_.size(); ++i) {
    row_slope_[i] = static_cast<Real>(slope_[i] / static_cast<double>(workspace_.rows));
  }
  return band;
}

template <class Real>
control::StepStatistics TrainingStep<Real>::statistics(const StepReport& report) const {
  if (activity_.empty()) return {};
  average_blocks(activity_sums_, activity_);
  average_blocks(awake_counts_, awake_);
  std::copy(kl_mean_.begin(), kl_mean_.end(), kl_.begin());
  return {activity_, kl_, awake_, report.nll, report.mse, report.price, report.band, report.ar};
}

template <class Real>
void TrainingStep<Real>::add_activity_blocks(Scheduler& scheduler, const std::function<void(Range)>& fill,
                                             std::span<double> activity) {
  const ConstParameters<Real> p = Network::packed<Real>({values_}, workspace_);
  const neuron::NeuronLayer& layer = network_.neurons();
  network_.prepare<Real>(p, workspace_, scheduler);
  for_blocks(scheduler, [&](std::size_t block, Range rows) {
    fill(rows);
    network_.encoder().forward<Real>(p, workspace_.encoder, rows);
    layer.posterior().forward<Real>(p, workspace_.neurons.posterior, rows);
    neuron::activity_sums<Real>(workspace_.neurons.posterior.mu.slice(rows), layer.activity_measure(false),
                                activity_sums_.row(block));
  });
  average_blocks(activity_sums_, activity_);
  for (std::size_t i = 0; i < activity.size(); ++i) activity[i] += activity_[i];
}

template <class Real>
StepReport TrainingStep<Real>::measure() const {
  StepReport report;
  const auto add = [](double sum, Real value) { return sum + static_cast<double>(value); };
  report.nll =
      std::accumulate(workspace_.nll.begin(), workspace_.nll.end(), 0.0, add) / static_cast<double>(workspace_.rows);
  for (std::size_t i = 0; i < kl_mean_.size(); ++i) {
    report.kl += static_cast<double>(kl_mean_[i]);
    report.price += beta_[i] * static_cast<double>(kl_mean_[i]);
  }
  report.macro_kl = network_.neurons().macro_kl<Real>(workspace_.neurons);
  report.price += mean_beta() * report.macro_kl;
  report.ar = network_.neurons().persistence<Real>(workspace_.neurons);
  if (!row_mse_.empty()) {
    report.mse = std::accumulate(row_mse_.begin(), row_mse_.end(), 0.0) / static_cast<double>(row_mse_.size());
  }
  report.reconstruction = network_.neurons().reconstruction<Real>(workspace_.neurons);
  report.loss = report.nll + report.price + ar_weight_ * report.ar;
  if (network_.settings().local_decoder) {
    report.loss += network_.settings().local_decoder_weight * report.reconstruction;
  }
  return report;
}

template <class Real>
double TrainingStep<Real>::mean_beta() const {
  return std::accumulate(beta_.begin(), beta_.end(), 0.0) / static_cast<double>(beta_.size());
}

template <class Real>
void TrainingStep<Real>::update(Scheduler& scheduler, const Settings& settings, std::uint64_t step, StepReport& report,
                                const Visit& updated) {
  const std::size_t size = values_.size();
  const auto chunk = [&](std::span<Real> flat, std::size_t task) {
    return flat.subspan(task * update_chunk, std::min(update_chunk, size - task * update_chunk));
  };
  scheduler.run(partial_norm_.size(),
                [&](std::size_t task) { partial_norm_[task] = kernels::squared_norm<Real>(chunk(gradients_, task)); });
  report.gradient_norm = std::sqrt(std::accumulate(partial_norm_.begin(), partial_norm_.end(), 0.0));
  if (!std::isfinite(report.gradient_norm)) return;
  const Real scale = static_cast<Real>(kernels::clip_factor(report.gradient_norm, settings.clip));
  const kernels::AdamWSettings adamw{.learning_rate = settings.learning_rate, .weight_decay = settings.weight_decay};
  scheduler.run(updates_.size(), [&](std::size_t task) {
    const auto& [numbers, rate] = updates_[task];
    kernels::AdamWSettings own = adamw;
    own.learning_rate *= rate;
    const auto part = [&numbers](std::span<Real> flat) { return flat.subspan(numbers.begin, numbers.size()); };
    kernels::adamw<Real>(own, step, scale, part(gradients_), part(values_), part(first_moment_), part(second_moment_));
    if (updated) updated(numbers);
  });
}

template <class Real>
void TrainingStep<Real>::local_elbo(const StepReport& report, std::span<double> elbo) const {
  const std::vector<double> kl(kl_mean_.begin(), kl_mean_.end());
  neuron::local_elbo(-report.nll - mean_beta() * report.macro_kl, beta_, kl, elbo);
}

template <class Real>
std::string TrainingStep<Real>::first_non_finite() const {
  for (const auto& entry : network_.layout().entries()) {
    if (!all_finite<Real>(values_.subspan(entry.slot.offset, entry.slot.size()))) return entry.name;
  }
  const std::pair<const char*, std::span<const Real>> tensors[] = {
      {"the scaled windows", workspace_.encoder.x.flat()},
      {"the linear path's forecast", workspace_.offset.flat()},
      {"the targets", workspace_.target.flat()},
      {"the encoder's context", workspace_.encoder.context.flat()},
      {"mu", workspace_.neurons.posterior.mu.flat()},
      {"sigma", workspace_.neurons.posterior.sigma.flat()},
      {"z", workspace_.neurons.z.flat()},
      {"the prior's mean", workspace_.neurons.prior.mean.flat()},
      {"the prior's deviation", workspace_.neurons.prior.deviation.flat()},
      {"the KL", workspace_.neurons.kl.flat()},
      {"the forecast mean", workspace_.mean.flat()},
      {"the forecast scale", workspace_.scale.flat()},
      {"the log-likelihood", workspace_.nll}};
  for (const auto& [name, values] : tensors) {
    if (!all_finite<Real>(values)) return name;
  }
  for (const auto& entry : network_.layout().entries()) {
    if (!all_finite<Real>(gradients_.subspan(entry.slot.offset, entry.slot.size()))) {
      return "the gradient of " + entry.name;
    }
  }
  return "";
}

template class TrainingStep<float>;
template class TrainingStep<double>;

}  // namespace vdn
