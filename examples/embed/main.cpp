// The ridge line on a wave: fit on 500 rows, forecast the next 12, compare. Exits with 0 when it is right.
#include <cmath>
#include <cstdio>
#include <vdn/vdn.hpp>

int main() {
  constexpr std::size_t rows = 500, lookback = 48, horizon = 12;
  const auto wave = [](std::size_t t) { return std::sin(0.26 * static_cast<double>(t)); };
  std::vector<float> series(rows);
  for (std::size_t t = 0; t < rows; ++t) series[t] = static_cast<float>(wave(t));
  vdn::Scheduler cores;
  const vdn::Windows training(lookback, rows - horizon, 1);
  const auto line =
      vdn::fit_linear_path({series.data(), 1, rows}, training, lookback, horizon, {.penalty = 1e-6}, cores);
  std::vector<float> context(series.end() - lookback, series.end()), next(horizon);
  line.forecast(0, context, next);
  double worst = 0.0;
  for (std::size_t h = 0; h < horizon; ++h) worst = std::fmax(worst, std::abs(next[h] - wave(rows + h)));
  std::printf("largest error of %zu steps: %.1e\n", horizon, worst);
  return worst < 1e-2 ? 0 : 1;
}
