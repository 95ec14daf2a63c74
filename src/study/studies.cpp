#include "study/studies.hpp"

#include <algorithm>
#include <chrono>

#include <vdn/core/error.hpp>

namespace vdn {

std::vector<std::unique_ptr<Study>> all_studies() {
  std::vector<std::unique_ptr<Study>> list;
  for (const auto make : {studies::control, studies::composition, studies::granularity, studies::dimensions,
                          studies::persistence, studies::collapse, studies::pruning, studies::compute, studies::twin,
                          studies::selective, studies::band, studies::budget, studies::quality, studies::probts}) {
    list.push_back(make());
  }
  return list;
}

std::unique_ptr<Study> find_study(const std::string& name) {
  std::vector<std::string> names;
  std::string all;
  for (auto& study : all_studies()) {
    if (study->name() == name) return std::move(study);
    names.push_back(study->name());
    all += (all.empty() ? "" : ", ") + names.back();
  }
  const std::string near = nearest_word(name, names);
  throw Error(ErrorKind::usage, "NAME", "there is no study '" + name + "'",
              near.empty() ? "studies are " + all : "did you mean '" + near + "'?");
}

namespace studies {

namespace {

bool wanted(const StudyOptions& options, const std::string& arm) {
  return options.arms.empty() || std::find(options.arms.begin(), options.arms.end(), arm) != options.arms.end();
}

/// Throws Error (usage) for an arm that is not there, naming the nearest.
void require_arms(const StudyOptions& options, const std::vector<Arm>& arms) {
  std::vector<std::string> names;
  std::string all;
  for (const Arm& arm : arms) {
    names.push_back(arm.name);
    all += (all.empty() ? "'" : ", '") + arm.name + "'";
  }
  for (const std::string& name : options.arms) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = nearest_word(name, names);
    throw Error(ErrorKind::usage, "--arm", "there is no arm '" + name + "'",
                near.empty() ? "arms are " + all : "did you mean '" + near + "'?");
  }
}

}  // namespace

void refuse_arms(const Study& study, const StudyOptions& options) {
  if (options.arms.empty()) return;
  throw Error(ErrorKind::usage, "--arm", "the study " + study.name() + " compares all it fits: it has no single arms",
              "leave --arm out");
}

std::vector<Trial> ArmStudy::plan(const StudyOptions& options) const {
  const std::vector<Arm> arms = this->arms();
  const std::size_t seeds = options.seeds ? options.seeds : usual_seeds();
  require_arms(options, arms);
  std::vector<Trial> plan;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    for (const std::string& data : options.data.empty() ? usual_data() : options.data) {
      for (const Arm& arm : arms) {
        if (!wanted(options, arm.name)) continue;
        StudyOptions own = options;
        own.set = arm.set;
        own.set.insert(own.set.end(), options.set.begin(), options.set.end());
        plan.push_back({arm.name, data, options.preset, study_settings(own, data, seed)});
      }
    }
  }
  return plan;
}

TrialResult ArmStudy::measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                              TrainingObserver& observer) const {
  return measure_trial(name(), trial, data, scheduler, observer, measured());
}

TrialResult ModelStudy::measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                                TrainingObserver& observer) const {
  const auto start = std::chrono::steady_clock::now();
  TrialResult result{trial.key(name()), trial.arm, trial.data, trial.settings.seed};
  Forecaster model = fit_trial(trial, data, scheduler, observer);
  if (model.training().interrupted) {
    result.key.clear();
    return result;
  }
  examine(model, data, scheduler, result);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace studies
}  // namespace vdn
