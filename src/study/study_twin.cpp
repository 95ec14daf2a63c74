// The neuron against its three twins (BENCHMARKS section 5).

#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>

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
        for (const char* score : scores) row.push_back(paired_difference(results, data, twin, score));
        if (row[2] != "-") paired.rows.push_back(row);
      }
    }
    found.tables.push_back(paired);
    return found;
  }

 private:
  /// Mean over seeds of the differences by origin, then the bootstrap over origins with blocks of the horizon.
  static std::string paired_difference(const TrialResults& results, const std::string& data, const std::string& twin,
                                       const std::string& score) {
    const std::string trace = "origin." + score;
    std::vector<double> sum, origins;
    std::size_t seeds = 0;
    double horizon = 1;
    for (const TrialResult& own : select(results, data, "neuron")) {
      for (const TrialResult& other : select(results, data, twin)) {
        if (own.seed != other.seed || !own.traces.contains(trace) || !other.traces.contains(trace)) continue;
        const auto &a = own.traces.at(trace), &b = other.traces.at(trace);
        if (sum.empty()) sum.assign(a.size(), 0.0);
        if (a.size() != sum.size() || b.size() != sum.size()) continue;
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += a[i] - b[i];
        origins = own.traces.at("origin");
        horizon = own.figure("horizon");
        ++seeds;
      }
    }
    if (seeds == 0) return "-";
    for (double& value : sum) value /= static_cast<double>(seeds);
    const double stride = origins.size() > 1 ? origins[1] - origins[0] : 1.0;
    const auto block = static_cast<std::size_t>(std::ceil(horizon / stride));
    const Interval interval = block_bootstrap(sum, block, 2000, 0);
    return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", summarise(sum).mean, interval.low, interval.high);
  }
};

}  // namespace

std::unique_ptr<Study> twin() {
  return std::make_unique<TwinStudy>();
}

}  // namespace vdn::studies
