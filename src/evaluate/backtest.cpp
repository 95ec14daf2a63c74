#include <vdn/evaluate/backtest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
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

void add_row(BacktestTable& table, ForecastModel& model, double fit_seconds, const Ground& ground) {
  BacktestRow row;
  row.name = free_name(table, model.name());
  row.fit_seconds = fit_seconds;
  row.score_seconds = seconds_of([&] {
    const Scaler& scaler = ground.first.scaler();
    const Score result = score(model, ground.scaled, scaler.deviation, ground.part.windows, ground.scheduler);
    row.scaled = result.metrics.scaled();
    row.original = result.metrics.original();
    row.scaled_by_step = result.metrics.scaled_by_step();
    row.pit = result.metrics.pit();
    row.scaled_by_series = result.metrics.scaled_by_series();
    if (ground.part.protocol == Protocol::probts) {
      row.probts =
          score_probts(model, ground.scaled, ground.series.matrix(), scaler, windows_by_origin(ground.part.windows),
                       ground.scheduler, {.seed = ground.first.settings().seed});
    }
  });
  table.rows_of_table.push_back(std::move(row));
}

/// A model's row and, when it is calibrated, the row of what its network gave before that.
void add_model(BacktestTable& table, Forecaster& model, std::size_t paths, const Ground& ground) {
  constexpr std::size_t path_windows = 2048;
  if (ground.progress) ground.progress(model.name());
  const auto add = [&] {
    add_row(table, model, model.training().seconds, ground);
    if (paths == 0) return;
    const std::vector<Window> some = thin_windows(ground.part.windows, path_windows);
    table.rows_of_table.back().paths = score_paths(model, ground.scaled, some, paths, ground.scheduler);
  };
  add();
  if (!model.calibrated()) return;
  const std::string name = table.rows_of_table.back().name;
  const Uncalibrated scope(model);
  add();
  table.rows_of_table.back().name = name + ", uncalibrated";
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
  add_row(table, *baseline, rule_seconds + seconds, ground);
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
