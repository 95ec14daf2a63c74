#include <vdn/model/window_sample.hpp>

#include <algorithm>
#include <cmath>

namespace vdn {
namespace {

/// Origins of the windows of `runs` that are neither padded nor miss a value in the `width` rows from their context on.
std::vector<std::size_t> complete_origins(std::span<const float> series, std::span<const WindowRun> runs,
                                          std::size_t lookback, std::size_t width) {
  const std::vector<std::size_t> gap = next_missing(series);
  std::vector<std::size_t> origins;
  for (const WindowRun& run : runs) {
    for (std::size_t k = 0; k < run.count; ++k) {
      const std::size_t origin = run.origin(k);
      if (origin < run.begin + lookback) continue;
      if (gap[origin - lookback] >= origin - lookback + width) origins.push_back(origin);
    }
  }
  return origins;
}

/// At most `most` of them, spread by the golden ratio: at a fixed distance all might stand at a few phases of a cycle.
std::vector<std::size_t> spread(const std::vector<std::size_t>& origins, std::size_t most) {
  constexpr double golden = 0.6180339887498949;
  if (origins.size() <= most) return origins;
  std::vector<char> taken(origins.size());
  for (std::size_t k = 0; k < most; ++k) {
    const double place = golden * static_cast<double>(k);
    taken[static_cast<std::size_t>((place - std::floor(place)) * static_cast<double>(origins.size()))] = 1;
  }
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    if (taken[i] != 0) some.push_back(origins[i]);
  }
  return some;
}

}  // namespace

std::vector<std::size_t> next_missing(std::span<const float> series) {
  std::vector<std::size_t> gap(series.size() + 1, series.size());
  for (std::size_t t = series.size(); t-- > 0;) gap[t] = std::isnan(series[t]) ? t : gap[t + 1];
  return gap;
}

SampledWindows::SampledWindows(std::span<const float> series, std::span<const WindowRun> runs, std::size_t d,
                               const WindowSample& sample, std::size_t lookback, std::span<const std::size_t> steps)
    : series_(series), d_(d), sample_(sample), lookback_(lookback), steps_(steps) {
  const std::size_t width = lookback + *std::max_element(steps.begin(), steps.end()) + 1;
  origins_ = spread(complete_origins(series, runs, lookback, width), sample.most);
}

void SampledWindows::read(std::size_t k, std::span<double> row) const {
  const std::size_t L = lookback_, origin = origins_[k];
  const auto context = series_.subspan(origin - L, L);
  for (std::size_t i = 0; i < L; ++i) row[i] = double{context[i]};
  for (std::size_t h = 0; h < steps_.size(); ++h) row[L + h] = double{series_[origin + steps_[h]]};
  if (!sample_.periodic()) return;
  const auto profile = sample_.profile->of(d_);
  const auto phases = sample_.phases.subspan(origin - L);
  const double a = double{profile_amplitude(context, phases.first(L), profile)};
  for (std::size_t i = 0; i < L; ++i) row[i] -= a * double{profile[phases[i]]};
  for (std::size_t h = 0; h < steps_.size(); ++h) row[L + h] -= a * double{profile[phases[L + steps_[h]]]};
}

}  // namespace vdn
