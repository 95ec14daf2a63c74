#include <vdn/study/measure.hpp>

#include <chrono>
#include <limits>

#include <vdn/control/band.hpp>
#include <vdn/evaluate/disturb.hpp>
#include <vdn/evaluate/origin_scores.hpp>
#include <vdn/evaluate/protocol.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/fit_plan.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Shares of neurons against the band the settings declare.
control::Occupancy declared_occupancy(const Settings& settings, const std::vector<float>& mu2) {
  const control::Bands bands = control::make_bands(settings, mu2.size(), settings.seed);
  return control::occupancy(bands, std::vector<double>(mu2.begin(), mu2.end()));
}

/// Hands everything on and keeps a trace.
class Tracer : public TrainingObserver {
 public:
  Tracer(TrainingObserver& next, const Settings& settings, TrialResult& result)
      : next_(next), settings_(settings), result_(result) {}
  void on_start(const Settings& settings) override { next_.on_start(settings); }
  void on_norms(std::span<const NormTrial> trials) override { next_.on_norms(trials); }
  void on_rehearsal(Range training) override { next_.on_rehearsal(training); }
  void on_step(std::size_t epoch, std::size_t step, std::size_t steps, double loss) override {
    next_.on_step(epoch, step, steps, loss);
  }
  void on_epoch(const EpochReport& report) override {
    auto& traces = result_.traces;
    traces["validation_nll"].push_back(report.validation_nll);
    traces["outside"].push_back(declared_occupancy(settings_, report.neurons.mu2).outside());
    traces["train_kl"].push_back(report.train_kl);
    traces["info"].push_back(report.info_sum);
    traces["alive"].push_back(report.alive);
    next_.on_epoch(report);
  }
  void on_collapse(const diagnostics::CollapseChange& change) override {
    const std::string name = std::string("collapse ") + diagnostics::collapse_name(change.collapse.mode);
    const auto epoch = static_cast<double>(change.epoch);
    if (change.begins) {
      result_.figures.try_emplace(name + " begins", epoch);
      result_.figures.erase(name + " ends");
    } else {
      result_.figures[name + " ends"] = epoch;
    }
    next_.on_collapse(change);
  }
  bool stop_requested() override { return next_.stop_requested(); }

 private:
  TrainingObserver& next_;
  const Settings& settings_;
  TrialResult& result_;
};

void add_regime(const Settings& settings, const RegimeRecord& regime, TrialResult& result) {
  const auto shares = declared_occupancy(settings, regime.mu2);
  auto& f = result.figures;
  f["inside"] = shares.inside();
  f["frac_low"] = shares.low;
  f["frac_high"] = shares.high;
  f["alive"] = regime.alive;
  f["info"] = regime.info_sum;
  f["kl"] = regime.kl_mean * static_cast<double>(regime.kl.size());
  f["mu2"] = regime.mu2_mean;
  f["sigma"] = regime.sigma_mean;
  f["macro_kl"] = regime.macro_kl;
  f["autocorrelation"] = regime.autocorrelation_mean;
  f["active_units"] = regime.active_units;
}

void add_scores(const OriginScores& scores, const std::string& suffix, TrialResult& result) {
  auto& f = result.figures;
  f["mse" + suffix] = mean_of(scores.mse);
  f["crps" + suffix] = mean_of(scores.crps);
  f["nll" + suffix] = mean_of(scores.nll);
  f["joint_nll" + suffix] = mean_of(scores.joint_nll);
  f["coverage_80" + suffix] = mean_of(scores.inside_80);
  f["coverage_90" + suffix] = mean_of(scores.inside_90);
  if (scores.energy.empty()) return;
  f["energy" + suffix] = mean_of(scores.energy);
  f["sum_coverage_80" + suffix] = mean_of(scores.sum_inside_80);
  f["sum_coverage_90" + suffix] = mean_of(scores.sum_inside_90);
  if (scores.joint_energy.empty()) return;
  f["series_sum_crps" + suffix] = mean_of(scores.series_sum_crps);
  f["joint_energy" + suffix] = mean_of(scores.joint_energy);
}

void add_origins(const OriginScores& scores, TrialResult& result) {
  result.traces["origin"].assign(scores.origin.begin(), scores.origin.end());
  const std::pair<const char*, const std::vector<double>*> lists[] = {
      {"origin.mse", &scores.mse},
      {"origin.crps", &scores.crps},
      {"origin.nll", &scores.nll},
      {"origin.joint_nll", &scores.joint_nll},
      {"origin.energy", &scores.energy},
      {"origin.series_sum_crps", &scores.series_sum_crps},
      {"origin.joint_energy", &scores.joint_energy}};
  for (const auto& [name, list] : lists) {
    if (!list->empty()) result.traces[name] = *list;
  }
}

}  // namespace

void measure_forecaster(Forecaster& model, const LoadedData& data, Scheduler& scheduler, const MeasureOptions& options,
                        TrialResult& result) {
  const Settings& settings = model.settings();
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  RegimeRecord regime = model.regime();
  if (options.whole_validation) {
    const Split split = parse_split(model.data().split);
    const FitWindows windows = fit_windows(data.series, split, model.data().borders, settings);
    regime = measure_regime(model, scaled, thin_windows(windows.validation, windows.validation.count()), scheduler,
                            recorded_state(model));
  }
  if (regime.known()) add_regime(settings, regime, result);
  const TestPart part = test_part(model, data, "auto", window_shape(settings));
  const std::vector<Window> windows = thin_windows(part.windows, options.test_windows);
  const OriginScores scores = score_origins(model, scaled, scaled, windows, options.paths, scheduler);
  add_scores(scores, "", result);
  if (options.origins) add_origins(scores, result);
  if (!options.disturbances) return;
  constexpr std::pair<Disturbance, double> disturbances[] = {
      {Disturbance::noise, 0.5}, {Disturbance::missing, 0.2}, {Disturbance::shift, 1.0}};
  for (const auto& [kind, amount] : disturbances) {
    const std::vector<float> worse = disturbed(scaled, kind, amount, settings.seed);
    add_scores(score_origins(model, {worse.data(), scaled.rows, scaled.cols}, scaled, windows, 0, scheduler),
               std::string("_") + disturbance_name(kind), result);
  }
}

Forecaster fit_trial(const Trial& trial, const LoadedData& data, Scheduler& scheduler, TrainingObserver& observer) {
  return fit_forecaster(data, {trial.settings, trial.preset, choose_split("", data)}, scheduler, observer);
}

TrialResult measure_trial(const std::string& study, const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                          TrainingObserver& observer, const MeasureOptions& options) {
  const auto start = Clock::now();
  TrialResult result{trial.key(study), trial.arm, trial.data, trial.settings.seed};
  Tracer tracer(observer, trial.settings, result);
  const Split split = options.split.value_or(choose_split("", data));
  Forecaster model = fit_forecaster(data, {trial.settings, trial.preset, split}, scheduler, tracer);
  const TrainingRecord& record = model.training();
  if (record.interrupted) {
    result.key.clear();
    return result;
  }
  auto& f = result.figures;
  f["validation_nll"] = record.validation_nll;
  f["validation_mse"] = record.validation_mse;
  f["epochs"] = static_cast<double>(record.epochs);
  f["best_epoch"] = static_cast<double>(record.best_epoch);
  f["fit_seconds"] = record.seconds;
  f["parameters"] = static_cast<double>(model.network().layout().size());
  measure_forecaster(model, data, scheduler, options, result);
  result.seconds = seconds_since(start);
  return result;
}

}  // namespace vdn
