// Does the budget of KL hold what it promises?

#include <fmt/format.h>

#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr const char* budgets[] = {"4", "16", "64"};

class Budget : public ArmStudy {
 public:
  std::string name() const override { return "budget"; }
  std::string claim() const override {
    return "The budget holds the total KL of the training windows within 5% of R nats a window, whatever R; what R "
           "buys. The KL of training is that of the last epoch's steps, the KL of validation that of the best epoch.";
  }
  std::vector<std::string> usual_data() const override { return {"flights", "exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 3; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms;
    for (const char* nats : budgets) {
      arms.push_back({fmt::format("R {}", nats),
                      {{"control.mode", "budget"},
                       {"budget.nats", nats},
                       {"train.epochs", "20"},  // prices settle in about ten
                       {"train.patience", "20"}}});
    }
    return arms;
  }

  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override {
    TrialResult result = ArmStudy::measure(trial, data, scheduler, observer);
    const auto trace = result.traces.find("train_kl");
    if (trace == result.traces.end() || trace->second.empty()) return result;
    result.figures["train_kl"] = trace->second.back();
    result.figures["train_kl_error"] = 100 * (trace->second.back() / trial.settings.budget - 1);
    return result;
  }

  StudyFindings find(const TrialResults& results) const override {
    return {.tables = {mean_table("Total KL, nats a window", results,
                                  {{"in training", "train_kl", 2},
                                   {"off R by (%)", "train_kl_error", 1},
                                   {"on validation", "kl", 2},
                                   {"alive", "alive", 2},
                                   {"info (nats)", "info", 1},
                                   {"CRPS", "crps", 4},
                                   {"NLL", "nll", 3},
                                   {"joint NLL", "joint_nll", 3}})}};
  }
};

}  // namespace

std::unique_ptr<Study> budget() {
  return std::make_unique<Budget>();
}

}  // namespace vdn::studies
