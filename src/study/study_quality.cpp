// The default forecaster beside its twins, the reference network, baselines and published figures
// (docs/results/README.md).

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include <fmt/format.h>

#include <vdn/evaluate/backtest.hpp>
#include <vdn/study/measure.hpp>
#include <vdn/study/published.hpp>

#include "study/quality_cells.hpp"
#include "study/studies.hpp"

namespace vdn::studies {
namespace {

constexpr std::array<std::uint64_t, 4> weekly_horizons{24, 36, 48, 60};

/// Figures over every window of the test part, with `prefix`.
void add_metrics(const Metrics& metrics, const std::string& prefix, TrialResult& result) {
  auto& f = result.figures;
  f[prefix + "mse"] = metrics.mse;
  f[prefix + "mae"] = metrics.mae;
  f[prefix + "crps"] = metrics.crps;
  f[prefix + "nll"] = metrics.nll;
  f[prefix + "coverage_80"] = metrics.coverage_80;
  f[prefix + "coverage_90"] = metrics.coverage_90;
}

class Quality : public Study {
 public:
  std::string name() const override { return "quality"; }
  std::string claim() const override {
    return "The default forecaster against its twins, the reference network, baselines and published figures: errors, "
           "calibration, whole futures, all series at once. Look-back and line are chosen by rolling origins.";
  }
  std::vector<std::string> usual_data() const override { return {"etth1", "etth2", "exchange", "weather"}; }
  std::size_t usual_seeds() const override { return 5; }

