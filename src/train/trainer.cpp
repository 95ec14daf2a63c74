#include <vdn/train/trainer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vdn/control/regulator.hpp>
#include <vdn/core/state_archive.hpp>
#include <vdn/core/version.hpp>
#include <vdn/train/epoch_size.hpp>
#include <vdn/train/parameter_average.hpp>
#include <vdn/train/selection.hpp>
#include <vdn/train/step.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What control may look at beyond the steps: batches for the activity, windows for the contribution.
constexpr std::size_t activity_batches = 50, contribution_windows = 64;

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Of the ar1 penalty in the loss of a step (control/share.hpp); 0 where the step did not measure what that takes.
double ar_share(const StepReport& report, double weight) {
  const double persistence = weight * report.ar, rest = report.mse + report.price + report.band;
  return report.mse > 0 && rest + persistence > 0 ? persistence / (rest + persistence) : 0.0;
}

}  // namespace

/// What the epochs share.
class Trainer::Run {
 public:
  Run(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows)
      : forecaster_(forecaster),
        settings_(forecaster.settings()),
        scaled_(scaled),
        windows_(windows.training),
        validation_(spread_windows(windows.selection, validation_limit(settings_))),
        batch_(step_windows(settings_, windows_.count())),
        step_(forecaster.network(), batch_, settings_.draws),
        regulator_(settings_, controlled()) {
    if (windows_.empty() || validation_.empty()) {
      throw Error(ErrorKind::data, forecaster.data().source, "there is no window to train or to validate on",
                  "lower the look-back or the horizon");
    }
    std::copy(forecaster.parameters().begin(), forecaster.parameters().end(), step_.values().begin());
    average_.emplace(settings_.average, step_.values());
    best_.assign(average_->values().begin(), average_->values().end());
    step_.set_penalty([this](const control::StepStatistics& statistics, std::span<double> slope) {
      return regulator_.before_backward(statistics, slope);
    });
  }

  bool ended() const { return stopped_ || record_.epochs >= settings_.epochs || since_best_ >= settings_.patience; }

  void train(std::size_t until, Scheduler& scheduler, TrainingObserver& observer) {
    scheduler_ = &scheduler;
    observer_ = &observer;
    start_ = Clock::now();
    while (!ended() && record_.epochs < until) run_epoch();
    record_.seconds += seconds_since(start_);
  }

  void finish() {
    if (record_.best_epoch == 0 && !stopped_) refuse_unscored();
    // Stopped before the first validation: the present parameters are all there is.
    const auto kept = record_.best_epoch == 0 ? average_->values() : std::span<const float>(best_);
    std::copy(kept.begin(), kept.end(), forecaster_.edit_parameters().begin());
    record_.steps = steps_;
    record_.interrupted = stopped_;
    record_.version = version();
    forecaster_.training() = record_;
    if (record_.best_epoch != 0) forecaster_.regime() = best_regime_;
  }

  /// Everything that differs from a new run of the same settings and data.
  void remember(StateArchive& archive) {
    step_.remember(archive);
    regulator_.remember(archive);
    watch_.remember(archive);
    average_->remember(archive);
    archive.values(std::span(best_));
    archive.value(best_score_.value);
    archive.value(best_score_.valid);
    best_regime_.remember(archive);
    for (std::size_t* number : {&steps_, &since_best_, &record_.epochs, &record_.best_epoch}) archive.value(*number);
    for (double* number : {&record_.seconds, &record_.validation_nll, &record_.validation_mse}) archive.value(*number);
  }

  std::size_t epochs() const { return record_.epochs; }
  bool between_epochs() const { return !cut_short_; }

 private:
  void run_epoch() {
    EpochReport report = train_epoch(record_.epochs + 1);
    cut_short_ = stopped_;
    if (stopped_) return;
    regulator_.after_epoch();  // may change parameters: what is validated is what is kept
    hand_over(average_->values());
    const Clock::time_point before_validation = Clock::now();
    const ValidationReport validation = validate(forecaster_, scaled_, validation_, *scheduler_, state());
    report.validation_seconds = seconds_since(before_validation);
    const EpochScore score = score_epoch(settings_, report, validation);
    report.valid = score.valid;
    report.score = score.value;
    report.best = better(score, best_score_);
    // Patience is for getting worse; as long as nothing valid was found there is nothing to stop with.
    since_best_ = report.best || !(best_score_.valid || score.valid) ? 0 : since_best_ + 1;
    if (report.best) keep_best(report.epoch, score, validation);
    record_.epochs = report.epoch;
    tell(report, validation);
    stopped_ = observer_->stop_requested();
  }

  void keep_best(std::size_t epoch, const EpochScore& score, const ValidationReport& validation) {
    best_score_ = score;
    best_.assign(average_->values().begin(), average_->values().end());
    best_regime_ = validation.regime;
    record_.best_epoch = epoch;
    record_.validation_nll = validation.nll;
    record_.validation_mse = validation.mse;
  }

