// The neuron against its three twins (docs/results/README.md).

#include <array>
#include <vdn/study/measure.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr std::array<const char*, 5> scores{"energy", "joint_nll", "crps", "nll", "mse"};

class TwinStudy : public Study {
 public:
  std::string name() const override { return "twin"; }
  std::string claim() const override {
    return "The neuron against its twins of the same head, data, seeds and budget: deterministic (z = mu), mixture "
           "(S M components), noise (the same draws without a price).";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1", "etth2", "weather", "flights"}; }
  std::size_t usual_seeds() const override { return 5; }

  std::vector<Trial> plan(const StudyOptions& options) const override {
    refuse_arms(*this, options);
    std::vector<Trial> plan;
    const std::size_t seeds = options.seeds ? options.seeds : usual_seeds();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      for (const std::string& data : options.data.empty() ? usual_data() : options.data) {
        const Settings own = study_settings(options, data, seed);
        for (const Twin twin : {Twin::none, Twin::deterministic, Twin::mixture, Twin::noise}) {
          plan.push_back({twin == Twin::none ? "neuron" : twin_name(twin), data, options.preset, with_twin(own, twin)});
        }
      }
    }
    return plan;
  }

  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override {
    TrialResult result =
        measure_trial(name(), trial, data, scheduler, observer, {.paths = 100, .disturbances = true, .origins = true});
    result.figures["horizon"] = static_cast<double>(trial.settings.horizon);
    return result;
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Test part", results,
                                      {{"energy", "energy", 3},
                                       {"joint NLL", "joint_nll", 3},
                                       {"CRPS", "crps", 4},
                                       {"NLL", "nll", 3},
                                       {"MSE", "mse", 3},
                                       {"covers 90%", "coverage_90", 3},
                                       {"sum covers 90%", "sum_coverage_90", 3}}));
    found.tables.push_back(mean_table("CRPS under disturbed inputs", results,
                                      {{"clean", "crps", 4},
                                       {"noise", "crps_noise", 4},
                                       {"missing", "crps_missing", 4},
                                       {"shift", "crps_shift", 4}}));
    StudyTable paired{"Neuron less twin, origin by origin, means over seeds; 95% intervals of a block bootstrap",
                      {"data", "twin", "energy", "joint NLL", "CRPS", "NLL", "MSE"}};
    for (const std::string& data : data_of(results)) {
      for (const char* twin : {"deterministic", "mixture", "noise"}) {
        std::vector<std::string> row{data, twin};
        for (const char* score : scores)
          row.push_back(print_paired(paired_difference(results, data, "neuron", twin, score)));
        if (row[2] != "-") paired.rows.push_back(row);
      }
    }
    found.tables.push_back(paired);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> twin() {
  return std::make_unique<TwinStudy>();
}

}  // namespace vdn::studies
