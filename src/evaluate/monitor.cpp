#include <vdn/evaluate/monitor.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/model/drift_measure.hpp>
#include <vdn/predictive/mixture_moments.hpp>

namespace vdn {
namespace {

/// Mean square over the horizon of what components say (within) and of where they lie apart (latent), of row b.
void measure_scales(const kernels::MixtureBatch<float>& batch, std::size_t b, WindowMeasure& measure) {
  const std::size_t H = batch.mean.cols;
  const MixtureMoments is = mixture_moments(batch, b, H);
  const double within = std::accumulate(is.within.begin(), is.within.end(), 0.0);
  const double latent = std::accumulate(is.latent.begin(), is.latent.end(), 0.0);
  measure.within_scale = std::sqrt(within / static_cast<double>(H));
  measure.latent_scale = std::sqrt(latent / static_cast<double>(H));
}

/// [N*K] -> [N]: mean over the dimensions of mu^2.
void measure_activity(std::span<const float> mu, std::span<float> activity) {
  const std::size_t K = mu.size() / activity.size();
  for (std::size_t i = 0; i < activity.size(); ++i) {
    float sum = 0.0f;
    for (const float value : mu.subspan(i * K, K)) sum += value * value;
    activity[i] = sum / static_cast<float>(K);
  }
}

double checked_threshold(const Forecaster& forecaster, double false_alarms) {
  if (!(false_alarms > 0.0 && false_alarms < 1.0)) {
    throw Error(ErrorKind::usage, "--false-alarms", fmt::format("{} is not between 0 and 1", false_alarms),
                "give the share of times that may raise an alarm while nothing changes, such as 0.005");
  }
  if (!forecaster.drift().known()) {
    throw Error(ErrorKind::data, "the model", "has no record of its neurons' regime", "fit it again");
  }
  return forecaster.drift().threshold(false_alarms);
}

}  // namespace

WindowMeasures measure_windows(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                               Scheduler& scheduler) {
  const auto& layer = forecaster.network().neurons();
  const std::size_t N = layer.neurons(), P = layer.posterior().columns();
  const DriftMeasures shown = measure_drift(forecaster, scaled, windows, scheduler);
  const ConstMatrix<float> mu(shown.mu.data(), windows.size(), P), before(shown.before.data(), windows.size(), P);
  WindowMeasures measures;
  measures.activity.resize(windows.size() * N);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    measures.windows.push_back({windows[i], forecaster.drift().distances(mu.row(i), before.row(i), shown.surprise[i])});
    measure_activity(mu.row(i), {measures.activity.data() + i * N, N});
  }
  forecaster.scan(scaled, windows, false, scheduler,
                  [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
                    const kernels::MixtureBatch<float> batch = w.mixture({0, w.rows});
                    for (std::size_t b = rows.begin; b < rows.end; ++b) {
                      measure_scales(batch, b, measures.windows[first + b]);
                    }
                  });
  return measures;
}

Monitor::Monitor(Forecaster& forecaster, double false_alarms)
    : forecaster_(forecaster), threshold_(checked_threshold(forecaster, false_alarms)), tracker_(forecaster.drift()) {}

/// Takes the mean activity [N] of one time's windows.
double Monitor::out_of_band(std::span<const float> activity) {
  const bool first = activity_.empty();
  activity_.resize(activity.size());
  const Settings& s = forecaster_.settings();
  std::size_t out = 0;
  for (std::size_t i = 0; i < activity.size(); ++i) {
    const double now = double{activity[i]}, usual = double{forecaster_.drift().activity[i]};
    activity_[i] = first ? now : activity_[i] + activity_weight * (now - activity_[i]);
    out += activity_[i] < s.band_lower * usual || activity_[i] > s.band_upper * usual ? 1 : 0;
  }
  return static_cast<double>(out) / static_cast<double>(activity.size());
}

std::vector<WindowReading> Monitor::follow(const WindowMeasures& measures) {
  const std::size_t W = measures.windows.size();
  const std::size_t N = forecaster_.network().neurons().neurons();
  std::vector<WindowReading> readings(W);
  std::vector<float> mean(N);
  for (std::size_t begin = 0, end = 0; begin < W; begin = end) {
    std::fill(mean.begin(), mean.end(), 0.0f);
    while (end < W && measures.windows[end].window.origin == measures.windows[begin].window.origin) {
      for (std::size_t i = 0; i < N; ++i) mean[i] += measures.activity[end * N + i];
      ++end;
    }
    for (float& value : mean) value /= static_cast<float>(end - begin);
    const double out = out_of_band(mean);
    for (std::size_t w = begin; w < end; ++w) {
      static_cast<WindowMeasure&>(readings[w]) = measures.windows[w];
      readings[w].drift = tracker_.add(measures.windows[w].window.series, measures.windows[w].distances);
      readings[w].out_of_band = out;
      readings[w].alarm = readings[w].drift > threshold_;
    }
  }
  return readings;
}

std::vector<WindowReading> Monitor::observe(ConstMatrix<float> scaled, std::span<const Window> windows,
                                            Scheduler& scheduler) {
  return follow(measure_windows(forecaster_, scaled, windows, scheduler));
}

std::vector<Window> windows_to_watch(const Forecaster& forecaster, const SeriesSet& series, std::size_t origin) {
  std::vector<Window> windows;
  for (std::size_t d = 0; d < series.count(); ++d) {
    const Range rows = series.rows_of(d);
    if (origin < rows.begin || origin > rows.end) continue;
    const Window window = window_at(series, d, origin);
    if (can_measure_drift(forecaster, std::span<const double>(series.series(d)), window)) windows.push_back(window);
  }
  return windows;
}

}  // namespace vdn
