#include <vdn/search/trial_run.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include <vdn/control/schedule.hpp>
#include <vdn/core/state_archive.hpp>
#include <vdn/core/version.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/search/final_figures.hpp>
#include <vdn/search/halving.hpp>
#include <vdn/search/regime_rules.hpp>
#include <vdn/train/events.hpp>
#include <vdn/train/neuron_state.hpp>
#include <vdn/train/selection.hpp>

namespace vdn::search {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double most_ar_share = 0.30;  // METHOD section 8

/// Names what a checkpoint belongs to.
std::string checkpoint_head(const Settings& settings) {
  return std::string(version()) + "/" + std::to_string(settings_checksum(settings)) + "\n";
}

/// What the constraints make of an epoch; 0 where nothing holds a band.
double penalty_of(const Settings& settings, const EpochReport& r) {
  const double excess = std::max(0.0, r.train_ar_share - most_ar_share);
  const double band = r.band_held ? constraint_penalty(settings, r.neurons, {r.frac_low, r.frac_high, r.inside}) : 0.0;
  return band + excess * excess;
}

/// True once the constraints had a whole ramp to act: what lies outside its band before that says nothing.
bool controlled_for_long(const Settings& settings, const EpochReport& r) {
  const std::size_t planned = settings.epochs * r.steps / r.epoch;
  return control::Schedule(settings, planned).ramp(r.steps) >= 1.0;
}

std::string collapses_of(const Settings& settings, const EpochReport& r) {
  if (settings.twin == Twin::deterministic || settings.twin == Twin::mixture) return "";
  if (r.band_held && !controlled_for_long(settings, r)) return "";
  std::string names;
  for (const auto& collapse : diagnostics::collapsed(r.neurons, collapse_context(settings, r.neurons), settings)) {
    names += (names.empty() ? "" : ", ") + std::string(diagnostics::collapse_name(collapse.mode));
  }
  return names;
}

EpochRecord record_of(const Settings& settings, const TrialRecord& trial, const EpochReport& r) {
  EpochRecord e;
  e.number = trial.number;
  e.seed = trial.seed;
  e.epoch = r.epoch;
  e.train_loss = r.train_loss;
  e.validation_nll = r.validation_nll;
  e.validation_crps = r.validation_crps;
  e.validation_mse = r.validation_mse;
  e.valid = r.valid;
  e.penalty = penalty_of(settings, r);
  e.score = r.score;
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  e.inside = r.band_held ? r.inside : unknown;
  e.low = r.band_held ? r.frac_low : unknown;
  e.high = r.band_held ? r.frac_high : unknown;
  e.info = r.info_sum;
  e.alive = r.alive;
  e.kl = r.kl_mean * static_cast<double>(settings.neurons);
  e.beta = r.beta_mean;
  e.activity = r.mu2_mean;
  e.collapse = collapses_of(settings, r);
  return e;
}

/// Hands the epoch on, keeps the lease, and asks whether to stop.
class Listener : public TrainingObserver {
 public:
  Listener(const TrialContext& context, const TrialRecord& trial, const TrialEvents& events)
      : context_(context), trial_(trial), events_(events) {}
  void on_epoch(const EpochReport& report) override { report_ = report; }
  bool stop_requested() override {
    keep_lease();
    return lost_ || (events_.stop_requested && events_.stop_requested());
  }
  const EpochReport& report() const { return report_; }
  bool lost() const { return lost_; }

 private:
  void keep_lease() {
    const auto now = Clock::now();
    if (std::chrono::duration<double>(now - renewed_).count() < context_.lease_seconds / 4) return;
    renewed_ = now;
    lost_ = !context_.store.renew(context_.study, trial_, wall_clock() + context_.lease_seconds);
  }
  const TrialContext& context_;
  const TrialRecord& trial_;
  const TrialEvents& events_;
  EpochReport report_;
  Clock::time_point renewed_ = Clock::now();
  bool lost_ = false;
};

/// A portion while it runs.
class Portion {
 public:
  Portion(const TrialContext& context, TrialRecord& trial, std::size_t workers, const TrialEvents& events)
      : context_(context), trial_(trial), workers_(workers), events_(events), owner_(trial.owner) {}

  PortionEnd run(std::size_t epochs) {
    try {
      open();
      const std::size_t until = epochs == 0 ? Trainer::to_the_end : epochs;
      while (!session_->trainer().ended() && session_->trainer().epochs() < until) {
        const PortionEnd end = run_epoch();
        if (end != PortionEnd::reached) return end;
      }
      return arrive();
    } catch (const std::bad_alloc&) {
      return fail("there is not enough memory for it");
    } catch (const Error& error) {
      // A store that cannot be written, or data that are gone, stop the worker; what lies in the settings, the trial.
      if (error.kind() != ErrorKind::software && error.kind() != ErrorKind::config) throw;
      return fail(error.what());
    }
  }