  EpochReport train_epoch(std::size_t epoch) {
    const Permutation order(stream_key(settings_.seed, Purpose::shuffle, epoch), windows_.count());
    const std::size_t steps = steps_per_epoch();
    std::vector<Window> batch(batch_);
    EpochReport epoch_report{.epoch = epoch, .epochs = settings_.epochs};
    std::size_t done = 0;
    for (; done < steps && !stopped_; ++done) {
      const auto choose = [&](Range rows) {
        for (std::size_t b = rows.begin; b < rows.end; ++b) batch[b] = windows_[order(done * batch_ + b)];
      };
      const StepReport report = take_step(batch, choose, epoch_report.step_seconds);
      epoch_report.train_loss += report.loss;
      epoch_report.train_nll += report.nll;
      epoch_report.train_kl += report.kl;
      epoch_report.train_macro_kl += report.macro_kl;
      epoch_report.train_ar += report.ar;
      epoch_report.train_ar_share += ar_share(report, step_.ar_weight());
      epoch_report.gradient_norm += report.gradient_norm;
      observer_->on_step(epoch, done + 1, steps, report.loss);
      stopped_ = observer_->stop_requested();
    }
    const double mean = 1.0 / static_cast<double>(done);
    for (double* sum :
         {&epoch_report.train_loss, &epoch_report.train_nll, &epoch_report.train_kl, &epoch_report.train_macro_kl,
          &epoch_report.train_ar, &epoch_report.train_ar_share, &epoch_report.gradient_norm}) {
      *sum *= mean;
    }
    return epoch_report;
  }

  /// choose(rows) writes rows of the batch. Adds to `seconds` what gradients and update took.
  template <class Choose>
  StepReport take_step(std::span<const Window> batch, const Choose& choose, double& seconds) {
    const auto& w = step_.workspace();
    step_.ar_weight() = regulator_.ar_weight();
    const Clock::time_point before = Clock::now();
    StepReport report = step_.differentiate(*scheduler_, [&](Range rows) {
      choose(rows);
      forecaster_.fill(scaled_, batch, w, rows, true);
      forecaster_.draw(batch, steps_, w, rows, true);
    });
    // A regulator may change parameters after the step; without one they are averaged as they are updated.
    const bool averaged = settings_.mode.empty();
    if (std::isfinite(report.loss)) {
      if (averaged) average_->begin(step_.values());
      const auto average = [&](Range numbers) { average_->add(numbers); };
      step_.update(*scheduler_, settings_, steps_ + 1, report, averaged ? average : TrainingStep<float>::Visit{});
    }
    seconds += seconds_since(before);
    if (!std::isfinite(report.loss) || !std::isfinite(report.gradient_norm)) refuse_non_finite();
    regulator_.after_step(step_.statistics(report));
    ++steps_;
    if (!averaged) average_->update(step_.values(), *scheduler_);
    return report;
  }

  std::size_t steps_per_epoch() const { return epoch_steps(settings_, windows_.count()); }

  /// The layer as the regulator sees it.
  control::ControlledLayer controlled() {
    return {.layer = forecaster_.network().neurons(),
            .values = step_.values(),
            .beta = step_.beta(),
            .planned_steps = settings_.epochs * steps_per_epoch(),
            .seed = settings_.seed,
            .ar_penalty = pays_ar_penalty(settings_),
            .ar_weight = settings_.ar_weight,
            .measure_activity = [this] { return measure_activity(); },
            .contribution = [this] { return contribution(); }};
  }

  /// m_i over evenly spaced training windows, with the present parameters.
  std::vector<double> measure_activity() {
    const std::size_t batches = std::clamp<std::size_t>(windows_.count() / batch_, 1, activity_batches);
    std::vector<double> activity(forecaster_.network().neurons().neurons());
    std::vector<Window> batch(batch_);
    for (std::size_t k = 0; k < batches; ++k) {
      for (std::size_t b = 0; b < batch_; ++b) batch[b] = spread_window(k * batch_ + b, batches * batch_);
      const auto fill = [&](Range rows) { forecaster_.fill(scaled_, batch, step_.workspace(), rows, false); };
      step_.add_activity(*scheduler_, fill, activity);
    }
    for (double& m : activity) m /= static_cast<double>(batches);
    return activity;
  }

  /// The measured contribution on a few training windows, with the draws of training: a head pass per neuron.
  std::vector<double> contribution() {
    hand_over(step_.values());
    const std::size_t count = std::min(contribution_windows, windows_.count());
    std::vector<Window> some(count);
    for (std::size_t k = 0; k < count; ++k) some[k] = spread_window(k, count);
    return forecaster_.contribution(scaled_, some, settings_.draws, *scheduler_);
  }