  std::vector<Trial> plan(const StudyOptions& options) const override {
    std::vector<Trial> plan;
    const std::size_t seeds = options.seeds ? options.seeds : usual_seeds();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      for (std::size_t h = 0; h < long_horizons.size(); ++h) {
        for (const std::string& data : options.data.empty() ? usual_data() : options.data) {
          const std::uint64_t usual = data == "ili" ? weekly_horizons[h] : data == "flights" ? 24 : long_horizons[h];
          if (h > 0 && (options.horizon > 0 || usual == 24)) continue;
          StudyOptions one = options;
          one.horizon = options.horizon > 0 ? options.horizon : usual;
          add_trials(one, data, seed, plan);
        }
      }
    }
    return plan;
  }

  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler& scheduler,
                      TrainingObserver& observer) const override {
    TrialResult result{trial.key(name()), trial.arm, trial.data, trial.settings.seed};
    const auto start = std::chrono::steady_clock::now();
    Forecaster model = fit_trial(trial, data, scheduler, observer);
    const auto seconds_since_start = [start] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const double fit_seconds = seconds_since_start();
    if (model.training().interrupted) {
      result.key.clear();
      return result;
    }
    auto& f = result.figures;
    f["horizon"] = static_cast<double>(trial.settings.horizon);
    f["validation_rows"] = static_cast<double>(model.data().borders.validation().size());
    f["lookback"] = static_cast<double>(model.settings().lookback);
    f["correction_share"] = model.correction_share();
    f["naive_share"] = model.naive().weight();
    f["fit_seconds"] = fit_seconds;
    f["validation_nll"] = model.training().validation_nll;
    f["validation_mse"] = model.training().validation_mse;
    measure_forecaster(model, data, scheduler, {.paths = 100, .origins = true}, result);
    measure_shared_draws(model, data, scheduler, result);
    const bool baselines = trial.arm == own && trial.settings.seed == 0;
    const BacktestTable table = backtest({&model}, data, "auto", baselines, scheduler);
    for (const BacktestRow& row : table.rows_of_table) {
      const bool first = row.name == table.rows_of_table.front().name;
      const bool uncalibrated = row.name.ends_with(", uncalibrated");
      add_metrics(row.scaled, first ? "all." : uncalibrated ? "uncalibrated." : row.name + ".", result);
    }
    result.seconds = seconds_since_start();  // what --hours counts with
    return result;
  }

  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    for (const double horizon : horizons_of(results)) {
      const TrialResults some = of_horizon(results, horizon);
      found.tables.push_back(mean_table(fmt::format("H = {:.0f}, every window", horizon), some,
                                        {{"look-back", "lookback", 0},
                                         {"MSE", "all.mse", 3},
                                         {"MAE", "all.mae", 3},
                                         {"CRPS", "all.crps", 3},
                                         {"CRPS uncalibrated", "uncalibrated.crps", 3},
                                         {"NLL", "all.nll", 3},
                                         {"covers 80%", "all.coverage_80", 3},
                                         {"covers 90%", "all.coverage_90", 3},
                                         {"uncalibrated 90%", "uncalibrated.coverage_90", 3},
                                         {"correction kept", "correction_share", 2},
                                         {"fit (s)", "fit_seconds", 0}}));
      add_rivals(some, horizon, found.tables.back());
      found.tables.push_back(mean_table(fmt::format("H = {:.0f}, whole futures and all series at once", horizon), some,
                                        {{"energy", "energy", 3},
                                         {"joint NLL", "joint_nll", 3},
                                         {"sum covers 80%", "sum_coverage_80", 2},
                                         {"sum covers 90%", "sum_coverage_90", 2},
                                         {"CRPS of the series' sum", "series_sum_crps", 3},
                                         {"with shared draws", "series_sum_crps_shared", 3},
                                         {"energy of all", "joint_energy", 3},
                                         {"with shared draws", "joint_energy_shared", 3}}));
      for (StudyTable table : {paired_table(some, horizon), together_table(some, horizon)}) {
        if (!table.rows.empty()) found.tables.push_back(std::move(table));
      }
    }
    found.verdicts = quality_verdicts(results);
    return found;
  }

 private:
  static void add_trials(const StudyOptions& options, const std::string& data, std::uint64_t seed,
                         std::vector<Trial>& plan) {
    const auto wanted = [&](const std::string& arm) {
      return options.arms.empty() || std::find(options.arms.begin(), options.arms.end(), arm) != options.arms.end();
    };
    Settings s = preset("default");
    s.horizon = options.horizon;
    s.lookback = 0;
    if (data == "flights" || !find_named(data)) s.lookback = preset("default").lookback;
    for (const auto& [key, value] : options.set) settings_table().set(s, key, value, "--set");
    s.seed = seed;
    check_settings(s);
    if (wanted(own)) plan.push_back({own, data, "default", s});
    for (const char* twin : twins) {
      if (wanted(twin)) plan.push_back({twin, data, "default", with_twin(s, parse_twin(twin))});
    }
    if (!wanted("reference")) return;
    Settings reference = preset("reference");
    reference.horizon = options.horizon;
    reference.lookback = study_settings(options, data, seed).lookback;  // the benchmarks' own
    for (const auto& [key, value] : options.set) settings_table().set(reference, key, value, "--set");
    reference.seed = seed;
    check_settings(reference);
    plan.push_back({"reference", data, "reference", reference});
  }

  /// The same forecasts with latent draws that all series of an origin share.
  static void measure_shared_draws(Forecaster& model, const LoadedData& data, Scheduler& scheduler,
                                   TrialResult& result) {
    TrialResult shared;
    model.use_draw_sharing(DrawSharing::series);
    measure_forecaster(model, data, scheduler, {.paths = 100, .origins = true}, shared);
    model.use_draw_sharing(model.settings().share_draws);
    for (const char* figure : {"series_sum_crps", "joint_energy"}) {
      if (!shared.figures.contains(figure)) continue;  // a single series
      result.figures[std::string(figure) + "_shared"] = shared.figure(figure);
      result.traces[std::string("origin.") + figure + "_shared"] = shared.traces[std::string("origin.") + figure];
    }
  }

  /// Rows of the baselines and of the best published figure below each data set's last row.
  static void add_rivals(const TrialResults& results, double horizon, StudyTable& table) {
    const auto cell = [](double value) {
      return std::isfinite(value) ? fmt::format("{:.3f}", value) : std::string("-");
    };
    for (const std::string& data : data_of(results)) {
      std::vector<std::vector<std::string>> rows;
      for (const char* baseline : {"repeat last", "seasonal naive", "ridge line", "ridge line, quantiles"}) {
        for (const TrialResult& r : select(results, data, own)) {
          const std::string prefix = std::string(baseline) + ".";
          if (!r.figures.contains(prefix + "mse")) continue;
          const auto f = [&](const char* name) { return cell(r.figure(prefix + name)); };
          rows.push_back({data, baseline, "1", "", f("mse"), f("mae"), f("crps"), "", f("nll"), f("coverage_80"),
                          f("coverage_90")});
        }
      }
      if (const auto best = best_published(data, static_cast<std::size_t>(horizon))) {
        rows.push_back({data, "published: " + best->model, "", "", cell(best->mse), cell(best->mae)});
      }
      for (auto& row : rows) row.resize(table.columns.size());  // what only networks have
      auto last = table.rows.end();
      while (last != table.rows.begin() && (last - 1)->front() != data) --last;
      table.rows.insert(last, rows.begin(), rows.end());
    }
  }

  static StudyTable paired_table(const TrialResults& results, double horizon) {
    StudyTable table{
        fmt::format("H = {:.0f}, default less twin, origin by origin, means over seeds; 95% intervals of a "
                    "block bootstrap with blocks of the horizon",
                    horizon),
        {"data", "twin", "energy", "joint NLL", "CRPS", "NLL", "MSE"}};
    for (const std::string& data : data_of(results)) {
      for (const char* twin : twins) {
        std::vector<std::string> row{data, twin};
        for (const char* score : {"energy", "joint_nll", "crps", "nll", "mse"}) {
          row.push_back(print_paired(paired_difference(results, data, own, twin, score)));
        }
        if (row[2] != "-") table.rows.push_back(row);
      }
    }
    return table;
  }

  static StudyTable together_table(const TrialResults& results, double horizon) {
    StudyTable table{fmt::format("H = {:.0f}, all series at once: default with shared draws less others", horizon),
                     {"data", "less", "CRPS of the series' sum", "energy of all"}};
    const TrialResults all = with_shared_draws(results);
    for (const std::string& data : data_of(results)) {
      for (const char* rival : together_rivals) {
        const auto difference = [&](const char* score) {
          return print_paired(paired_difference(all, data, "default shared", rival, score));
        };
        const std::string sum = difference("series_sum_crps");
        if (sum != "-") table.rows.push_back({data, rival, sum, difference("joint_energy")});
      }
    }
    return table;
  }
};

}  // namespace

std::unique_ptr<Study> quality() {
  return std::make_unique<Quality>();
}

}  // namespace vdn::studies
