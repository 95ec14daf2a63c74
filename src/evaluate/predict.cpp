#include <vdn/evaluate/predict.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <vdn/evaluate/draws.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/kernels/mixture_steps.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/train/fit_job.hpp>

namespace vdn {
namespace {

/// Ascending, each once.
std::vector<double> check_levels(std::vector<double> levels) {
  for (const double level : levels) {
    if (level > 0.0 && level < 1.0) continue;
    throw Error(ErrorKind::usage, "--quantiles", fmt::format("{} is not between 0 and 1", level),
                "give quantile levels such as 0.1,0.5,0.9");
  }
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

/// The window of each series. Tells `p` which see too little of theirs, and how many of the others are padded.
std::vector<Window> find_windows(const Forecaster& forecaster, const SeriesSet& series,
                                 std::optional<std::size_t> origin, Prediction& p) {
  if (origin && *origin > series.length()) {
    throw Error(ErrorKind::data, series.source,
                fmt::format("the forecast cannot start at row {}, the table has {}", *origin, series.length()),
                "start in the table or right behind it");
  }
  const WindowShape shape = window_shape(forecaster.settings());
  std::vector<Window> windows;
  std::string first_refusal;
  for (std::size_t d = 0; d < series.count(); ++d) {
    const Window window = window_at(series, d, origin.value_or(series.rows_of(d).end));
    const Range read = context_rows(window, shape.lookback, shape.extra);
    const auto values = series.series(d).subspan(read.begin, read.size());
    const auto observed = static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); }));
    windows.push_back(window);
    if (observed >= shape.least()) {
      p.padded += read.size() < shape.lookback ? 1 : 0;
      continue;
    }
    p.blank.push_back(d);
    if (first_refusal.empty()) {
      first_refusal = fmt::format("has {} observed of {} rows before the forecast, the model reads {} and needs {}",
                                  observed, read.size(), shape.lookback + shape.extra, shape.least());
    }
  }
  if (p.blank.size() == series.count()) {
    throw Error(ErrorKind::data, fmt::format("{}, series '{}'", series.source, series.names.front()), first_refusal,
                "give more rows");
  }
  return windows;
}

/// Times of the rows [origin, origin + H): the table's own up to its end or the next break, then step by step. Steps
/// are counted from the table's first time where that is on the same grid: it may tell the day of the month better
/// (30 January, 28 February, 30 March).
void append_target_times(const SeriesSet& series, std::size_t origin, Prediction& p) {
  const auto next_break =
      std::lower_bound(series.breaks.begin(), series.breaks.end(), std::max<std::size_t>(1, origin));
  const std::size_t known = next_break == series.breaks.end() ? series.length() : *next_break;
  const std::size_t end = std::max(origin, std::min(known, origin + p.horizon));
  p.times.insert(p.times.end(), series.times.begin() + static_cast<std::ptrdiff_t>(origin),
                 series.times.begin() + static_cast<std::ptrdiff_t>(end));
  const std::int64_t first = series.times.front(), last = series.times[end - 1];
  const std::optional<std::int64_t> steps = steps_between(first, last, p.step);
  for (std::size_t ahead = 1; ahead <= origin + p.horizon - end; ++ahead) {
    const auto n = static_cast<std::int64_t>(ahead);
    p.times.push_back(steps ? advance(first, p.step, *steps + n) : advance(last, p.step, n));
  }
}

/// The levels whose quantiles the float form is good enough for: it is within 1e-6 of the level, a thousandth of these
/// at most. Those farther out are solved in double, fifty times as slowly.
Range central_levels(std::span<const double> levels) {
  constexpr double outermost = 1e-3;
  const auto first = std::ranges::lower_bound(levels, outermost);
  const auto last = std::ranges::upper_bound(levels, 1.0 - outermost);
  return {static_cast<std::size_t>(first - levels.begin()), static_cast<std::size_t>(last - levels.begin())};
}

/// Writes series d from its predictive mixtures, a batch of one row.
void read_series(const kernels::MixtureBatch<float>& batch, std::size_t d, const Scaler& scaler, Prediction& p) {
  const std::size_t H = p.horizon, Q = p.levels.size();
  const double square = scaler.deviation[d] * scaler.deviation[d];
  const Range central = central_levels(p.levels);
  std::vector<float> fast(central.size() * H);  // [central levels, H]
  kernels::mixture_quantiles<float>(batch, std::span(p.levels).subspan(central.begin, central.size()),
                                    {fast.data(), central.size(), H});
  StepMixture step;
  for (std::size_t h = 0; h < H; ++h) {
    step.load(batch, 0, h);
    const GaussianMixture mixture = step.view();
    const std::size_t at = d * H + h;
    p.mean[at] = scaler.to_original(d, mixture.mean());
    p.within_variance[at] = square * mixture.within_variance();
    p.latent_variance[at] = square * mixture.latent_variance();
    double last = -std::numeric_limits<double>::infinity();
    for (std::size_t q = 0; q < Q; ++q) {
      const bool is_central = q >= central.begin && q < central.end;
      const double value =
          is_central ? static_cast<double>(fast[(q - central.begin) * H + h]) : mixture.quantile(p.levels[q]);
      last = std::max(last, value);  // the two forms may cross by what the float one is off
      p.quantiles[at * Q + q] = scaler.to_original(d, last);
    }
  }
}

