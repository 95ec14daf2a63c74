#include <vdn/bench/scale_bench.hpp>

#include <cmath>

#include <vdn/bench/step_bench.hpp>
#include <vdn/bench/synthetic.hpp>

namespace vdn::bench {
namespace {

constexpr std::size_t size_count = 4;

/// Medians at first, 2 first, 4 first, 8 first.
template <class Measure>
ScaleBench measure(const std::string& of, std::size_t first, Measure&& median) {
  ScaleBench b{.of = of, .sizes = {}, .median_ms = {}};
  for (std::size_t i = 0; i < size_count; ++i) {
    b.sizes.push_back(first << i);
    b.median_ms.push_back(median(b.sizes.back()));
  }
  b.exponent = fit_exponent(b.sizes, b.median_ms);
  return b;
}

/// From a table in memory to forecasts: scaling it and forecasting every series once.
double forecast_all(const Settings& settings, std::size_t count, std::size_t runs, Scheduler& scheduler) {
  const std::size_t rows = settings.lookback + settings.stride_ar + 2000;
  const SeriesSet series = synthetic_series(count, rows);
  Forecaster forecaster = unfitted_forecaster(settings, series);
  std::vector<Window> windows(count);
  for (std::size_t d = 0; d < count; ++d) {
    windows[d] = {static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(rows), 0};
  }
  ForecastBatch out;
  std::vector<double> times;
  for (std::size_t run = 0; run <= runs; ++run) {
    const double taken = milliseconds([&] {
      const std::vector<float> values = scale_series(series, forecaster.scaler());
      forecaster.forecast({values.data(), count, rows}, windows, out, scheduler);
    });
    if (run > 0) times.push_back(taken);
  }
  return summarise(times).median;
}

}  // namespace

double fit_exponent(const std::vector<std::size_t>& sizes, const std::vector<double>& ms) {
  const auto n = static_cast<double>(sizes.size());
  double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double a = std::log(static_cast<double>(sizes[i])), b = std::log(ms[i]);
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

std::vector<ScaleBench> bench_scale(const Settings& settings, std::size_t runs, Scheduler& scheduler) {
  const auto step = [&](auto&& change) {
    Settings s = settings;
    change(s);
    return bench_step(s, runs, scheduler).step.median;
  };
  return {
      measure("neurons", 4 * settings.neurons,
              [&](std::size_t size) { return step([&](Settings& s) { s.neurons = size; }); }),
      measure("draws", 2 * settings.draws,
              [&](std::size_t size) { return step([&](Settings& s) { s.draws = size; }); }),
      measure("batch", settings.batch / 2,
              [&](std::size_t size) { return step([&](Settings& s) { s.batch = size; }); }),
      measure("series", 128, [&](std::size_t size) { return forecast_all(settings, size, runs, scheduler); }),
  };
}

}  // namespace vdn::bench
