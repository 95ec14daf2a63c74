#include <vdn/evaluate/predict.hpp>

#include <algorithm>
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

void check_origin(const Forecaster& forecaster, const SeriesSet& series, std::size_t origin) {
  if (origin > series.length()) {
    throw Error(ErrorKind::data, series.source,
                fmt::format("the forecast cannot start at row {}, the table has {}", origin, series.length()),
                "start in the table or right behind it");
  }
  if (origin < forecaster.context_rows()) {
    throw Error(ErrorKind::data, series.source,
                fmt::format("has {} rows before the forecast, the model reads {}", origin, forecaster.context_rows()),
                "give more rows, or fit with a smaller --lookback");
  }
}

/// Times of the rows [origin, origin + H): the table's own as far as it goes, then step by step.
std::vector<std::int64_t> target_times(const SeriesSet& series, std::size_t origin, std::size_t horizon) {
  std::vector<std::int64_t> times;
  for (std::size_t row = origin; row < origin + horizon; ++row) {
    const std::size_t last = series.length() - 1;
    times.push_back(row <= last ? series.times[row]
                                : advance(series.times[last], series.step, static_cast<std::int64_t>(row - last)));
  }
  return times;
}

/// Writes one series from its predictive mixtures, row `d` of the batch.
void read_series(const kernels::MixtureBatch<float>& batch, std::size_t d, const Scaler& scaler, Prediction& p) {
  const std::size_t H = p.times.size(), Q = p.levels.size();
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

/// RFC 4180: a field with a separator, a quote or a line end stands in quotes, its quotes doubled.
std::string quote(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

Prediction predict(Forecaster& forecaster, const SeriesSet& series, std::size_t origin, std::vector<double> levels,
                   Scheduler& scheduler) {
  Prediction p;
  p.levels = check_levels(std::move(levels));
  const std::vector<float> values = scale_for(forecaster, series);
  check_origin(forecaster, series, origin);
  const std::size_t D = series.count(), H = forecaster.horizon();
  p.series = series.names;
  p.times = target_times(series, origin, H);
  p.step = series.step;
  for (auto* figures : {&p.mean, &p.within_variance, &p.latent_variance}) figures->resize(D * H);
  p.quantiles.resize(D * H * p.levels.size());

  const Windows all(origin, origin, D);
  std::vector<Window> windows;
  for (std::size_t i = 0; i < all.count(); ++i) windows.push_back(all[i]);
  ForecastBatch forecast;
  forecaster.forecast({values.data(), D, series.length()}, windows, forecast, scheduler);
  const kernels::MixtureBatch<float> batch{
      {}, {}, forecast.mean(), forecast.scale(), forecast.log_weight(), forecast.draws()};
  scheduler.run(D, [&](std::size_t d) { read_series(batch, d, forecaster.scaler(), p); });
  return p;
}

std::string to_csv(const Prediction& p) {
  std::string text = "unique_id,ds,mean";
  for (const double level : p.levels) text += fmt::format(",q{}", level);
  text += '\n';
  const std::size_t H = p.times.size(), Q = p.levels.size();
  for (std::size_t d = 0; d < p.series.size(); ++d) {
    const std::string name = quote(p.series[d]);
    for (std::size_t h = 0; h < H; ++h) {
      const std::size_t at = d * H + h;
      text += fmt::format("{},{},{:.7g}", name, format_time(p.times[h], p.step), p.mean[at]);
      for (std::size_t q = 0; q < Q; ++q) text += fmt::format(",{:.7g}", p.quantiles[at * Q + q]);
      text += '\n';
    }
  }
  return text;
}

}  // namespace vdn
