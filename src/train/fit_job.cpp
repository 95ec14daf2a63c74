#include <vdn/train/fit_job.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <vdn/data/checksum.hpp>
#include <vdn/data/row_phases.hpp>
#include <vdn/model/linear_path.hpp>
#include <vdn/model/split_windows.hpp>
#include <vdn/train/automatic_settings.hpp>
#include <vdn/train/calibrate.hpp>
#include <vdn/train/correction.hpp>
#include <vdn/train/pool.hpp>
#include <vdn/train/record_drift.hpp>
#include <vdn/train/trainer.hpp>
#include <vdn/train/window_norm.hpp>

namespace vdn {
namespace {

/// Rows of the leading season of a table that is none of the named sets: the day for steps that divide it, the week for
/// days and business days, the year for weeks and for months that divide it; 1 (no season known) for other steps.
std::size_t season_of_step(TimeStep step) {
  constexpr std::int64_t day = 86400, week = 7 * day;
  const auto whole = [](std::int64_t season) { return static_cast<std::size_t>(season); };
  if (step.unit == TimeUnit::month || step.unit == TimeUnit::month_end)
    return 12 % step.count == 0 ? whole(12 / step.count) : 1;
  if (step.unit == TimeUnit::business_day) return step.count == 1 ? 5 : 1;
  if (step.unit != TimeUnit::second) return 1;
  if (step.count < day) return day % step.count == 0 ? whole(day / step.count) : 1;
  if (step.count == day) return 7;
  return step.count == week ? 52 : 1;
}

/// A validation part without any observed value would choose no epoch.
void check_validation(const SeriesSet& series, const Borders& borders) {
  const auto values = series.matrix();
  for (std::size_t d = 0; d < values.rows; ++d) {
    for (std::size_t t = borders.train_end; t < borders.val_end; ++t) {
      if (!std::isnan(values(d, t))) return;
    }
  }
  throw Error(
      ErrorKind::data, series.source,
      fmt::format("rows {} to {}, which validate, hold no observed value", borders.train_end + 1, borders.val_end),
      "use another --split");
}

PartTimes part_times(const std::vector<std::int64_t>& times, const Borders& borders) {
  return {times.front(), times[borders.train_end - 1], times[borders.val_end - 1], times[borders.test_end - 1],
          times.back()};
}

DataRecord describe(const LoadedData& data, const FitJob& job, const Borders& borders) {
  DataRecord record;
  record.source = data.set ? std::string(data.set->name) : data.path;
  record.series_names = data.series.names;
  record.step = data.series.step;
  record.rows = data.series.length();
  record.seen_until = data.series.times[seen_rows(job.split, borders, job.settings.horizon) - 1];
  record.split = split_name(job.split);
  record.borders = borders;
  record.times = part_times(data.series.times, borders);
  record.missing = missing_values(data.series).missing;
  record.values_sha256 = values_sha256(data.series);
  record.reading = data.reading;
  record.season = data.set ? data.set->season : season_of_step(data.series.step);
  return record;
}

/// Fits the line of the settings on the training windows of `prepared`.
void fit_line(const SeriesSet& series, PreparedFit& prepared, Scheduler& scheduler) {
  const Settings& s = prepared.settings;
  if (s.line == LineMode::none) return;
  const Borders& borders = prepared.data.borders;
  WindowShape shape = window_shape(s);
  shape.extra = 0;
  const LineOptions options = line_options(s);
  prepared.phases = row_phases(series, series.times.front(), options.cycle);
  prepared.line =
      fit_linear_path(prepared.scaled(), split_windows(series, s, prepared.split, borders, Part::training, shape),
                      s.lookback, s.horizon, options, scheduler, prepared.phases, borders.train());
}

}  // namespace

Borders fit_borders(const LoadedData& data, Split split, const Settings& s) {
  const std::string_view name = data.set ? data.set->name : "";
  const std::size_t rows = data.series.length();
  if (split == Split::source) return source_borders(name, rows, s.lookback, s.horizon, s.stride_ar, data.series.source);
  const WindowShape shape = window_shape(s);
  check_split_context(split, name, shape.lookback + shape.extra, shape.extra, "window.lookback");
  const Borders borders = make_borders(split, name, rows);
  check_borders(borders, shape, data.series.source);
  return borders;
}

Range scaler_rows(const LoadedData& data, Split split, const Borders& borders) {
  if (split != Split::source) return borders.train();
  return ltsf_borders(data.set ? data.set->name : "", data.series.length()).train();
}

FitWindows fit_windows(const SeriesSet& series, Split split, const Borders& borders, const Settings& settings) {
  const WindowShape shape = window_shape(settings);
  const auto windows = [&](Part part) { return split_windows(series, settings, split, borders, part, shape); };
  return {windows(Part::training), windows(Part::validation), windows(Part::selection),
          settings.calibration == CalibrationMode::none ? Windows{} : windows(Part::calibration)};
}

namespace {

/// The fit of these borders; everything is set.
PreparedFit prepare_within(const LoadedData& data, const FitJob& job, const Borders& borders, Scheduler& scheduler) {
  const Settings& s = job.settings;
  const SeriesSet& series = data.series;
  PreparedFit prepared{.settings = s,
                       .origins = job.origins,
                       .split = job.split,
                       .data = describe(data, job, borders),
                       .scaler = fit_scaler(series, scaler_rows(data, job.split, borders)),
                       .values = {},
                       .line = {},
                       .phases = {}};
  prepared.values = scale_series(series, prepared.scaler);
  fit_line(series, prepared, scheduler);
  return prepared;
}

/// Windows drawn anywhere (the source's protocol) have no past to judge by.
bool judges_correction(const Settings& settings, Split split) {
  return judges_correction(settings) && split != Split::source;
}

bool pools(const Settings& settings, Split split) {
  return settings.pool == PoolMode::naive && split != Split::source;
}

/// The fit a rehearsal takes; null where none is asked for, or earlier rows allow none.
std::shared_ptr<const PreparedFit> prepare_rehearsal(const LoadedData& data, const FitJob& job, const Borders& borders,
                                                     Scheduler& scheduler) {
  const Settings& s = job.settings;
  if (!judges_correction(s, job.split)) return nullptr;
  const Borders earlier = rehearsal_borders(borders);
  const FitWindows windows = fit_windows(data.series, job.split, earlier, s);
  if (windows.training.count() < 2 * s.lookback || windows.selection.empty() || judging_windows(windows).empty()) {
    return nullptr;
  }
  try {
    return std::make_shared<const PreparedFit>(prepare_within(data, job, earlier, scheduler));
  } catch (const Error&) {  // rows without values, series that do not move yet
    return nullptr;
  }
}

}  // namespace

PreparedFit prepare_fit(const LoadedData& data, FitJob job, Scheduler& scheduler) {
  check_series_set(data.series);
  check_settings(job.settings);
  choose_automatic_settings(data, job, scheduler);
  const Borders borders = fit_borders(data, job.split, job.settings);
  check_validation(data.series, borders);
  PreparedFit prepared = prepare_within(data, job, borders, scheduler);
  prepared.earlier = prepare_rehearsal(data, job, borders, scheduler);
  return prepared;
}

std::string preparation_key(const FitJob& job) {
  std::string key = fmt::format("{}|{}|{}", split_name(job.split), job.settings.horizon, sees_pair(job.settings));
  for (const auto& parameter : settings_table().parameters()) {
    const std::string& name = parameter.name;
    const bool line = name.starts_with("line.") && name != "line.rate";
    const bool drawn = name == "train.seed" && job.split == Split::source;  // windows are drawn by the seed
    if (line || drawn || name.starts_with("window.") || name == "encoder.stride" || name == "score.calibration" ||
        name == "score.correction") {
      key += "|" + parameter.print(job.settings);
    }
  }
  return key;
}

namespace {

/// The job's settings with what they left open as it was chosen.
Settings completed(Settings settings, const PreparedFit& prepared) {
  settings.lookback = prepared.settings.lookback;
  settings.line_penalty = prepared.settings.line_penalty;
  settings.line_level = prepared.settings.line_level;
  settings.line_drift = prepared.settings.line_drift;
  settings.line_cycle = prepared.settings.line_cycle;
  settings.line_rank = prepared.settings.line_rank;
  settings.line_series_penalty = prepared.settings.line_series_penalty;
  settings.line_loss = prepared.settings.line_loss;
  if (!settings.pool) settings.pool = automatic_pool(prepared.data.rows, prepared.split);
  check_settings(settings);
  return settings;
}

/// Where settings came from, with what was chosen.
SettingOrigins completed(SettingOrigins origins, const PreparedFit& prepared) {
  for (const auto& [name, origin] : prepared.origins) {
    if (name == "window.lookback" || name.starts_with("line.")) origins[name] = origin;
  }
  return origins;
}

}  // namespace

void choose_window_norm(const PreparedFit& prepared, const LoadedData& data, FitJob& job, Scheduler& scheduler,
                        TrainingObserver& observer) {
  if (job.settings.window_norm) return;
  Forecaster start(completed(job.settings, prepared), job.preset, prepared.scaler, prepared.data, prepared.line);
  start.place_rows(prepared.phases);
  const FitWindows windows = fit_windows(data.series, prepared.split, prepared.data.borders, start.settings());
  const auto trials = try_window_norms(start, prepared.scaled(), windows, scheduler, observer);
  job.settings.window_norm = trials.front().norm;
  job.origins["window.norm"] = std::isfinite(trials.front().nll) ? "chosen by validation" : "no trial came to an end";
  observer.on_norms(trials);
}

FitSession::FitSession(std::shared_ptr<const PreparedFit> prepared, const LoadedData& data, FitJob job)
    : prepared_(std::move(prepared)),
      forecaster_(completed(job.settings, *prepared_), job.preset, prepared_->scaler, prepared_->data, prepared_->line),
      windows_(fit_windows(data.series, prepared_->split, prepared_->data.borders, forecaster_.settings())),
      trainer_(std::in_place, forecaster_, prepared_->scaled(), windows_) {
  forecaster_.origins() = completed(std::move(job.origins), *prepared_);
  if (!job.settings.pool) forecaster_.origins()["score.pool"] = "by the rows of the table";
  forecaster_.place_rows(prepared_->phases);
  if (const PreparedFit* earlier = prepared_->earlier.get()) {
    earlier_windows_ = fit_windows(data.series, earlier->split, earlier->data.borders, forecaster_.settings());
  }
}

std::optional<Forecaster> FitSession::rehearse(Scheduler& scheduler, TrainingObserver& observer) {
  if (forecaster_.training().interrupted) return std::nullopt;
  const PreparedFit& earlier = *prepared_->earlier;
  observer.on_rehearsal(earlier.data.borders.train());
  Forecaster rehearsed(forecaster_.settings(), forecaster_.preset(), earlier.scaler, earlier.data, earlier.line);
  rehearsed.place_rows(earlier.phases);
  StopOnly quiet(observer);
  try {
    fit(rehearsed, earlier.scaled(), earlier_windows_, scheduler, quiet);
  } catch (const Error&) {  // the fit itself went well and is not lost for this
    return std::nullopt;
  }
  if (rehearsed.training().interrupted) {  // half a rehearsal says nothing
    forecaster_.training().interrupted = true;
    return std::nullopt;
  }
  return rehearsed;
}

double FitSession::independent_windows(const Forecaster* rehearsed) const {
  const double own = independent_judges(forecaster_, prepared_->scaled(), windows_);
  if (!rehearsed) return own;
  return own + independent_judges(*rehearsed, prepared_->earlier->scaled(), earlier_windows_);
}

void FitSession::judge(Forecaster* rehearsed, double independent_windows, Scheduler& scheduler) {
  std::vector<CorrectionErrors> parts{
      correction_errors(forecaster_, prepared_->scaled(), judging_windows(windows_), scheduler)};
  if (rehearsed) {
    parts.push_back(
        correction_errors(*rehearsed, prepared_->earlier->scaled(), judging_windows(earlier_windows_), scheduler));
  }
  const double share = trusted_share(best_share(parts), independent_windows);
  forecaster_.set_correction_share(share);
  if (rehearsed) rehearsed->set_correction_share(share);
}

void FitSession::pool(Forecaster* rehearsed, double independent_windows, Scheduler& scheduler) {
  NaivePool naive = measure_naive(forecaster_, prepared_->scaled(), windows_.training, scheduler);
  std::vector<PoolPart> parts{
      pool_scores(forecaster_, prepared_->scaled(), naive, judging_windows(windows_), scheduler)};
  NaivePool before;
  if (rehearsed) {
    const ConstMatrix<float> scaled = prepared_->earlier->scaled();
    before = measure_naive(*rehearsed, scaled, earlier_windows_.training, scheduler);
    parts.push_back(pool_scores(*rehearsed, scaled, before, judging_windows(earlier_windows_), scheduler));
    parts.back().say = say_of_rehearsal;
  }
  choose_weights(parts, independent_windows, naive);
  if (rehearsed) {
    before.last.weight = naive.last.weight;
    before.season.weight = naive.season.weight;
    rehearsed->naive() = std::move(before);
  }
  forecaster_.naive() = std::move(naive);
}

Forecaster FitSession::finish(Scheduler& scheduler, TrainingObserver& observer) {
  trainer_->finish();
  trainer_.reset();  // a rehearsal needs as much memory
  std::optional<HeldOut> earlier;
  std::optional<Forecaster> rehearsed;
  if (prepared_->earlier) rehearsed = rehearse(scheduler, observer);
  Forecaster* before = rehearsed ? &*rehearsed : nullptr;
  const bool judged = judges_correction(forecaster_.settings(), prepared_->split);
  const bool pooled = pools(forecaster_.settings(), prepared_->split);
  if (judged || pooled) {
    const double windows = independent_windows(before);
    if (judged) judge(before, windows, scheduler);
    if (pooled) pool(before, windows, scheduler);
  }
  if (before && forecaster_.settings().calibration == CalibrationMode::split) {
    earlier = held_out(*before, prepared_->earlier->scaled(), earlier_windows_, scheduler);
  }
  calibrate(forecaster_, prepared_->scaled(), windows_, scheduler, earlier ? &*earlier : nullptr);
  record_drift(forecaster_, prepared_->scaled(), windows_, scheduler);
  return std::move(forecaster_);
}

Forecaster fit_forecaster(const LoadedData& data, FitJob job, Scheduler& scheduler, TrainingObserver& observer) {
  const auto prepared = std::make_shared<const PreparedFit>(prepare_fit(data, job, scheduler));
  choose_window_norm(*prepared, data, job, scheduler, observer);
  FitSession session(prepared, data, std::move(job));
  observer.on_start(session.settings());
  session.trainer().train(Trainer::to_the_end, scheduler, observer);
  return session.finish(scheduler, observer);
}

void check_series(const Forecaster& forecaster, const SeriesSet& series) {
  const auto& names = forecaster.data().series_names;
  const auto refuse = [&](const std::string& problem) {
    throw Error(ErrorKind::data, series.source, problem,
                "give a table with the series the model was fitted on, in their order");
  };
  if (series.count() != names.size()) {
    refuse(fmt::format("has {} series, the model was fitted on {}", series.count(), names.size()));
  }
  for (std::size_t d = 0; d < names.size(); ++d) {
    if (series.names[d] == names[d]) continue;
    refuse(fmt::format("series {} is '{}', the model was fitted on '{}'", d + 1, series.names[d], names[d]));
  }
  if (series.step != forecaster.data().step) {
    throw Error(ErrorKind::data, series.source,
                fmt::format("has a row every {}, the model was fitted on one every {}", describe_step(series.step),
                            describe_step(forecaster.data().step)),
                "give a table of the same step");
  }
}

void place_rows(Forecaster& forecaster, const SeriesSet& series) {
  const std::int64_t first = forecaster.data().times.value_or(PartTimes{}).first;  // known wherever there is a cycle
  forecaster.place_rows(row_phases(series, first, forecaster.line().profile.cycle));
}

std::vector<float> scale_for(Forecaster& forecaster, const SeriesSet& series) {
  check_series_set(series);
  check_series(forecaster, series);
  place_rows(forecaster, series);
  return scale_series(series, forecaster.scaler());
}

}  // namespace vdn
