// The default forecaster under the ProbTS protocol, beside baselines and published figures (docs/results/README.md).

#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/published.hpp>

#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr std::array<const char*, 4> baselines{"repeat last", "seasonal naive", "ridge line", "ridge line, quantiles"};

class Probts : public ModelStudy {
 public:
  std::string name() const override { return "probts"; }
  std::string claim() const override {
    return "The default forecaster, calibrated and not, under the ProbTS protocol: context 96, a window every 96 rows, "
           "100 sample paths in original units; beside baselines of the same context and the best published CRPS.";
  }
  std::vector<std::string> usual_data() const override { return {"etth1", "etth2", "exchange", "weather"}; }
  std::size_t usual_seeds() const override { return 1; }

  /// Every horizon, or that of the options, with the default budget and the protocol's context.
  std::vector<Trial> plan(const StudyOptions& options) const override {
    refuse_arms(*this, options);
    std::vector<Trial> plan;
    const std::size_t seeds = options.seeds ? options.seeds : usual_seeds();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      for (const std::uint64_t horizon : long_horizons) {
        if (options.horizon > 0 && horizon != long_horizons.front()) break;
        for (const std::string& data : options.data.empty() ? usual_data() : options.data) {
          Settings s = preset("default");
          s.horizon = options.horizon > 0 ? options.horizon : horizon;
          s.lookback = probts_context(data);
          for (const auto& [key, value] : options.set) settings_table().set(s, key, value, "--set");
          s.seed = seed;
          check_settings(s);
          plan.push_back({"default", data, "default", s});
        }
      }
    }
    return plan;
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back({"CRPS of 100 paths over the sum of absolute values, mean over windows and seeds",
                            {"data", "H", "default", "uncalibrated", "NMAE", "repeat last", "seasonal naive",
                             "ridge line", "ridge line, quantiles", "best published", "by", "fit (s)"}});
    std::size_t cells = 0, below_published = 0, below_ridge = 0;
    for (const std::string& data : data_of(results)) {
      std::set<double> present;
      for (const TrialResult& r : select(results, data, "default")) present.insert(r.figure("horizon"));
      for (const double horizon : present) {
        ++cells;
        add_cell(select(results, data, "default"), data, horizon, found.tables.back(), below_published, below_ridge);
      }
    }
    if (cells == 0) return {};
    found.verdicts.push_back(
        fmt::format("below the best published figure in {} of {} cells, below the ridge line with "
                    "residual quantiles of the same context in {}",
                    below_published, cells, below_ridge));
    return found;
  }

 protected:
  void examine(Forecaster& model, const LoadedData& data, Scheduler& scheduler, TrialResult& result) const override {
    auto& f = result.figures;
    f["horizon"] = static_cast<double>(model.horizon());
    f["fit_seconds"] = model.training().seconds;
    const BacktestTable table = backtest({&model}, data, "probts", true, scheduler);
    f["windows"] = static_cast<double>(table.origins);
    for (const BacktestRow& row : table.rows_of_table) {
      if (!row.probts) continue;
      const bool first = row.name == table.rows_of_table.front().name;
      const bool uncalibrated = row.name.ends_with(", uncalibrated");
      const std::string prefix = first ? "" : uncalibrated ? "uncalibrated." : row.name + ".";
      f[prefix + "crps"] = row.probts->crps;
      f[prefix + "nmae"] = row.probts->nmae;
    }
  }

 private:
  static void add_cell(const TrialResults& all, const std::string& data, double horizon, StudyTable& table,
                       std::size_t& below_published, std::size_t& below_ridge) {
    const auto mean = [&](const std::string& name) {
      double sum = 0, count = 0;
      for (const TrialResult& r : all) {
        if (r.figure("horizon") != horizon || !r.figures.contains(name)) continue;
        sum += r.figure(name);
        count += 1;
      }
      return sum / count;  // NaN where it was not measured
    };
    const auto cell = [&](double value) {
      return std::isfinite(value) ? fmt::format("{:.4f}", value) : std::string("-");
    };
    std::vector<std::string> row{data, fmt::format("{:.0f}", horizon), cell(mean("crps")),
                                 cell(mean("uncalibrated.crps")), cell(mean("nmae"))};
    for (const char* baseline : baselines) row.push_back(cell(mean(std::string(baseline) + ".crps")));
    const auto published = best_published_crps(data, static_cast<std::size_t>(horizon));
    row.push_back(published ? fmt::format("{:.3f}", published->crps) : "-");
    row.push_back(published ? published->model : "");
    row.push_back(fmt::format("{:.0f}", mean("fit_seconds")));
    table.rows.push_back(row);
    below_published += published && mean("crps") < published->crps ? 1 : 0;
    below_ridge += mean("crps") < mean("ridge line, quantiles.crps") ? 1 : 0;
  }
};

}  // namespace

std::unique_ptr<Study> probts() {
  return std::make_unique<Probts>();
}

}  // namespace vdn::studies
