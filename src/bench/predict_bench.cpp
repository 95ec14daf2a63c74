#include <vdn/bench/predict_bench.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <vector>

#include <vdn/bench/step_products.hpp>
#include <vdn/bench/synthetic.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/kernels/mixture_steps.hpp>

namespace vdn::bench {
namespace {

constexpr std::size_t series_count = 8, path_count = 100, batch_windows = 1024, warm_up = 3;

/// 128 MB, more than the caches of a laptop hold, of which every call reads another piece.
class ColdReader {
 public:
  explicit ColdReader(std::size_t bytes) : piece_(bytes / sizeof(float)), numbers_(std::max(piece_, block) * 2, 1.0f) {}
  /// Reads the next piece and returns its sum, which keeps the reading from being left out.
  float read() {
    if (at_ + piece_ > numbers_.size()) at_ = 0;
    float sums[lanes] = {};
    for (std::size_t i = 0; i + lanes <= piece_; i += lanes) {
      for (std::size_t j = 0; j < lanes; ++j) sums[j] += numbers_[at_ + i + j];
    }
    at_ += piece_;
    return std::accumulate(sums, sums + lanes, 0.0f);
  }

 private:
  static constexpr std::size_t lanes = 64, block = std::size_t{16} << 20;  // numbers, twice
  std::size_t piece_, at_ = 0;
  std::vector<float> numbers_;
};

/// Products of one window's forward pass with S draws: folded encoder and head, multiplications and additions.
double forward_gflop(const Settings& s, std::size_t draws) {
  const std::size_t C = s.encoder_width, P = sees_pair(s) ? 2 : 1, latents = s.neurons * s.dims;
  const std::size_t outputs = s.components * s.horizon, Q = s.head_width;
  std::size_t once = P * s.lookback * C + C * C + C * latents;
  if (P == 2) once += C * C + 2 * C * C;
  if (s.sigma == neuron::SigmaMode::per_unit_input) once += C * latents;
  if (s.line != LineMode::none) once += P * s.lookback * s.horizon;
  if (s.line == LineMode::tuned) once += P * s.lookback * s.horizon;
  std::size_t each = s.neurons * (outputs + Q) + Q * (2 * outputs + s.components);
  if (s.scale == nn::ScaleMode::per_input) each += Q * outputs;
  return 2e-9 * static_cast<double>(once + draws * each);
}

std::vector<Window> windows_from(std::size_t first, std::size_t count) {
  std::vector<Window> windows(count);
  for (std::size_t b = 0; b < count; ++b) {
    windows[b] = {static_cast<std::uint32_t>(b % series_count), static_cast<std::uint32_t>(first + b * 7919 % 4096), 0};
  }
  return windows;
}

/// `runs` times after a few that do not count.
template <class Work>
Timing time_runs(std::size_t runs, Work&& work) {
  std::vector<double> times;
  for (std::size_t run = 0; run < warm_up + runs; ++run) {
    const double taken = milliseconds([&] { work(run); });
    if (run >= warm_up) times.push_back(taken);
  }
  return summarise(times);
}

}  // namespace

PredictBench bench_predict(const Settings& settings, std::size_t runs, Scheduler& scheduler) {
  const std::size_t first = settings.lookback + settings.stride_ar, few = std::max<std::size_t>(runs / 10, 3);
  const SeriesSet series = synthetic_series(series_count, first + 4096);
  Forecaster forecaster = unfitted_forecaster(settings, series);
  const std::vector<float> values = scale_series(series, forecaster.scaler());
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  const std::vector<Window> windows = windows_from(first, batch_windows);
  const auto one = [&](std::size_t run) { return std::span(windows).subspan(run % windows.size(), 1); };
  ForecastBatch out;

  PredictBench b;
  // All parameters but what the folding saves: the trend map, and the gate's third part.
  std::size_t numbers = forecaster.parameters().size() - settings.encoder_width * settings.lookback;
  if (sees_pair(settings)) numbers -= settings.encoder_width * settings.encoder_width;
  if (settings.line != LineMode::none) numbers += settings.lookback * settings.horizon;
  b.weight_bytes = numbers * sizeof(float);
  {
    ColdReader reader(b.weight_bytes);
    volatile float kept = 0.0f;
    b.weights = time_runs(runs, [&](std::size_t) { kept = reader.read(); });
  }
  forecaster.use_plug_in(true);
  b.plug_in = time_runs(runs, [&](std::size_t run) { forecaster.forecast(scaled, one(run), out, scheduler); });
  forecaster.use_plug_in(false);
  b.drawn = time_runs(runs, [&](std::size_t run) { forecaster.forecast(scaled, one(run), out, scheduler); });

  constexpr std::array levels{.1, .5, .9};
  std::vector<float> quantiles(levels.size() * settings.horizon);
  b.quantiles = time_runs(runs, [&](std::size_t run) {
    forecaster.forecast(scaled, one(run), out, scheduler);
    kernels::mixture_quantiles<float>(out.mixtures(), levels, {quantiles.data(), levels.size(), settings.horizon});
  });

  PathSampler sampler(forecaster);
  std::vector<float> paths(path_count * settings.horizon);
  const Matrix<float> path_rows(paths.data(), path_count, settings.horizon);
  b.paths =
      time_runs(few, [&](std::size_t run) { sampler.sample(scaled, one(run), path_count, path_rows, scheduler); });

  const StepProducts products(settings);
  b.products_gflop = products.gflop();
  b.batch_gflop = static_cast<double>(batch_windows) * forward_gflop(settings, settings.score_draws);
  b.batch = time_runs(few, [&](std::size_t) { forecaster.forecast(scaled, windows, out, scheduler); });
  b.products = time_runs(few, [&](std::size_t) { products.run(scheduler); });

  forecaster.calibration() = {std::vector<float>(settings.horizon, 1.1f), std::vector<float>(settings.horizon, .1f)};
  const Windows scored(first, first + batch_windows / series_count - 1, series_count);
  b.scored = time_runs(few, [&](std::size_t) {
    score_calibration(forecaster, scaled, forecaster.scaler().deviation, scored, scheduler);
  });
  return b;
}

}  // namespace vdn::bench
