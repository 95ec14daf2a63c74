// Axis (i): what each constraint does by itself, and what is lost without it.

#include <vdn/study/measure.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

const std::vector<std::string> constraints{"penalty", "homeostat", "thermostat", "guard"};

std::string joined(const std::vector<std::string>& words, const std::string& without) {
  std::string text;
  for (const std::string& word : words) {
    if (word != without) text += (text.empty() ? "" : "+") + word;
  }
  return text;
}

class Composition : public ArmStudy {
 public:
  std::string name() const override { return "composition"; }
  std::string claim() const override {
    return "Axis (i): constraints compose; each adds something of its own (one in, one out; band fixed).";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 3; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms{{"none", {{"control.mode", "none"}}}, {"all", {{"control.mode", joined(constraints, "")}}}};
    for (const std::string& one : constraints) arms.push_back({one + " alone", {{"control.mode", one + "+"}}});
    for (const std::string& one : constraints) {
      arms.push_back({"without " + one, {{"control.mode", joined(constraints, one)}}});
    }
    return arms;
  }

  MeasureOptions measured() const override { return {.whole_validation = true}; }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("One in, one out", results,
                                      {{"inside", "inside", 2},
                                       {"alive", "alive", 2},
                                       {"info (nats)", "info", 1},
                                       {"KL (nats)", "kl", 1},
                                       {"CRPS", "crps", 4},
                                       {"NLL", "nll", 3}}));
    std::vector<Comparison> comparisons;
    for (const std::string& one : constraints) {
      for (const char* figure : {"inside", "crps"}) comparisons.push_back({"without " + one, "all", figure});
    }
    found.verdicts = compare_all(results, comparisons);
    return found;
  }
};

}  // namespace

std::unique_ptr<Study> composition() {
  return std::make_unique<Composition>();
}

}  // namespace vdn::studies