/// What the predictions of one call share.
struct Ground {
  Forecaster& forecaster;
  const SeriesSet& series;
  ConstMatrix<float> scaled;  ///< [D][T]
  Scheduler& scheduler;
};

/// Windows forecast from the same number of draws.
struct Group {
  std::vector<std::size_t> series;
  std::vector<Window> windows;
};

/// By number of draws: all windows with the score's own, or each with those it needs.
std::map<std::size_t, Group> group_windows(const Ground& ground, std::span<const Window> windows,
                                           std::span<const std::size_t> blank, const PredictOptions& options) {
  std::vector<std::size_t> draws(windows.size(), ground.forecaster.score_draws().size());
  if (options.choose_draws) {
    draws = draws_needed(ground.forecaster, ground.scaled, windows, {.levels = options.levels}, ground.scheduler);
  }
  for (const std::size_t d : blank) draws[d] = ground.forecaster.score_draws().size();  // they are left out later
  std::map<std::size_t, Group> groups;
  for (std::size_t d = 0; d < windows.size(); ++d) {
    groups[draws[d]].series.push_back(d);
    groups[draws[d]].windows.push_back(windows[d]);
  }
  return groups;
}

/// In batches: draws may be many.
void forecast_group(const Ground& ground, const Group& group, std::size_t draws, Prediction& p) {
  constexpr std::size_t batch_windows = 64;
  ForecastBatch forecast;
  for (std::size_t first = 0; first < group.windows.size(); first += batch_windows) {
    const std::size_t count = std::min(batch_windows, group.windows.size() - first);
    ground.forecaster.forecast(ground.scaled, std::span(group.windows).subspan(first, count), {0, draws}, forecast,
                               ground.scheduler);
    ground.scheduler.run(count, [&](std::size_t row) {
      const std::size_t d = group.series[first + row];
      p.draws[d] = draws;
      read_series(forecast.mixtures({row, row + 1}), d, ground.forecaster.scaler(), p);
    });
  }
}

/// `paths` paths of the group's series.
void draw_paths(const Ground& ground, const Group& group, PathSampler& sampler, std::size_t paths, Prediction& p) {
  const std::size_t H = p.horizon;
  std::vector<float> values(group.series.size() * paths * H);
  sampler.sample(ground.scaled, group.windows, paths, {values.data(), group.series.size() * paths, H},
                 ground.scheduler);
  for (std::size_t row = 0; row < group.series.size(); ++row) {
    const std::size_t d = group.series[row];
    std::transform(values.begin() + static_cast<std::ptrdiff_t>(row * paths * H),
                   values.begin() + static_cast<std::ptrdiff_t>((row + 1) * paths * H),
                   p.path_values.begin() + static_cast<std::ptrdiff_t>(d * p.paths * H),
                   [&](float value) { return ground.forecaster.scaler().to_original(d, static_cast<double>(value)); });
  }
}

/// Series that see too little have no forecast.
void leave_blank(Prediction& p) {
  for (const std::size_t d : p.blank) {
    const auto blank = [&](auto& figures, std::size_t size) {
      std::fill_n(figures.begin() + static_cast<std::ptrdiff_t>(d * size), size, std::nan(""));
    };
    for (auto* figures : {&p.mean, &p.within_variance, &p.latent_variance}) blank(*figures, p.horizon);
    blank(p.quantiles, p.horizon * p.levels.size());
    blank(p.path_values, p.horizon * p.paths);
  }
}

/// Makes room for `paths` paths of every series; those behind its own are NaN.
void widen_paths(Prediction& p, std::size_t paths) {
  if (p.paths == paths) return;
  const std::size_t D = p.series.size(), own = p.paths * p.horizon, wide = paths * p.horizon;
  std::vector<double> values(D * wide, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t d = 0; d < D; ++d) {
    std::copy_n(p.path_values.begin() + static_cast<std::ptrdiff_t>(d * own), own,
                values.begin() + static_cast<std::ptrdiff_t>(d * wide));
  }
  p.path_values = std::move(values);
  p.paths = paths;
}

