#include <vdn/train/trainer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <vdn/core/version.hpp>
#include <vdn/train/step.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One run of fit(): what the epochs share.
class Run {
 public:
  Run(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
      TrainingObserver& observer)
      : forecaster_(forecaster),
        settings_(forecaster.settings()),
        scaled_(scaled),
        scheduler_(scheduler),
        observer_(observer),
        windows_(windows.training),
        validation_(thin_windows(windows.validation, settings_.validation_windows)),
        batch_(std::min<std::size_t>(settings_.batch, windows_.count())),
        step_(forecaster.network(), std::max<std::size_t>(1, batch_), settings_.draws) {
    if (windows_.empty() || validation_.empty()) {
      throw Error(ErrorKind::data, forecaster.data().source, "there is no window to train or to validate on",
                  "lower the look-back or the horizon");
    }
    std::copy(forecaster.parameters().begin(), forecaster.parameters().end(), step_.values().begin());
  }

  void train() {
    TrainingRecord& record = forecaster_.training();
    std::size_t since_best = 0;
    double best_score = std::numeric_limits<double>::infinity();
    std::vector<float> best(step_.values().begin(), step_.values().end());
    for (std::size_t epoch = 1; epoch <= settings_.epochs && since_best < settings_.patience; ++epoch) {
      EpochReport report = train_epoch(epoch);
      if (stopped_) {
        if (record.best_epoch == 0) std::copy(step_.values().begin(), step_.values().end(), best.begin());
        break;
      }
      std::copy(step_.values().begin(), step_.values().end(), forecaster_.parameters().begin());
      const ValidationReport validation = validate(forecaster_, scaled_, validation_, scheduler_, state_);
      const double score = settings_.selection == Selection::mse ? validation.mse : validation.nll;
      report.best = score < best_score;
      since_best = report.best ? 0 : since_best + 1;
      if (report.best) {
        best_score = score;
        std::copy(step_.values().begin(), step_.values().end(), best.begin());
        record.best_epoch = epoch;
        record.validation_nll = validation.nll;
        record.validation_mse = validation.mse;
        forecaster_.regime() = validation.regime;
      }
      record.epochs = epoch;
      tell(report, validation);
      stopped_ = observer_.stop_requested();
      if (stopped_) break;
    }
    if (record.best_epoch == 0 && !stopped_) refuse_unscored();
    std::copy(best.begin(), best.end(), forecaster_.parameters().begin());
    record.steps = steps_;
    record.seconds = seconds_since(start_);
    record.interrupted = stopped_;
    record.version = version();
  }

 private:
  EpochReport train_epoch(std::size_t epoch) {
    const Permutation order(stream_key(settings_.seed, Purpose::shuffle, epoch), windows_.count());
    const std::size_t wanted = std::min<std::size_t>(settings_.windows_per_epoch, windows_.count());
    const std::size_t steps = std::max<std::size_t>(1, wanted / batch_);
    std::vector<Window> batch(batch_);
    EpochReport epoch_report{.epoch = epoch, .epochs = settings_.epochs};
    std::size_t done = 0;
    for (; done < steps && !stopped_; ++done) {
      for (std::size_t b = 0; b < batch_; ++b) batch[b] = windows_[order(done * batch_ + b)];
      const StepReport report = take_step(batch);
      epoch_report.train_loss += report.loss;
      epoch_report.train_nll += report.nll;
      epoch_report.train_kl += report.kl;
      epoch_report.gradient_norm += report.gradient_norm;
      observer_.on_step(epoch, done + 1, steps, report.loss);
      stopped_ = observer_.stop_requested();
    }
    const double mean = 1.0 / static_cast<double>(done);
    for (double* sum :
         {&epoch_report.train_loss, &epoch_report.train_nll, &epoch_report.train_kl, &epoch_report.gradient_norm}) {
      *sum *= mean;
    }
    return epoch_report;
  }

  StepReport take_step(std::span<const Window> batch) {
    const auto& w = step_.workspace();
    StepReport report = step_.differentiate(scheduler_, [&](Range rows) {
      forecaster_.fill(scaled_, batch, w, rows, true);
      forecaster_.draw(batch, steps_, w, rows, true);
    });
    if (std::isfinite(report.loss)) step_.update(scheduler_, settings_, steps_ + 1, report);
    if (!std::isfinite(report.loss) || !std::isfinite(report.gradient_norm)) refuse_non_finite();
    ++steps_;
    return report;
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
    report.mu2_mean = validation.regime.mu2_mean;
    report.sigma_mean = validation.regime.sigma_mean;
    report.kl_mean = validation.regime.kl_mean;
    report.info_sum = validation.regime.info_sum;
    report.alive = validation.regime.alive;
    report.frac_low = validation.regime.frac_low;
    report.frac_high = validation.regime.frac_high;
    report.inside = validation.regime.inside;
    report.active_units = validation.regime.active_units;
    report.alive_kl_mean = validation.regime.alive_kl_mean;
    report.autocorrelation_mean = validation.regime.autocorrelation_mean;
    report.neurons = validation.regime;  // the part by neuron
    report.seconds = seconds_since(start_);
    observer_.on_epoch(report);
    watch_collapse(report);
  }

  /// A twin without draws has no distribution that could collapse.
  void watch_collapse(const EpochReport& report) {
    if (settings_.twin == Twin::deterministic || settings_.twin == Twin::mixture) return;
    const auto shares =
        diagnostics::collapse_shares(report.neurons, collapse_context(settings_, report.neurons), settings_);
    for (const auto& change : watch_.update(report.epoch, shares, settings_)) observer_.on_collapse(change);
  }

  Forecaster& forecaster_;
  const Settings& settings_;
  ConstMatrix<float> scaled_;
  Scheduler& scheduler_;
  TrainingObserver& observer_;
  const Windows& windows_;
  std::vector<Window> validation_;
  std::size_t batch_;
  TrainingStep<float> step_;
  NeuronState state_ = initial_state(settings_);
  diagnostics::CollapseWatch watch_;
  std::size_t steps_ = 0;
  bool stopped_ = false;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

void fit(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
         TrainingObserver& observer) {
  Run(forecaster, scaled, windows, scheduler, observer).train();
}

}  // namespace vdn
