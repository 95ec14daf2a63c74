#include <vdn/evaluate/predict.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

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

/// The window of each series, and whether it sees enough of it. Counts the padded ones.
struct Origins {
  std::vector<Window> windows;
  std::vector<bool> blind;
};

Origins find_origins(const Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin,
                     std::size_t& padded) {
  if (origin && *origin > series.length()) {
    throw Error(ErrorKind::data, series.source,
                fmt::format("the forecast cannot start at row {}, the table has {}", *origin, series.length()),
                "start in the table or right behind it");
  }
  const WindowShape shape = window_shape(forecaster.settings());
  Origins origins;
  std::size_t blind = 0;
  for (std::size_t d = 0; d < series.count(); ++d) {
    const Window window = window_at(series, d, origin.value_or(series.rows_of(d).end));
    const Range read = context_rows(window, shape.lookback, shape.extra);
    const auto values = series.series(d).subspan(read.begin, read.size());
    const auto observed = static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); }));
    origins.windows.push_back(window);
    origins.blind.push_back(observed < shape.least());
    blind += origins.blind.back() ? 1 : 0;
    if (origins.blind.back() && (!origin || blind == series.count())) {
      throw Error(ErrorKind::data, fmt::format("{}, series '{}'", series.source, series.names[d]),
                  fmt::format("has {} observed of {} rows before the forecast, the model reads {} and needs {}",
                              observed, read.size(), shape.lookback + shape.extra, shape.least()),
                  "give more rows, or leave the series out");
    }
    padded += read.size() < shape.lookback ? 1 : 0;
  }
  return origins;
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

/// Writes one series from its predictive mixtures, row `d` of the batch.
void read_series(const kernels::MixtureBatch<float>& batch, std::size_t d, const Scaler& scaler, Prediction& p) {
  const std::size_t H = p.horizon, Q = p.levels.size();
  const double square = scaler.deviation[d] * scaler.deviation[d];
  StepMixture step;
  for (std::size_t h = 0; h < H; ++h) {
    step.load(batch, d, h);
    const GaussianMixture mixture = step.view();
    const std::size_t at = d * H + h;
    p.mean[at] = scaler.to_original(d, mixture.mean());
    p.within_variance[at] = square * mixture.within_variance();
    p.latent_variance[at] = square * mixture.latent_variance();
    const std::span<double> quantiles(p.quantiles.data() + at * Q, Q);
    mixture.quantiles(p.levels, quantiles);
    for (double& value : quantiles) value = scaler.to_original(d, value);
  }
}

/// A series that was not seen has no forecast.
void leave_blank(std::size_t d, Prediction& p) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  for (auto* figures : {&p.mean, &p.within_variance, &p.latent_variance}) {
    std::fill_n(figures->begin() + static_cast<std::ptrdiff_t>(d * p.horizon), p.horizon, none);
  }
  const std::size_t size = p.horizon * p.levels.size();
  std::fill_n(p.quantiles.begin() + static_cast<std::ptrdiff_t>(d * size), size, none);
}

/// RFC 4180: a field with a separator, a quote or a line end stands in quotes, its quotes doubled.
std::string quote(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin,
                   std::vector<double> levels, Scheduler& scheduler) {
  Prediction p;
  p.levels = check_levels(std::move(levels));
  const std::vector<float> values = scale_for(forecaster, series);
  const auto [windows, blind] = find_origins(forecaster, series, origin, p.padded);
  const std::size_t D = series.count(), H = forecaster.horizon();
  p.series = series.names;
  p.step = series.step;
  p.horizon = H;
  for (const Window& window : windows) {
    p.origins.push_back(window.origin);
    append_target_times(series, window.origin, p);
  }
  for (auto* figures : {&p.mean, &p.within_variance, &p.latent_variance}) figures->resize(D * H);
  p.quantiles.resize(D * H * p.levels.size());

  ForecastBatch forecast;
  forecaster.forecast({values.data(), D, series.length()}, windows, forecast, scheduler);
  const kernels::MixtureBatch<float> batch{
      {}, {}, forecast.mean(), forecast.scale(), forecast.log_weight(), forecast.draws()};
  scheduler.run(D, [&](std::size_t d) { read_series(batch, d, forecaster.scaler(), p); });
  for (std::size_t d = 0; d < D; ++d) {
    if (blind[d]) leave_blank(d, p);
  }
  return p;
}

std::string to_csv(const Prediction& p) {
  std::string text = "unique_id,ds,mean";
  for (const double level : p.levels) text += fmt::format(",q{}", level);
  text += '\n';
  const std::size_t H = p.horizon, Q = p.levels.size();
  for (std::size_t d = 0; d < p.series.size(); ++d) {
    const std::string name = quote(p.series[d]);
    for (std::size_t h = 0; h < H; ++h) {
      const std::size_t at = d * H + h;
      text += fmt::format("{},{},{:.7g}", name, format_time(p.times[at], p.step), p.mean[at]);
      for (std::size_t q = 0; q < Q; ++q) text += fmt::format(",{:.7g}", p.quantiles[at * Q + q]);
      text += '\n';
    }
  }
  return text;
}

}  // namespace vdn
