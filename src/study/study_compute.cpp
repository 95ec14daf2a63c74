// C7: neurons dropped by their contribution, draws chosen by uncertainty; what each costs and gives.

#include <algorithm>

#include <fmt/format.h>

#include <vdn/evaluate/draws.hpp>
#include <vdn/evaluate/protocol.hpp>
#include <vdn/evaluate/prune.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/statistics.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr std::size_t test_windows = 1024;
constexpr double tolerance = 0.05;

void add_pruning(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) {
  const std::size_t least = std::max<std::size_t>(1, model.network().neurons().neurons() / 8);
  const Pruned pruned = prune(model, data, {.neurons = least, .loss = {}}, scheduler);
  for (const PrunePoint& point : pruned.curve) {
    result.traces["prune.neurons"].push_back(static_cast<double>(point.neurons));
    result.traces["prune.crps"].push_back(point.crps);
    result.traces["prune.nll"].push_back(point.nll);
    result.traces["prune.seconds"].push_back(point.seconds_per_1000_windows);
  }
}

void add_draws(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) {
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const TestPart part = test_part(model, data, "auto", window_shape(model.settings()));
  const std::vector<Window> windows = thin_windows(part.windows, test_windows);
  const std::vector<std::size_t> counts{1, 2, 4, 8, 16, 32, 64, 128};
  for (const DrawsPoint& point : draws_curve(model, scaled, windows, counts, scheduler)) {
    result.traces["draws.count"].push_back(point.draws);
    result.traces["draws.crps"].push_back(point.crps);
    result.traces["draws.seconds"].push_back(point.seconds_per_1000_windows);
  }
  const auto needed =
      draws_needed(model, scaled, windows, {.tolerance = tolerance, .least = 2, .most = 128}, scheduler);
  const DrawsPoint chosen = score_draws(model, scaled, windows, needed, scheduler);
  result.figures["auto_draws"] = chosen.draws;
  result.figures["auto_crps"] = chosen.crps;
  result.figures["auto_seconds"] = chosen.seconds_per_1000_windows;
}

class Compute : public ModelStudy {
 public:
  std::string name() const override { return "compute"; }
  std::string claim() const override {
    return "C7: computation can be chosen. Neurons are dropped by measured contribution (the head refitted); draws "
           "per window by the Monte Carlo error they leave (5% of the predictive deviation). What each saves and "
           "costs, uncalibrated validation CRPS for neurons, test CRPS for draws.";
  }
  std::vector<std::string> usual_data() const override { return {"exchange", "etth1"}; }
  std::size_t usual_seeds() const override { return 3; }

  void examine(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) const override {
    add_draws(model, data, scheduler, result);
    add_pruning(model, data, scheduler, result);
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(
        curve_table(results, "Neurons kept: validation part", "prune.neurons", "neurons",
                    {{"CRPS", "prune.crps", 4}, {"NLL", "prune.nll", 3}, {"s per 1000 windows", "prune.seconds", 3}}));
    found.tables.push_back(curve_table(results, "Draws: test part", "draws.count", "draws",
                                       {{"CRPS", "draws.crps", 4}, {"s per 1000 windows", "draws.seconds", 3}}));
    found.tables.push_back(
        mean_table("Draws chosen by uncertainty", results,
                   {{"draws", "auto_draws", 1}, {"CRPS", "auto_crps", 4}, {"s per 1000 windows", "auto_seconds", 3}}));
    LineChart chart{.title = "CRPS on validation against neurons kept", .x_label = "neurons", .y_label = "CRPS"};
    std::size_t style = 0;
    for (const TrialResult& r : results) {
      if (r.seed != 0 || !r.traces.contains("prune.crps")) continue;
      chart.lines.push_back({r.data, r.traces.at("prune.neurons"), r.traces.at("prune.crps"), style++, true});
    }
    if (!chart.lines.empty()) found.picture = std::move(chart);
    return found;
  }

 private:
  /// One row a data set and place of the curve, means over seeds.
  static StudyTable curve_table(const TrialResults& results, const std::string& title, const std::string& axis,
                                const std::string& heading, const std::vector<FigureColumn>& columns) {
    StudyTable table{title, {"data", heading}};
    for (const FigureColumn& column : columns) table.columns.push_back(column.heading);
    for (const std::string& data : data_of(results)) {
      const TrialResults own = select(results, data, "default");
      const auto traced = std::find_if(own.begin(), own.end(), [&](const auto& r) { return r.traces.contains(axis); });
      if (traced == own.end()) continue;
      for (std::size_t i = 0; i < traced->traces.at(axis).size(); ++i) {
        std::vector<std::string> row{data, fmt::format("{:.0f}", traced->traces.at(axis)[i])};
        for (const FigureColumn& column : columns) {
          std::vector<double> values;
          for (const TrialResult& r : own) {
            const auto at = r.traces.find(column.figure);
            if (at != r.traces.end() && i < at->second.size()) values.push_back(at->second[i]);
          }
          row.push_back(print_summary(summarise(values), column.digits));
        }
        table.rows.push_back(std::move(row));
      }
    }
    return table;
  }
};

}  // namespace

std::unique_ptr<Study> compute() {
  return std::make_unique<Compute>();
}

}  // namespace vdn::studies
