#include <vdn/model/drift_measure.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <vdn/predictive/mixture_moments.hpp>

namespace vdn {
namespace {

/// Root mean squared standardised error of row b over the observed ones of `rows`, which follow its origin.
double surprise(const kernels::MixtureBatch<float>& batch, std::size_t b, std::span<const float> rows) {
  constexpr double least_variance = 1e-12;
  double sum = 0.0;
  std::size_t count = 0;
  const MixtureMoments is = mixture_moments(batch, b, rows.size());
  for (std::size_t h = 0; h < rows.size(); ++h) {
    if (std::isnan(rows[h])) continue;
    const double error = double{rows[h]} - is.mean[h];
    sum += error * error / std::max(is.within[h] + is.latent[h], least_variance);
    ++count;
  }
  return count > 0 ? std::sqrt(sum / static_cast<double>(count)) : std::numeric_limits<double>::quiet_NaN();
}

template <class Number>
bool enough_observed(const WindowShape& shape, std::span<const Number> row, const Window& window) {
  const Range read = context_rows(window, shape.lookback, shape.extra);
  const auto rows = row.subspan(read.begin, read.size());
  const auto observed = std::count_if(rows.begin(), rows.end(), [](Number value) { return !std::isnan(value); });
  return static_cast<std::size_t>(observed) >= shape.least();
}

}  // namespace

template <class Number>
bool can_measure_drift(const Forecaster& forecaster, std::span<const Number> row, const Window& window) {
  const WindowShape shape = window_shape(forecaster.settings());
  const std::size_t lag = drift_lag(shape.lookback, forecaster.data().season);
  if (window.origin < window.begin + forecaster.context_rows() + lag) return false;
  Window earlier = window;
  earlier.origin -= static_cast<std::uint32_t>(lag);
  return enough_observed(shape, row, window) && enough_observed(shape, row, earlier);
}
template bool can_measure_drift(const Forecaster&, std::span<const float>, const Window&);
template bool can_measure_drift(const Forecaster&, std::span<const double>, const Window&);

WindowPairs pair_windows(std::span<const Window> windows, std::size_t lag) {
  WindowPairs pairs;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> place;
  const auto at = [&](const Window& window) {
    const auto [found, added] = place.try_emplace({window.series, window.origin}, pairs.all.size());
    if (added) pairs.all.push_back(window);
    return found->second;
  };
  for (const Window& window : windows) pairs.now.push_back(at(window));
  for (Window window : windows) {
    window.origin -= static_cast<std::uint32_t>(lag);
    pairs.before.push_back(at(window));
  }
  return pairs;
}

DriftMeasures measure_drift(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                            Scheduler& scheduler) {
  const std::size_t lag = drift_lag(forecaster.settings().lookback, forecaster.data().season);
  const std::size_t judged = std::min(lag, forecaster.horizon());
  const std::size_t P = forecaster.network().neurons().posterior().columns();
  const WindowPairs pairs = pair_windows(windows, lag);
  std::vector<char> earlier(pairs.all.size());
  for (const std::size_t place : pairs.before) earlier[place] = 1;
  std::vector<float> mu(pairs.all.size() * P);
  std::vector<double> surprises(pairs.all.size());
  const Matrix<float> means(mu.data(), pairs.all.size(), P);
  forecaster.scan_plug_in(scaled, pairs.all, false, scheduler,
                          [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
                            const kernels::MixtureBatch<float> batch = w.mixture({0, w.rows});
                            for (std::size_t b = rows.begin; b < rows.end; ++b) {
                              const auto from = w.neurons.posterior.mu.row(b);
                              std::copy(from.begin(), from.end(), means.row(first + b).begin());
                              const Window& window = pairs.all[first + b];
                              if (!earlier[first + b]) continue;
                              const auto since = scaled.row(window.series).subspan(window.origin, judged);
                              surprises[first + b] = surprise(batch, b, since);
                            }
                          });
  DriftMeasures measures;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto now = means.row(pairs.now[i]), before = means.row(pairs.before[i]);
    measures.mu.insert(measures.mu.end(), now.begin(), now.end());
    measures.before.insert(measures.before.end(), before.begin(), before.end());
    measures.surprise.push_back(surprises[pairs.before[i]]);
  }
  return measures;
}

}  // namespace vdn
