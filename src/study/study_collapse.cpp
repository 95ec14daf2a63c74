// C4: ways to die, each provoked on purpose; healthy runs; a way back.

#include <cmath>

#include <fmt/format.h>

#include <vdn/diagnostics/collapse.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

/// A band no constraint pulls neurons into: it is only a yardstick.
std::vector<std::pair<std::string, std::string>> idle_band(const char* target) {
  return {{"control.mode", "penalty+"}, {"penalty.weight", "0"}, {"band.target", target}};
}

/// Holds mu_i^2 near 1 and makes every change of mu from one row to the next dear; windows keep their level, the one
/// thing in them that moves slowly enough.
std::vector<std::pair<std::string, std::string>> locked() {
  return {{"neuron.prior", "ar1"}, {"neuron.ar_weight", "1000"}, {"neuron.phi", "0.999"},
          {"encoder.stride", "1"}, {"window.norm", "none"},      {"control.mode", "penalty"},
          {"band.target", "1"},    {"control.warmup", "0"},      {"control.ramp", "0"}};
}

class Collapsing : public ArmStudy {
 public:
  std::string name() const override { return "collapse"; }
  std::string claim() const override {
    return "C4: collapse has modes that can be told apart as they begin, and a living neuron recovers. Each mode is "
           "provoked (posterior: beta 1; deterministic: no price and a deviation of 1e-4; mean and explosion: a "
           "band far above and far below what neurons do, which nothing enforces; temporal lock: an ar1 penalty of "
           "weight 1000 at phi .999 from one row to the next, while the band holds mu^2 near 1 and windows keep "
           "their level); healthy runs must not be named; 'recovery' has beta 1 until homeostasis begins halfway.";
  }
  std::vector<std::string> usual_data() const override { return {"flights", "exchange"}; }
  std::size_t usual_seeds() const override { return 5; }

  std::vector<Arm> arms() const override {
    std::vector<Arm> arms{{"healthy", {}}};
    arms.push_back({"healthy, homeostasis", {{"control.mode", "penalty+homeostat+thermostat+guard"}}});
    arms.push_back({"healthy, ar1", {{"neuron.prior", "ar1"}}});
    arms.push_back({"posterior", {{"neuron.beta", "1"}}});
    arms.push_back({"deterministic", {{"neuron.beta", "0"}, {"neuron.sigma_start", "1e-4"}}});
    arms.push_back({"mean", idle_band("100")});
    arms.push_back({"explosion", idle_band("1e-4")});
    arms.push_back({"temporal lock", locked()});
    arms.push_back(
        {"recovery",
         {{"neuron.beta", "1"}, {"control.mode", "penalty+homeostat+thermostat+guard"}, {"control.warmup", "0.5"}}});
    return arms;
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    StudyTable table{"What is named, and in which epoch it begins (ends); of runs that name it",
                     {"data", "arm", "runs"}};
    for (const auto mode : diagnostics::collapse_modes) table.columns.emplace_back(diagnostics::collapse_name(mode));
    for (const char* heading : {"alive", "CRPS"}) table.columns.emplace_back(heading);
    for (const std::string& data : data_of(results)) {
      for (const std::string& arm : arms_of(results)) {
        const TrialResults some = select(results, data, arm);
        if (some.empty()) continue;
        std::vector<std::string> row{data, arm, std::to_string(some.size())};
        for (const auto mode : diagnostics::collapse_modes)
          row.push_back(named(some, diagnostics::collapse_name(mode)));
        row.push_back(print_summary(summarise(figures(some, "alive")), 2));
        row.push_back(print_summary(summarise(figures(some, "crps")), 4));
        table.rows.push_back(std::move(row));
      }
    }
    found.tables.push_back(std::move(table));
    return found;
  }

 private:
  /// "5 of 5: epoch 1 to 2 (ends 4 to 5)", "-" for none.
  static std::string named(const TrialResults& some, const std::string& mode) {
    std::vector<double> begins, ends;
    for (const TrialResult& r : some) {
      const double begin = r.figure("collapse " + mode + " begins"), end = r.figure("collapse " + mode + " ends");
      if (std::isfinite(begin)) begins.push_back(begin);
      if (std::isfinite(end)) ends.push_back(end);
    }
    if (begins.empty()) return "-";
    const auto span = [](const std::vector<double>& epochs) {
      const auto [low, high] = std::minmax_element(epochs.begin(), epochs.end());
      return *low == *high ? fmt::format("{:.0f}", *low) : fmt::format("{:.0f} to {:.0f}", *low, *high);
    };
    std::string text = fmt::format("{} of {}: epoch {}", begins.size(), some.size(), span(begins));
    if (!ends.empty()) text += fmt::format(" (ends {}, {} of {})", span(ends), ends.size(), some.size());
    return text;
  }
};

}  // namespace

std::unique_ptr<Study> collapse() {
  return std::make_unique<Collapsing>();
}

}  // namespace vdn::studies
