#include <vdn/search/verify.hpp>

#include <string>
#include <vector>

#include <vdn/search/trial_run.hpp>
#include <vdn/study/measure.hpp>

namespace vdn::search {
namespace {

constexpr const char *pick_arm = "pick", *default_arm = "default";

/// The study of a pick: two arms, fresh seeds.
class Verification : public Study {
 public:
  Verification(const StudyDefinition& definition, const Configuration& configuration, std::size_t seeds)
      : d_(definition), configuration_(configuration), seeds_(seeds) {}

  /// Fits of other values are other trials.
  std::string name() const override { return "autopilot " + d_.values_sha256; }
  std::string claim() const override { return "The pick is better than the settings as they are."; }
  std::vector<std::string> usual_data() const override { return {d_.data}; }
  std::size_t usual_seeds() const override { return seeds_; }

  std::vector<Trial> plan(const StudyOptions& /*options*/) const override {
    std::vector<Trial> plan;
    for (std::size_t k = 0; k < seeds_; ++k) {
      TrialRecord record;
      record.seed = verify_seed(d_, k);
      plan.push_back({default_arm, d_.data, d_.preset, trial_settings(d_, record)});
      record.configuration = configuration_;
      plan.push_back({pick_arm, d_.data, d_.preset, trial_settings(d_, record)});
    }
    return plan;
  }

  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override {
    TrialResult result =
        measure_trial(name(), trial, data, scheduler, observer, {.origins = true, .split = parse_split(d_.split)});
    result.figures["horizon"] = static_cast<double>(trial.settings.horizon);
    return result;
  }

  StudyFindings find(const TrialResults& results) const override;

 private:
  const StudyDefinition& d_;
  const Configuration& configuration_;
  std::size_t seeds_;
};

StudyFindings Verification::find(const TrialResults& results) const {
  StudyFindings found;
  found.tables.push_back(mean_table("Test part, calibrated", results,
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
  for (const std::string& data : data_of(results)) {
    const auto difference = [&](const char* score) {
      return paired_difference(results, data, pick_arm, default_arm, score);
    };
    const PairedDifference crps = difference("crps");
    if (crps.seeds == 0) continue;
    paired.rows.push_back({data, std::to_string(crps.seeds), print_paired(crps), print_paired(difference("nll")),
                           print_paired(difference("joint_nll")), print_paired(difference("mse"))});
  }
  found.tables.push_back(paired);
  return found;
}

}  // namespace

std::uint64_t verify_seed(const StudyDefinition& definition, std::size_t k) {
  return 500000 + definition.seed * 100 + k;
}

std::unique_ptr<Study> verification(const StudyDefinition& definition, const Configuration& configuration,
                                    std::size_t seeds) {
  if (configuration.empty()) {
    throw Error(ErrorKind::usage, "verify", "the pick is the settings as they are: there is nothing to compare",
                "another --pick may change something");
  }
  return std::make_unique<Verification>(definition, configuration, seeds);
}

}  // namespace vdn::search
