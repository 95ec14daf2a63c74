// C1 and C2: regimes are observable and steerable; accuracy trades against stability by data set.

#include <vdn/study/measure.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

const char* const fixed_band = "penalty+homeostat+thermostat+guard";

class Control : public ArmStudy {
 public:
  std::string name() const override { return "control"; }
  std::string claim() const override {
    return "C1: the regime of the neurons (KL, mu^2, share outside the band) can be seen and steered. C2: accuracy "
           "trades against stability by data set; homeostasis helps some sets and over-constraining hurts others.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "weather", "etth1", "etth2", "flights"}; }
  std::size_t usual_seeds() const override { return 5; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms;
    for (const char* mode : {"none", "penalty", "projection", "homeostasis"})
      arms.push_back({mode, {{"control.mode", mode}}});
    arms.push_back({"homeostasis (band fixed)", {{"control.mode", fixed_band}}});
    arms.push_back({"budget", {{"control.mode", "budget"}}});
    return arms;
  }

  MeasureOptions measured() const override { return {.whole_validation = true, .disturbances = true}; }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Neurons over the whole validation part", results,
                                      {{"inside", "inside", 2},
                                       {"alive", "alive", 2},
                                       {"info (nats)", "info", 1},
                                       {"KL (nats)", "kl", 1},
                                       {"mu^2", "mu2", 3},
                                       {"validation NLL", "validation_nll", 3}}));
    found.tables.push_back(mean_table("Test part, and under disturbed inputs (CRPS)", results,
                                      {{"MSE", "mse", 3},
                                       {"CRPS", "crps", 3},
                                       {"NLL", "nll", 3},
                                       {"covers 90%", "coverage_90", 3},
                                       {"noise", "crps_noise", 3},
                                       {"missing", "crps_missing", 3},
                                       {"shift", "crps_shift", 3}}));
    std::vector<Comparison> comparisons;
    for (const char* figure : {"inside", "alive", "crps", "crps_noise"}) {
      comparisons.push_back({"homeostasis (band fixed)", "none", figure});
    }
    found.verdicts = compare_all(results, comparisons);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> control() {
  return std::make_unique<Control>();
}

}  // namespace vdn::studies
