#include <vdn/evaluate/sample.hpp>

#include <algorithm>

#include <vdn/predictive/paths.hpp>

namespace vdn {
namespace {

constexpr std::size_t chunk_draws = 128;   // latent draws forecast at once: bounds the memory
constexpr std::size_t chunk_windows = 32;  // windows forecast at once
constexpr std::uint64_t pairing_step = 2;  // of Purpose::paths: 0 draws paths, 1 simulates futures (PathDependenceFit)

}  // namespace

PathSampler::PathSampler(Forecaster& forecaster)
    : forecaster_(forecaster),
      stream_(stream_key(forecaster.settings().seed, Purpose::paths)),
      factor_(forecaster.dependence().factor(forecaster.horizon())) {}

/// Calls draw(batch, row, numbers, window, rows of out) for every window and chunk of draws. A forecaster without
/// latent draws (a twin, the plug-in) gives all its paths from its one draw.
template <class Draw>
void PathSampler::each_chunk(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths,
                             Scheduler& scheduler, const Draw& draw) {
  for (std::size_t first = 0; first < windows.size(); first += chunk_windows) {
    const auto batch = windows.subspan(first, std::min(chunk_windows, windows.size() - first));
    for (std::size_t done = 0; done < paths; done += chunk_draws) {
      const std::size_t count = std::min(chunk_draws, paths - done);
      const Range draws = forecaster_.stochastic() ? Range{done, done + count} : forecaster_.score_draws();
      forecaster_.forecast(scaled, batch, draws, forecast_, scheduler);
      const kernels::MixtureBatch<float> mixtures = forecast_.mixtures();
      scheduler.run(batch.size(), [&](std::size_t b) {
        const PathNumbers numbers{{stream_, batch[b].series, batch[b].origin, 0}, static_cast<std::uint32_t>(done)};
        const std::size_t row = (first + b) * paths + done;
        draw(mixtures, b, numbers, first + b, Range{row, row + count});
      });
    }
  }
}

/// Under shared draws the paths of one origin's windows are paired; those windows stand side by side.
void PathSampler::pair(std::span<const Window> windows, std::size_t paths, Matrix<float> out) const {
  if (forecaster_.draw_sharing() == DrawSharing::none) return;
  const StreamKey stream = stream_key(forecaster_.settings().seed, Purpose::paths, pairing_step);
  for (std::size_t first = 0; first < windows.size();) {
    std::vector<std::uint32_t> series;
    std::size_t end = first;
    for (; end < windows.size() && windows[end].origin == windows[first].origin; ++end) {
      series.push_back(windows[end].series);
    }
    pair_paths(forecaster_.series_dependence(), stream, windows[first].origin, series,
               out.slice({first * paths, end * paths}));
    first = end;
  }
}

void PathSampler::sample(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths,
                         Matrix<float> out, Scheduler& scheduler, FutureDensity* density) {
  const std::size_t H = forecaster_.horizon();
  each_chunk(scaled, windows, paths, scheduler,
             [&](const auto& batch, std::size_t b, const PathNumbers& numbers, std::size_t window, Range rows) {
               sample_paths(batch, b, {factor_.data(), H, H}, numbers, out.slice(rows));
               if (density) density->add(batch, b, window, rows.size());
             });
  pair(windows, paths, out);
}

void PathSampler::sample_independent(ConstMatrix<float> scaled, std::span<const Window> windows, std::size_t paths,
                                     Matrix<float> out, Scheduler& scheduler) {
  each_chunk(scaled, windows, paths, scheduler,
             [&](const auto& batch, std::size_t b, const PathNumbers& numbers, std::size_t, Range rows) {
               vdn::sample_independent(batch, b, numbers, out.slice(rows));
             });
}

}  // namespace vdn