Prediction predict_from(const Ground& ground, std::optional<std::size_t> origin, const PredictOptions& options,
                        PathSampler* sampler) {
  const SeriesSet& series = ground.series;
  Prediction p;
  const std::vector<Window> windows = find_windows(ground.forecaster, series, origin, p);
  const std::size_t D = series.count(), H = ground.forecaster.horizon();
  p.series = series.names;
  p.step = series.step;
  p.horizon = H;
  p.levels = options.levels;
  for (const Window& window : windows) {
    p.origins.push_back(window.origin);
    p.last_seen.push_back(window.origin > 0 ? series.times[window.origin - 1] : series.times.front());
    append_target_times(series, window.origin, p);
  }
  for (auto* figures : {&p.mean, &p.within_variance, &p.latent_variance}) figures->resize(D * H);
  p.quantiles.resize(D * H * p.levels.size());
  p.draws.resize(D);
  const std::map<std::size_t, Group> groups = group_windows(ground, windows, p.blank, options);
  p.chosen_draws = options.choose_draws;
  p.paths = options.choose_draws ? groups.rbegin()->first : options.paths;
  p.path_values.assign(D * p.paths * H, std::numeric_limits<double>::quiet_NaN());
  for (const auto& [draws, group] : groups) {
    forecast_group(ground, group, draws, p);
    if (sampler) draw_paths(ground, group, *sampler, options.choose_draws ? draws : options.paths, p);
  }
  leave_blank(p);
  return p;
}

}  // namespace

std::size_t Prediction::first_forecast() const {
  std::size_t d = 0;
  while (is_blank(d)) ++d;
  return d < series.size() ? d : 0;
}

bool Prediction::aligned() const {
  const auto times_of = [&](std::size_t d) { return std::span(times).subspan(d * horizon, horizon); };
  const auto first = times_of(first_forecast());
  for (std::size_t d = 0; d < series.size(); ++d) {
    if (!is_blank(d) && !std::ranges::equal(first, times_of(d))) return false;
  }
  return true;
}

std::vector<Prediction> predict(Forecaster& forecaster, const SeriesSet& series,
                                std::span<const std::optional<std::size_t>> origins, const PredictOptions& options,
                                Scheduler& scheduler) {
  PredictOptions asked = options;
  asked.levels = check_levels(options.levels);
  if (options.choose_draws && !forecaster.stochastic()) {
    throw Error(ErrorKind::usage, "--paths auto", "the forecast does not depend on draws: there are none to choose",
                forecaster.network().neurons().shape().deterministic
                    ? "give a number of paths"
                    : "give a number of paths, or leave --plug-in out");
  }
  const std::vector<float> values = scale_for(forecaster, series);
  const Ground ground{forecaster, series, {values.data(), series.count(), series.length()}, scheduler};
  std::optional<PathSampler> sampler;
  if (options.paths > 0 || options.choose_draws) sampler.emplace(forecaster);
  std::vector<Prediction> predictions;
  for (const auto& origin : origins) {
    predictions.push_back(predict_from(ground, origin, asked, sampler ? &*sampler : nullptr));
  }
  std::size_t paths = 0;
  for (const Prediction& p : predictions) paths = std::max(paths, p.paths);
  for (Prediction& p : predictions) widen_paths(p, paths);
  return predictions;
}

Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin,
                   std::vector<double> levels, Scheduler& scheduler) {
  return std::move(predict(forecaster, series, std::span(&origin, 1), {std::move(levels), 0}, scheduler).front());
}

std::size_t find_origin(const SeriesSet& series, std::string_view text) {
  const auto refuse = [&](const std::string& problem) {
    throw Error(ErrorKind::usage, "--origin", fmt::format("'{}' {}", text, problem),
                fmt::format("give the time of the first row to forecast, up to {}{}",
                            format_time(advance(series.times.back(), series.step, 1), series.step),
                            series.step.unit == TimeUnit::index ? "" : ", or the number of that row, from 0"));
  };
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  const bool index = series.step.unit == TimeUnit::index;
  if (whole && !index && number >= 0 && static_cast<std::size_t>(number) <= series.length()) {
    return static_cast<std::size_t>(number);
  }
  const std::optional<std::int64_t> time = index ? (whole ? std::optional(number) : std::nullopt) : parse_time(text);
  if (!time) refuse("is neither a time nor a row of the table");
  const auto found = std::find(series.times.begin(), series.times.end(), *time);
  if (found == series.times.end() && *time != advance(series.times.back(), series.step, 1)) {
    refuse("is no time of the table");
  }
  return static_cast<std::size_t>(found - series.times.begin());
}

}  // namespace vdn