  /// The k-th of `count` training windows, evenly spaced.
  Window spread_window(std::size_t k, std::size_t count) const { return windows_[k * windows_.count() / count]; }

  void hand_over(std::span<const float> values) {
    std::copy(values.begin(), values.end(), forecaster_.edit_parameters().begin());
  }

  /// What control and training made of prices, bands and persistence.
  NeuronState state() {
    return {regulator_.bands(),
            {step_.beta().begin(), step_.beta().end()},
            forecaster_.network().neurons().phi<float>(ConstParameters<float>{step_.values()})};
  }

  [[noreturn]] void refuse_non_finite() const {
    const std::string tensor = step_.first_non_finite();
    throw Error(ErrorKind::software, fmt::format("training step {}", steps_ + 1),
                fmt::format("the loss is not finite; the first tensor with a NaN or an infinity is {}",
                            tensor.empty() ? "the loss itself" : tensor),
                "lower train.learning_rate, or look for extreme values with 'vdn doctor' and in the data");
  }

  [[noreturn]] void refuse_unscored() const {
    throw Error(ErrorKind::software, forecaster_.data().source, "the validation loss was finite after no epoch",
                "lower train.learning_rate, or look for extreme values with 'vdn doctor' and in the data");
  }

  void tell(EpochReport& report, const ValidationReport& validation) {
    report.steps = steps_;
    report.validation_nll = validation.nll;
    report.validation_mse = validation.mse;
    report.validation_crps = validation.crps;
    report.mu2_mean = validation.regime.mu2_mean;
    report.sigma_mean = validation.regime.sigma_mean;
    report.kl_mean = validation.regime.kl_mean;
    report.info_sum = validation.regime.info_sum;
    report.alive = validation.regime.alive;
    report.macro_kl = validation.regime.macro_kl;
    report.frac_low = validation.regime.frac_low;
    report.frac_high = validation.regime.frac_high;
    report.inside = validation.regime.inside;
    report.band_held = control::holds_band(settings_.mode);
    report.active_units = validation.regime.active_units;
    report.alive_kl_mean = validation.regime.alive_kl_mean;
    report.autocorrelation_mean = validation.regime.autocorrelation_mean;
    report.beta_mean = mean(step_.beta());
    report.neurons = static_cast<const NeuronFigures&>(validation.regime);
    report.seconds = record_.seconds + seconds_since(start_);
    observer_->on_epoch(report);
    watch_collapse(report);
  }

  /// A twin without draws has no distribution that could collapse.
  void watch_collapse(const EpochReport& report) {
    if (settings_.twin == Twin::deterministic || settings_.twin == Twin::mixture) return;
    const auto shares =
        diagnostics::collapse_shares(report.neurons, collapse_context(settings_, report.neurons), settings_);
    for (const auto& change : watch_.update(report.epoch, shares, settings_)) observer_->on_collapse(change);
  }

  Forecaster& forecaster_;
  const Settings& settings_;
  ConstMatrix<float> scaled_;
  Scheduler* scheduler_ = nullptr;  // of the present call of train()
  TrainingObserver* observer_ = nullptr;
  const Windows& windows_;
  std::vector<Window> validation_;
  std::size_t batch_;
  TrainingStep<float> step_;
  control::Regulator regulator_;
  diagnostics::CollapseWatch watch_;
  std::optional<ParameterAverage> average_;  // what is validated and kept
  std::vector<float> best_;                  // parameters of the best epoch
  EpochScore best_score_;
  RegimeRecord best_regime_;
  TrainingRecord record_;
  std::size_t steps_ = 0, since_best_ = 0;
  bool stopped_ = false, cut_short_ = false;
  Clock::time_point start_ = Clock::now();
};

Trainer::Trainer(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows)
    : run_(std::make_unique<Run>(forecaster, scaled, windows)) {}
Trainer::~Trainer() = default;

void Trainer::train(std::size_t until, Scheduler& scheduler, TrainingObserver& observer) {
  run_->train(until, scheduler, observer);
}

std::size_t Trainer::epochs() const {
  return run_->epochs();
}

bool Trainer::ended() const {
  return run_->ended();
}

void Trainer::finish() {
  run_->finish();
}

std::string Trainer::checkpoint() const {
  if (!run_->between_epochs()) throw Error(ErrorKind::software, "checkpoint", "training was stopped within an epoch");
  StateArchive archive;
  run_->remember(archive);
  return archive.bytes();
}

void Trainer::restore(std::string_view bytes) {
  StateArchive archive(bytes);
  run_->remember(archive);
  archive.expect_end();
}

void fit(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
         TrainingObserver& observer) {
  Trainer trainer(forecaster, scaled, windows);
  trainer.train(Trainer::to_the_end, scheduler, observer);
  trainer.finish();
}

}  // namespace vdn
