#include <vdn/evaluate/backtest.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include <vdn/core/error.hpp>
#include <vdn/model/baselines.hpp>
#include <vdn/train/fit_job.hpp>

namespace vdn {
namespace {

constexpr std::array<std::string_view, 2> protocols = {"auto", "ltsf"};

double seconds_of(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string source_of(const LoadedData& data) {
  return data.set ? std::string(data.set->name) : data.path;
}

/// Throws unless none of the rows was fitted or validated on. Rows are known by their times, so that a table that
/// begins elsewhere is judged rightly; the named sets, whose times may repeat, go by row number.
void require_unseen(const Forecaster& model, const LoadedData& data, Range rows) {
  const DataRecord& record = model.data();
  std::size_t seen = data.set ? record.borders.val_end : 0;
  for (std::size_t row = data.set ? rows.end : rows.begin; row < rows.end; ++row) {
    if (data.series.times[row] <= record.seen_until) seen = row + 1;
  }
  if (rows.begin >= seen) return;
  throw Error(ErrorKind::data, source_of(data),
              fmt::format("{} has seen {} of the {} test rows [{}, {}): it was fitted or validated on rows up to {}",
                          model.name(), std::min(seen, rows.end) - rows.begin, rows.size(), rows.begin, rows.end,
                          format_time(record.seen_until, record.step)),
              "fit with --split ltsf to score under protocol ltsf, or score with --protocol auto");
}

Windows test_windows(const LoadedData& data, Range rows, const WindowShape& shape) {
  const Windows windows = part_windows(data.series, rows, shape);
  if (!windows.empty()) return windows;
  throw Error(ErrorKind::data, source_of(data),
              fmt::format("the test rows [{}, {}) hold no window of {} rows of context and {} rows of horizon",
                          rows.begin, rows.end, shape.least() + shape.extra, shape.horizon),
              rows.size() < shape.horizon ? "give a table with newer rows, or fit with --split auto" : "");
}

/// Models that stand in one table are scored on the same windows in the same units.
void require_alike(const std::vector<Forecaster*>& models, const LoadedData& data, Range rows) {
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
    require_unseen(*model, data, rows);
  }
}

/// What every forecaster of a table is scored on.
struct Ground {
  const Forecaster& first;
  const SeriesSet& series;
  ConstMatrix<float> scaled;  ///< [D][T]
  Windows windows;
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
    const Score result = score(model, ground.scaled, ground.first.scaler().deviation, ground.windows, ground.scheduler);
    row.scaled = result.metrics.scaled();
    row.original = result.metrics.original();
    row.scaled_by_step = result.metrics.scaled_by_step();
    row.pit = result.metrics.pit();
    row.scaled_by_series = result.metrics.scaled_by_series();
  });
  table.rows_of_table.push_back(std::move(row));
}

/// The windows of the line a model starts from: those of its network without a second context.
WindowShape line_shape(const Forecaster& model) {
  WindowShape shape = window_shape(model.settings());
  shape.extra = 0;
  return shape;
}

/// Fits a spread around `rule`, which took `rule_seconds` to fit, and scores it.
void add_baseline(BacktestTable& table, std::shared_ptr<const PointRule> rule, SpreadKind kind, double rule_seconds,
                  const Ground& ground) {
  const std::string quantiles = kind == SpreadKind::quantiles ? ", quantiles" : "";
  if (ground.progress) ground.progress(rule->name() + quantiles);
  const Borders& borders = ground.first.data().borders;
  WindowShape shape = line_shape(ground.first);
  shape.lookback = rule->context_rows();
  std::unique_ptr<Baseline> baseline;
  const double seconds = seconds_of([&] {
    baseline = std::make_unique<Baseline>(
        fit_baseline(rule, ground.scaled, training_windows(ground.series, borders, shape),
                     part_windows(ground.series, borders.validation(), shape), kind, ground.scheduler));
  });
  add_row(table, *baseline, rule_seconds + seconds, ground);
}

void add_baselines(BacktestTable& table, const Ground& ground) {
  const Forecaster& model = ground.first;
  const std::size_t L = model.settings().lookback, H = model.horizon();
  add_baseline(table, std::make_shared<RepeatLast>(L, H), SpreadKind::gaussian, 0.0, ground);
  if (const std::size_t season = model.data().season; season > 1) {  // no season known: nothing but repeat last again
    add_baseline(table, std::make_shared<SeasonalNaive>(season, std::max(L, season), H), SpreadKind::gaussian, 0.0,
                 ground);
  }
  std::shared_ptr<const RidgeLine> line;
  const double seconds = seconds_of([&] {
    const Windows training = training_windows(ground.series, model.data().borders, line_shape(model));
    line = std::make_shared<RidgeLine>(fit_linear_path(ground.scaled, training, L, H, model.settings().line_penalty,
                                                       ground.scheduler, model.settings().least_context));
  });
  add_baseline(table, line, SpreadKind::gaussian, seconds, ground);
  add_baseline(table, line, SpreadKind::quantiles, seconds, ground);
}

}  // namespace

Range test_rows(const Forecaster& model, const LoadedData& data, const std::string& protocol) {
  const std::size_t length = data.series.length();
  Range rows;
  if (protocol == "ltsf") {
    rows = ltsf_borders(data.set ? data.set->name : "", length).test();
  } else if (protocol.empty() || protocol == "auto") {
    const Range own = model.data().borders.test();
    rows = own.size() > 0 ? Range{own.begin, std::min(own.end, length)} : Range{own.begin, length};
    rows.end = std::max(rows.begin, rows.end);
  } else {
    const std::string near = nearest_word(protocol, protocols);
    throw Error(ErrorKind::usage, "protocol", fmt::format("unknown value '{}'", protocol),
                near.empty() ? "known are auto and ltsf" : fmt::format("did you mean '{}'?", near));
  }
  require_unseen(model, data, rows);
  test_windows(data, rows, window_shape(model.settings()));
  return rows;
}

BacktestTable backtest(std::vector<Forecaster*> models, const LoadedData& data, const std::string& protocol,
                       bool baselines, Scheduler& scheduler, const std::function<void(const std::string&)>& progress) {
  if (models.empty()) throw Error(ErrorKind::software, "backtest", "there is no model");
  const Forecaster& first = *models.front();
  const std::vector<float> values = scale_for(first, data.series);
  BacktestTable table;
  table.rows = test_rows(first, data, protocol);
  require_alike(models, data, table.rows);
  WindowShape shape = line_shape(first);  // windows for the model that reads most
  for (const Forecaster* model : models) shape.lookback = std::max(shape.lookback, model->context_rows());
  const Ground ground{first,
                      data.series,
                      {values.data(), data.series.count(), data.series.length()},
                      test_windows(data, table.rows, shape),
                      scheduler,
                      progress};
  table.source = source_of(data);
  table.protocol = protocol == "ltsf" ? protocol : first.data().split;
  table.horizon = first.horizon();
  table.origins = ground.windows.is_grid() ? ground.windows.origins() : 0;
  table.windows = ground.windows.count();
  for (Forecaster* model : models) {
    if (progress) progress(model->name());
    add_row(table, *model, model->training().seconds, ground);
  }
  if (baselines) add_baselines(table, ground);
  return table;
}

}  // namespace vdn
