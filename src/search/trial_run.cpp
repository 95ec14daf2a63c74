#include <vdn/search/trial_run.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <vdn/control/schedule.hpp>
#include <vdn/core/random.hpp>
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

constexpr double most_ar_share = 0.30;  // the source's

/// A checkpoint with what it belongs to and a checksum before it: "version/settings/checksum\n".
std::string sealed(const Settings& settings, const std::string& checkpoint) {
  return fmt::format("{}/{}/{:016x}\n", version(), settings_checksum(settings), hash_name(checkpoint)) + checkpoint;
}

/// The checkpoint, or nothing where it is of another version or network, or damaged.
std::optional<std::string> unsealed(const Settings& settings, const std::string& bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string checkpoint = bytes.substr(end + 1);
  if (sealed(settings, checkpoint) != bytes) return std::nullopt;
  return checkpoint;
}

/// True once the constraints had a whole ramp to act: what lies outside its band before that says nothing.
bool controlled_for_long(const Settings& settings, const EpochReport& r) {
  const std::size_t planned = settings.epochs * r.steps / r.epoch;
  return control::Schedule(settings, planned).ramp(r.steps) >= 1.0;
}

/// What the constraints make of an epoch; 0 where nothing holds a band, and before it could be held.
double penalty_of(const Settings& settings, const EpochReport& r) {
  if (!r.band_held || !controlled_for_long(settings, r)) return 0.0;
  const double excess = std::max(0.0, r.train_ar_share - most_ar_share);
  return constraint_penalty(settings, r.neurons, {r.frac_low, r.frac_high, r.inside}) + excess * excess;
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

/// Keeps the report, and asks whether to stop.
class Listener : public TrainingObserver {
 public:
  Listener(const LeaseKeeper& lease, const TrialEvents& events) : lease_(lease), events_(events) {}
  void on_epoch(const EpochReport& report) override { report_ = report; }
  bool stop_requested() override { return lease_.lost() || (events_.stop_requested && events_.stop_requested()); }
  const EpochReport& report() const { return report_; }

 private:
  const LeaseKeeper& lease_;
  const TrialEvents& events_;
  EpochReport report_;
};

/// Thrown through a portion when the store failed; what it threw is kept aside.
struct StoreFailed {};

/// A portion while it runs.
class Portion {
 public:
  Portion(const TrialContext& context, TrialRecord& trial, const TrialEvents& events)
      : context_(context),
        trial_(trial),
        events_(events),
        owner_(trial.owner),
        lease_(context.open, context.study, trial, context.lease_seconds) {}

  PortionEnd run(std::size_t epochs) {
    try {
      try {
        return train(epochs);
      } catch (const std::bad_alloc&) {
        return end(TrialState::failed, "there is not enough memory for it");
      } catch (const std::exception& error) {  // whatever lies in the trial is the trial's
        return end(TrialState::failed, error.what());
      }
    } catch (const StoreFailed&) {
      std::rethrow_exception(store_failure_);
    }
  }

 private:
  /// Tells what the store throws from what lies in the trial.
  template <class Call>
  auto with_store(Call call) {
    try {
      return call();
    } catch (...) {
      store_failure_ = std::current_exception();
      throw StoreFailed{};
    }
  }

  PortionEnd train(std::size_t epochs) {
    open();
    const std::size_t until = epochs == 0 ? Trainer::to_the_end : epochs;
    while (!session_->trainer().ended() && session_->trainer().epochs() < until) {
      const PortionEnd end = run_epoch();
      if (end != PortionEnd::reached) return end;
    }
    return arrive();
  }

  void open() {
    const FitJob job{trial_settings(context_.definition, trial_), context_.definition.preset,
                     parse_split(context_.definition.split), trial_origins(context_.definition, trial_)};
    prepared_ = context_.fits.get(job, context_.scheduler);
    session_.emplace(prepared_, context_.fits.data(), job);
    const std::string bytes = with_store([&] { return context_.store.checkpoint(context_.study, trial_); });
    if (const auto checkpoint = unsealed(session_->settings(), bytes)) {
      session_->trainer().restore(*checkpoint);
    } else {
      forget();
    }
    trial_.parameters = session_->parameters();
  }

  /// There is nothing to go on from.
  void forget() {
    trial_.epochs = 0;
    trial_.valid = false;
    trial_.score = std::numeric_limits<double>::infinity();
    trial_.seconds = 0;
  }

  PortionEnd run_epoch() {
    Listener listener(lease_, events_);
    Trainer& trainer = session_->trainer();
    const std::size_t before = trainer.epochs();
    const auto start = Clock::now();
    trainer.train(before + 1, context_.scheduler, listener);
    if (lease_.lost()) return PortionEnd::lost;
    if (trainer.epochs() == before) return stop();
    EpochRecord epoch = record_of(session_->settings(), trial_, listener.report());
    epoch.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    epoch.begun = std::exchange(begun_, wall_clock());
    epoch.ended = begun_;
    take(epoch, listener.report());
    // Kept with its epoch: a process killed between the two would leave a trial that goes on although it was judged.
    if (context_.definition.prune && !trial_.final_stage) judge(epoch);
    if (!keep(epoch)) return PortionEnd::lost;
    if (events_.on_epoch) events_.on_epoch(trial_, epoch);
    if (ended(trial_.state)) return PortionEnd::ended;
    const bool late = !trial_.final_stage && events_.out_of_time && events_.out_of_time();
    return late || listener.stop_requested() ? stop() : PortionEnd::reached;
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

  void judge(const EpochRecord& epoch) {
    const std::string verdict = regime_verdict(session_->settings(), epoch);
    if (!verdict.empty()) close(TrialState::pruned, verdict);
  }

  /// At the rung: waits to be judged. At the end of a fit of the final stage: measured, and kept with its model.
  PortionEnd arrive() {
    std::string model;
    if (trial_.final_stage) {
      Listener listener(lease_, events_);
      Forecaster forecaster = session_->finish(context_.scheduler, listener);
      if (listener.stop_requested()) return stop();  // a rehearsal cut short judges differently
      trial_.figures = final_figures(forecaster, context_.fits.data(), context_.scheduler);
      trial_.figures["validation_nll"] = forecaster.training().validation_nll;
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

  PortionEnd end(TrialState state, const std::string& reason) {
    close(state, reason);
    return keep("") ? PortionEnd::ended : PortionEnd::lost;
  }

  void close(TrialState state, const std::string& reason) {
    trial_.state = state;
    trial_.reason = reason;
    release();
  }

  void release() {
    trial_.owner.clear();
    trial_.lease_end = 0;
  }

  bool keep(const EpochRecord& epoch) {
    std::string checkpoint;
    if (!ended(trial_.state)) {
      checkpoint = sealed(session_->settings(), session_->trainer().checkpoint());
      trial_.lease_end = wall_clock() + context_.lease_seconds;
    }
    return with_store([&] { return context_.store.keep_epoch(context_.study, owner_, trial_, epoch, checkpoint); });
  }
  bool keep(const std::string& model) {
    return with_store([&] { return context_.store.keep_outcome(context_.study, owner_, trial_, model); });
  }

  const TrialContext& context_;
  TrialRecord& trial_;
  const TrialEvents& events_;
  std::string owner_;
  LeaseKeeper lease_;
  double begun_ = wall_clock();
  std::shared_ptr<const PreparedFit> prepared_;
  std::optional<FitSession> session_;
  std::exception_ptr store_failure_;
};

}  // namespace

PortionEnd run_portion(const TrialContext& context, TrialRecord& trial, std::size_t epochs, const TrialEvents& events) {
  return Portion(context, trial, events).run(epochs);
}

Settings trial_settings(const StudyDefinition& definition, const TrialRecord& trial) {
  Settings settings = configure(base_settings(definition), trial.configuration);
  settings.seed = trial.seed;
  return settings;
}

SettingOrigins trial_origins(const StudyDefinition& definition, const TrialRecord& trial) {
  SettingOrigins origins;
  for (const auto& parameter : settings_table().parameters()) origins[parameter.name] = "preset " + definition.preset;
  for (const auto& [key, value] : definition.set) origins[key] = "set for the whole search";
  for (const auto& [key, value] : trial.configuration) {
    origins[key] = fmt::format("configuration {} of the search", trial.number);
  }
  origins["train.seed"] = "seed of the search";
  return origins;
}

}  // namespace vdn::search
