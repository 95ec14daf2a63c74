// C6: the effect of K, at equal numbers of latents and at equal numbers of neurons.

#include <fmt/format.h>

#include <vdn/study/measure.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

class Dimensions : public ArmStudy {
 public:
  std::string name() const override { return "dimensions"; }
  std::string claim() const override {
    return "C6: what K latent dimensions a neuron do, with N K = 256 latents kept, and with N = 64 neurons kept.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 3; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms;
    for (const int k : {1, 2, 4, 8, 16}) {
      arms.push_back({fmt::format("N {} K {}", 256 / k, k),
                      {{"neuron.count", std::to_string(256 / k)}, {"neuron.dims", std::to_string(k)}}});
    }
    for (const int k : {1, 2, 8, 16}) {  // 64 x 4 is above
      arms.push_back({fmt::format("N 64 K {}", k), {{"neuron.count", "64"}, {"neuron.dims", std::to_string(k)}}});
    }
    for (Arm& arm : arms) arm.set.emplace_back("neuron.pooling", "sum_sqrtk");
    return arms;
  }

  MeasureOptions measured() const override { return {.paths = 64}; }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Neurons and dimensions (pooling sum_sqrtk)", results,
                                      {{"MSE", "mse", 3},
                                       {"CRPS", "crps", 4},
                                       {"NLL", "nll", 3},
                                       {"joint NLL", "joint_nll", 3},
                                       {"energy", "energy", 3},
                                       {"info (nats)", "info", 1},
                                       {"KL (nats)", "kl", 1},
                                       {"alive", "alive", 2}}));
    found.verdicts = compare_all(results, {{"N 64 K 4", "N 256 K 1", "crps"}, {"N 16 K 16", "N 256 K 1", "crps"}});
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> dimensions() {
  return std::make_unique<Dimensions>();
}

}  // namespace vdn::studies
