// Axis (ii): one latent for all, groups, or one a neuron, at equal KL and nearly equal parameters.

#include <fmt/format.h>

#include <vdn/study/measure.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

class Granularity : public ArmStudy {
 public:
  std::string name() const override { return "granularity"; }
  std::string claim() const override {
    return "Axis (ii): 256 latents as one global unit (N 1, K 256), as groups (N 16, K 16) or as units of their own "
           "(N 256, K 1), or these under a global latent that gives their priors (hierarchical). A unit passes its "
           "pooled activity on; the budget gives all of them the same total KL; the head's width makes up for the "
           "parameters a narrower layer saves. The hierarchical prior stands against the standard one without a "
           "budget too.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 3; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms;
    for (const int n : {1, 16, 64, 256}) {
      // What the head's first layers lose in inputs, n against 256, its width gains back.
      const int width = 256 + (256 - n) / 6;
      arms.push_back({fmt::format("N {} K {}", n, 256 / n),
                      {{"neuron.count", std::to_string(n)},
                       {"neuron.dims", std::to_string(256 / n)},
                       {"neuron.pooling", "sum_sqrtk"},
                       {"head.width", std::to_string(width)},
                       {"control.mode", "budget"}}});
    }
    arms.push_back({"N 256 K 1, hierarchical",
                    {{"neuron.prior", "hierarchical"}, {"neuron.pooling", "sum_sqrtk"}, {"control.mode", "budget"}}});
    arms.push_back({"N 256 K 1, no budget", {}});
    arms.push_back({"hierarchical, no budget", {{"neuron.prior", "hierarchical"}}});
    return arms;
  }

  MeasureOptions measured() const override { return {.paths = 64}; }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Granularity at a budget of KL", results,
                                      {{"parameters", "parameters", 0},
                                       {"KL (nats)", "kl", 2},
                                       {"macro KL", "macro_kl", 2},
                                       {"info (nats)", "info", 1},
                                       {"MSE", "mse", 3},
                                       {"CRPS", "crps", 4},
                                       {"NLL", "nll", 3},
                                       {"joint NLL", "joint_nll", 3},
                                       {"energy", "energy", 3}}));
    constexpr std::pair<const char*, const char*> pairs[] = {{"N 1 K 256", "N 256 K 1"},
                                                             {"N 16 K 16", "N 256 K 1"},
                                                             {"N 256 K 1, hierarchical", "N 256 K 1"},
                                                             {"hierarchical, no budget", "N 256 K 1, no budget"}};
    std::vector<Comparison> comparisons;
    for (const auto& [arm, other] : pairs) {
      for (const char* figure : {"crps", "joint_nll"}) comparisons.push_back({arm, other, figure});
    }
    found.verdicts = compare_all(results, comparisons);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> granularity() {
  return std::make_unique<Granularity>();
}

}  // namespace vdn::studies