 private:
  void open() {
    const FitJob job{trial_settings(context_.definition, trial_),
                     context_.definition.preset,
                     parse_split(context_.definition.split),
                     {}};
    prepared_ = context_.fits.get(job, context_.scheduler);
    make_session(job);
    const std::string bytes = context_.store.checkpoint(context_.study, trial_);
    const std::string head = checkpoint_head(session_->settings());
    if (bytes.starts_with(head)) {
      session_->trainer().restore(std::string_view(bytes).substr(head.size()));
    } else {
      forget();
    }
    trial_.parameters = session_->parameters();
  }

  void make_session(const FitJob& job) { session_.emplace(prepared_, context_.fits.data(), job); }

  /// There is nothing to go on from.
  void forget() {
    trial_.epochs = 0;
    trial_.valid = false;
    trial_.score = std::numeric_limits<double>::infinity();
    trial_.seconds = 0;
  }

  PortionEnd run_epoch() {
    Listener listener(context_, trial_, events_);
    Trainer& trainer = session_->trainer();
    const std::size_t before = trainer.epochs();
    const auto start = Clock::now();
    trainer.train(before + 1, context_.scheduler, listener);
    if (listener.lost()) return PortionEnd::lost;
    if (trainer.epochs() == before) return stop();
    EpochRecord epoch = record_of(session_->settings(), trial_, listener.report());
    epoch.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    epoch.workers = workers_;
    take(epoch, listener.report());
    const std::string checkpoint = checkpoint_head(session_->settings()) + trainer.checkpoint();
    trial_.lease_end = wall_clock() + context_.lease_seconds;
    if (!context_.store.keep_epoch(context_.study, trial_, epoch, checkpoint)) return PortionEnd::lost;
    if (events_.on_epoch) events_.on_epoch(trial_, epoch);
    const std::string verdict =
        context_.definition.prune && !trial_.final_stage ? regime_verdict(session_->settings(), trial_, epoch) : "";
    if (!verdict.empty()) return end(TrialState::pruned, verdict);
    return events_.stop_requested && events_.stop_requested() ? stop() : PortionEnd::reached;
  }

  void take(const EpochRecord& epoch, const EpochReport& report) {
    trial_.epochs = epoch.epoch;
    trial_.seconds += epoch.seconds;
    if (report.best) {
      trial_.valid = epoch.valid;
      trial_.penalty = epoch.penalty;
      trial_.score = epoch.score;
    }
    if (epoch.epoch == regime_epoch && report.band_held) trial_.outside = 1.0 - epoch.inside;
  }

  /// At the rung: waits to be judged. At the end of a fit of the final stage: measured, and kept with its model.
  PortionEnd arrive() {
    std::string model;
    if (trial_.final_stage) {
      Forecaster forecaster = session_->finish(context_.scheduler);
      trial_.figures = final_figures(forecaster, context_.fits.data(), context_.scheduler);
      trial_.figures["seconds"] = trial_.seconds;
      model = model_bytes(forecaster);
    }
    trial_ = rung_reached(context_.definition, trial_);
    return keep(model) ? PortionEnd::reached : PortionEnd::lost;
  }

  PortionEnd stop() {
    trial_.state = TrialState::waiting;
    release();
    return keep("") ? PortionEnd::stopped : PortionEnd::lost;
  }

  PortionEnd fail(const std::string& message) { return end(TrialState::failed, message); }

  PortionEnd end(TrialState state, const std::string& reason) {
    trial_.state = state;
    trial_.reason = reason;
    release();
    return keep("") ? PortionEnd::ended : PortionEnd::lost;
  }

  void release() {
    trial_.owner.clear();
    trial_.lease_end = 0;
  }
  bool keep(const std::string& model) { return context_.store.keep_outcome(context_.study, owner_, trial_, model); }

  const TrialContext& context_;
  TrialRecord& trial_;
  std::size_t workers_;
  const TrialEvents& events_;
  std::string owner_;
  std::shared_ptr<const PreparedFit> prepared_;
  std::optional<FitSession> session_;
};

}  // namespace

PortionEnd run_portion(const TrialContext& context, TrialRecord& trial, std::size_t epochs, std::size_t workers,
                       const TrialEvents& events) {
  return Portion(context, trial, workers, events).run(epochs);
}

Settings trial_settings(const StudyDefinition& definition, const TrialRecord& trial) {
  Settings settings = configure(base_settings(definition), trial.configuration);
  settings.seed = trial.seed;
  return settings;
}

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace vdn::search
