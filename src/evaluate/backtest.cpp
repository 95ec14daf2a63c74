#include <vdn/evaluate/backtest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/protocol.hpp>
#include <vdn/model/baselines.hpp>
#include <vdn/model/split_windows.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

#include "protocol_rules.hpp"

namespace vdn {
namespace {

double seconds_of(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Models that stand in one table are scored on the same windows in the same units.
void require_alike(const std::vector<Forecaster*>& models, const LoadedData& data, const TestPart& part) {
  const Forecaster& first = *models.front();
  for (const Forecaster* model : models) {
    if (model->horizon() != first.horizon()) {
      throw Error(ErrorKind::usage, model->name(),
                  fmt::format("forecasts {} rows, {} forecasts {}", model->horizon(), first.name(), first.horizon()),
                  "compare models of one horizon");
    }
    const Scaler &own = model->scaler(), &other = first.scaler();
    if (own.mean != other.mean || own.deviation != other.deviation) {
      throw Error(ErrorKind::data, model->name(), "was fitted on other training rows than " + first.name(),
                  "compare models of one table and one --split");
    }
    if (model->settings().scale_floor != first.settings().scale_floor) {
      throw Error(ErrorKind::usage, model->name(),
                  fmt::format("has the scale floor {}, {} has {}: their likelihoods cannot be compared",
                              model->settings().scale_floor, first.name(), first.settings().scale_floor),
                  "compare models of one head.scale_floor");
    }
    require_admitted(*model, data, part);
  }
}

/// What every forecaster of a table is scored on.
struct Ground {
  const Forecaster& first;
  const SeriesSet& series;
  ConstMatrix<float> scaled;  ///< [D][T]
  TestPart part;
  Scheduler& scheduler;
  const std::function<void(const std::string&)>& progress;
};

/// A second forecaster of one name is called "name (2)".
std::string free_name(const BacktestTable& table, const std::string& name) {
  std::string free = name;
  const auto taken = [&] {
    return std::any_of(table.rows_of_table.begin(), table.rows_of_table.end(),
                       [&](const BacktestRow& row) { return row.name == free; });
  };
  for (int number = 2; taken(); ++number) free = fmt::format("{} ({})", name, number);
  return free;
}

/// A row of scores that took `score_seconds`. Under probts paths of `model`, as it forecasts now, are scored as well.
void add_row(BacktestTable& table, std::string name, ForecastModel& model, const Score& scored, double fit_seconds,
             double score_seconds, const Ground& ground) {
  BacktestRow row;
  row.name = std::move(name);
  row.scaled = scored.metrics.scaled();
  row.original = scored.metrics.original();
  row.scaled_by_step = scored.metrics.scaled_by_step();
  row.pit = scored.metrics.pit();
  row.scaled_by_series = scored.metrics.scaled_by_series();
  row.fit_seconds = fit_seconds;
  row.score_seconds = score_seconds;
  if (ground.part.protocol == Protocol::probts) {
    row.score_seconds += seconds_of([&] {
      row.probts = score_probts(model, ground.scaled, ground.series.matrix(), ground.first.scaler(),
                                windows_by_origin(ground.part.windows), ground.scheduler,
                                {.seed = ground.first.settings().seed});
    });
  }
  table.rows_of_table.push_back(std::move(row));
}

/// Scores `model` on every window and adds its row.
void score_row(BacktestTable& table, std::string name, ForecastModel& model, double fit_seconds, const Ground& ground) {
  std::optional<Score> scored;
  const double seconds = seconds_of([&] {
    scored = score(model, ground.scaled, ground.first.scaler().deviation, ground.part.windows, ground.scheduler);
  });
  add_row(table, std::move(name), model, *scored, fit_seconds, seconds, ground);
}

/// The last row's whole futures.
void add_paths(BacktestTable& table, Forecaster& model, std::size_t paths, const Ground& ground) {
  constexpr std::size_t path_windows = 2048;
  if (paths == 0) return;
  const std::vector<Window> some = thin_windows(ground.part.windows, path_windows);
  table.rows_of_table.back().paths = score_paths(model, ground.scaled, some, paths, ground.scheduler);
}

/// A model's row and, when it is calibrated, the row of what its network gave before that.
void add_model(BacktestTable& table, Forecaster& model, std::size_t paths, const Ground& ground) {
  const std::string name = free_name(table, model.name());
  const double fit_seconds = model.training().seconds;
  if (ground.progress) ground.progress(model.name());
  if (!model.calibrated()) {
    score_row(table, name, model, fit_seconds, ground);
    add_paths(table, model, paths, ground);
    return;
  }
  std::optional<CalibrationScores> both;
  const double seconds = seconds_of([&] {
    const auto& deviations = ground.first.scaler().deviation;
    both = score_calibration(model, ground.scaled, deviations, ground.part.windows, ground.scheduler);
  });
  add_row(table, name, model, both->calibrated, fit_seconds, seconds / 2, ground);
  add_paths(table, model, paths, ground);
  const Uncalibrated scope(model);
  add_row(table, name + ", uncalibrated", model, both->uncalibrated, fit_seconds, seconds / 2, ground);
  add_paths(table, model, paths, ground);
}

/// The windows of the line a model starts from: those of its network without a second context.
WindowShape line_shape(const Forecaster& model) {
  WindowShape shape = window_shape(model.settings());
  shape.extra = 0;
  return shape;
}

/// Windows of the first model's parts, for a reader of another shape.
Windows model_windows(const Ground& ground, Part part, const WindowShape& shape) {
  const DataRecord& record = ground.first.data();
  return split_windows(ground.series, ground.first.settings(), parse_split(record.split), record.borders, part, shape);
}

/// Fits a spread around `rule`, which took `rule_seconds` to fit, and scores it.
void add_baseline(BacktestTable& table, std::shared_ptr<const PointRule> rule, SpreadKind kind, double rule_seconds,
                  const Ground& ground) {
  const std::string quantiles = kind == SpreadKind::quantiles ? ", quantiles" : "";
  if (ground.progress) ground.progress(rule->name() + quantiles);
  WindowShape shape = line_shape(ground.first);
  shape.lookback = rule->context_rows();
  std::unique_ptr<Baseline> baseline;
  const double seconds = seconds_of([&] {
    baseline = std::make_unique<Baseline>(
        fit_baseline(rule, ground.scaled, model_windows(ground, Part::training, shape),
                     model_windows(ground, Part::validation, shape), kind, ground.scheduler));
  });
  score_row(table, free_name(table, baseline->name()), *baseline, rule_seconds + seconds, ground);
}

void add_baselines(BacktestTable& table, const Ground& ground) {
  const Forecaster& model = ground.first;
  const std::size_t L = model.settings().lookback, H = model.horizon();
  add_baseline(table, std::make_shared<RepeatLast>(L, H), SpreadKind::gaussian, 0.0, ground);
  const std::size_t season = model.data().season;  // 1: none known, nothing but repeat last again
  const bool readable = ground.part.protocol != Protocol::probts || season <= model.context_rows();
  if (season > 1 && readable) {
    add_baseline(table, std::make_shared<SeasonalNaive>(season, std::max(L, season), H), SpreadKind::gaussian, 0.0,
                 ground);
  }
  std::shared_ptr<const RidgeLine> line;
  const double seconds = seconds_of([&] {
    const Windows training = model_windows(ground, Part::training, line_shape(model));
    const LineOptions plain{.least_context = model.settings().least_context};  // whatever the model's own line is
    line = std::make_shared<RidgeLine>(fit_linear_path(ground.scaled, training, L, H, plain, ground.scheduler));
  });
  add_baseline(table, line, SpreadKind::gaussian, seconds, ground);
  add_baseline(table, line, SpreadKind::quantiles, seconds, ground);
}

}  // namespace

Range test_rows(const Forecaster& model, const LoadedData& data, const std::string& protocol) {
  return test_part(model, data, protocol, window_shape(model.settings())).rows;
}

BacktestTable backtest(std::vector<Forecaster*> models, const LoadedData& data, const std::string& protocol,
                       bool baselines, Scheduler& scheduler, const std::function<void(const std::string&)>& progress,
                       std::size_t paths) {
  if (models.empty()) throw Error(ErrorKind::software, "backtest", "there is no model");
  const Forecaster& first = *models.front();
  const std::vector<float> values = scale_for(*models.front(), data.series);
  for (Forecaster* model : models) place_rows(*model, data.series);
  BacktestTable table;
  WindowShape shape = line_shape(first);  // windows for the model that reads most
  for (const Forecaster* model : models) shape.lookback = std::max(shape.lookback, model->context_rows());
  const Ground ground{first,
                      data.series,
                      {values.data(), data.series.count(), data.series.length()},
                      test_part(first, data, protocol, shape),
                      scheduler,
                      progress};
  require_alike(models, data, ground.part);
  table.source = table_name(data);
  table.protocol = ground.part.name;
  table.rows = ground.part.rows;
  table.horizon = first.horizon();
  const Windows& windows = ground.part.windows;
  table.origins = windows.is_grid() ? windows.origins() : 0;
  table.windows = windows.count();
  for (Forecaster* model : models) add_model(table, *model, paths, ground);
  if (baselines) add_baselines(table, ground);
  return table;
}

}  // namespace vdn
