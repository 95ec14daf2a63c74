#include <vdn/search/verify.hpp>

#include <chrono>
#include <utility>
#include <vector>

#include <vdn/search/prepared_fits.hpp>
#include <vdn/search/run_search.hpp>
#include <vdn/search/trial_run.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/store.hpp>

namespace vdn::search {
namespace {

using Clock = std::chrono::steady_clock;

/// Fits of other values are other trials.
std::string study_name(const StudyDefinition& d) {
  return "autopilot " + d.values_sha256;
}

constexpr const char *pick_arm = "pick", *default_arm = "default";

std::vector<Trial> plan_of(const StudyDefinition& d, const Configuration& configuration, std::size_t seeds) {
  std::vector<Trial> plan;
  for (std::size_t k = 0; k < seeds; ++k) {
    TrialRecord record;
    record.seed = verify_seed(d, k);
    plan.push_back({default_arm, d.data, d.preset, trial_settings(d, record)});
    record.configuration = configuration;
    plan.push_back({pick_arm, d.data, d.preset, trial_settings(d, record)});
  }
  return plan;
}

/// Fits and scores; a result without a key when it was interrupted.
TrialResult measure(const StudyDefinition& d, const Trial& trial, PreparedFits& fits, Scheduler& scheduler,
                    TrainingObserver& observer) {
  const auto start = Clock::now();
  TrialResult result{"", trial.arm, trial.data, trial.settings.seed};
  const FitJob job{trial.settings, trial.preset, parse_split(d.split), {}};
  FitSession session(fits.get(job, scheduler), fits.data(), job);
  session.trainer().train(Trainer::to_the_end, scheduler, observer);
  const std::size_t parameters = session.parameters();
  Forecaster model = session.finish(scheduler);
  if (model.training().interrupted) return result;
  result.figures["horizon"] = static_cast<double>(trial.settings.horizon);
  result.figures["fit_seconds"] = model.training().seconds;
  result.figures["parameters"] = static_cast<double>(parameters);
  measure_forecaster(model, fits.data(), scheduler, {.origins = true}, result);
  result.key = trial.key(study_name(d));
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

/// The fit of the settings as they are, for a pick that changes nothing.
TrialResult as_pick(const StudyDefinition& d, TrialResult result, const Trial& pick) {
  result.arm = pick.arm;
  result.key = pick.key(study_name(d));
  return result;
}

}  // namespace

std::uint64_t verify_seed(const StudyDefinition& definition, std::size_t k) {
  return 500000 + definition.seed * 100 + k;
}

StudyRun verify(const StudyDefinition& definition, const Configuration& configuration, std::size_t seeds,
                const LoadedData& data, const std::string& folder, Scheduler& scheduler, StudyObserver& observer) {
  require_same_values(definition, definition.data, data);
  const std::vector<Trial> plan = plan_of(definition, configuration, seeds);
  TrialStore store(folder);
  PreparedFits fits(data);
  StudyRun run{.planned = plan.size()};
  for (std::size_t i = 0; i < plan.size() && !run.interrupted; ++i) {
    const Trial& trial = plan[i];
    TrialResult result;
    if (const TrialResult* known = store.find(trial.key(study_name(definition)))) {
      result = *known;
    } else {
      observer.on_trial(trial, i + 1, plan.size(), 0.0);
      const bool same = configuration.empty() && trial.arm == pick_arm;
      result = same ? as_pick(definition, run.results.back(), trial)
                    : measure(definition, trial, fits, scheduler, observer.training());
      run.interrupted = result.key.empty();
      if (run.interrupted) break;
      store.add(result);
      observer.on_result(result);
    }
    run.seconds += result.seconds;
    run.results.push_back(std::move(result));
  }
  return run;
}

StudyFindings verify_findings(const StudyRun& run) {
  StudyFindings found;
  found.tables.push_back(mean_table("Test part, calibrated", run.results,
                                    {{"CRPS", "crps", 4},
                                     {"NLL", "nll", 4},
                                     {"joint NLL", "joint_nll", 4},
                                     {"MSE", "mse", 4},
                                     {"covers 80%", "coverage_80", 3},
                                     {"covers 90%", "coverage_90", 3},
                                     {"fit, s", "fit_seconds", 1},
                                     {"parameters", "parameters", 0}}));
  StudyTable paired{"Pick less default, origin by origin, means over seeds; 95% intervals of a block bootstrap",
                    {"data", "seeds", "CRPS", "NLL", "joint NLL", "MSE"}};
  for (const std::string& data : data_of(run.results)) {
    const auto difference = [&](const char* score) {
      return paired_difference(run.results, data, pick_arm, default_arm, score);
    };
    const PairedDifference crps = difference("crps");
    if (crps.seeds == 0) continue;
    paired.rows.push_back({data, std::to_string(crps.seeds), print_paired(crps), print_paired(difference("nll")),
                           print_paired(difference("joint_nll")), print_paired(difference("mse"))});
  }
  found.tables.push_back(paired);
  return found;
}

}  // namespace vdn::search
