#include <vdn/train/validation.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <vdn/train/autocorrelation.hpp>

#include <vdn/model/mixture_error.hpp>
#include <vdn/predictive/spread_nodes.hpp>

namespace vdn {
namespace {

/// Running sums of one scan slot.
struct Sums {
  explicit Sums(RegimeSums neurons) : regime(std::move(neurons)) {}
  double nll = 0.0, squares = 0.0, crps = 0.0, macro_kl = 0.0;
  std::size_t observed = 0, crps_observed = 0;
  RegimeSums regime;

  void add(const Sums& other) {
    nll += other.nll;
    squares += other.squares;
    crps += other.crps;
    macro_kl += other.macro_kl;
    observed += other.observed;
    crps_observed += other.crps_observed;
    regime.add(other.regime);
  }
};

std::vector<Sums> empty_slots(const Forecaster& forecaster) {
  const RegimeSums none(forecaster.network().neurons(), forecaster.settings().activity);
  return std::vector<Sums>(Forecaster::scan_slots(), Sums(none));
}

const Sums& sum_slots(std::vector<Sums>& slots) {
  for (std::size_t slot = 1; slot < slots.size(); ++slot) slots[0].add(slots[slot]);
  return slots[0];
}

/// Posteriors and prices, the macro latent's too where the prior has one.
void add_neurons(const neuron::NeuronLayer::Workspace<float>& w, Range rows, Sums& sums) {
  sums.regime.add(w.posterior.mu, w.posterior.sigma, w.kl, rows);
  if (w.hierarchical.kl.size() == 0) return;
  for (std::size_t b = rows.begin; b < rows.end; ++b) sums.macro_kl += static_cast<double>(w.hierarchical.kl(b, 0));
}

void add_errors(const Network::Workspace<float>& w, Range rows, Sums& sums) {
  kernels::mixture_nll<float>(kernels::Objective::marginal, w.mixture(rows), w.nll.subspan(rows.begin, rows.size()));
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const MixtureError error = mixture_error<float>(w, b);
    sums.squares += error.squares;
    sums.nll += static_cast<double>(w.nll[b]) * static_cast<double>(error.observed);
    sums.observed += error.observed;
  }
}

/// The CRPS costs J^2, so some windows have to do: one in 32, one in eight where it decides which epoch is kept.
std::size_t crps_distance(const Settings& settings) {
  return settings.selection == Selection::crps ? 8 : 32;
}

/// Whether window i is among those, one of `every`: where the multiples of the golden ratio fall into the first of as
/// many parts of the unit interval. Windows of a grid are numbered series by series; every n-th would be the same few
/// series wherever n and their number share a factor.
bool has_crps(std::size_t i, std::size_t every) {
  constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;  // its fraction, in 64 bits
  return (std::uint64_t{i} * golden_ratio) < std::numeric_limits<std::uint64_t>::max() / every;
}

/// crps [H] of workspace row b.
void row_crps(const Network::Workspace<float>& w, std::size_t b, std::span<float> crps) {
  kernels::MixtureBatch<float> batch = w.mixture({b, b + 1});
  const std::size_t normals = batch.log_weight.cols * batch.nodes.count, H = crps.size();
  std::vector<float> means(normals * H), scales(normals * H), log_weights(normals);
  const Matrix<float> mean(means.data(), normals, H), scale(scales.data(), normals, H);
  const Matrix<float> log_weight(log_weights.data(), 1, normals);
  spread_nodes(batch, mean, scale, log_weight);
  kernels::mixture_crps<float>({batch.target, batch.observed, mean, scale, log_weight}, {crps.data(), 1, H});
}

/// `first` is the number of workspace row 0.
void add_crps(const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t every, Sums& sums) {
  std::vector<float> crps(w.target.cols);
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    if (!has_crps(first + b, every)) continue;
    row_crps(w, b, crps);
    for (std::size_t h = 0; h < crps.size(); ++h) {
      if (!w.observed(b, h)) continue;
      sums.crps += static_cast<double>(crps[h]);
      ++sums.crps_observed;
    }
  }
}

/// At most `limit` windows, evenly spread: of a grid every n-th origin (one at least) with `of_origin` series, in turn.
std::vector<Window> thin(const Windows& windows, std::size_t limit, std::size_t of_origin) {
  std::vector<Window> chosen;
  if (!windows.is_grid()) {
    const std::size_t kept = std::min(std::max<std::size_t>(1, limit), windows.count());
    for (std::size_t i = 0; i < kept; ++i) chosen.push_back(windows[i * windows.count() / kept]);
    return chosen;
  }
  const std::size_t D = windows.series();
  const std::size_t wanted = std::max<std::size_t>(1, limit / std::max<std::size_t>(1, of_origin));
  const std::size_t stride = std::max<std::size_t>(1, (windows.origins() + wanted - 1) / wanted);
  std::vector<std::size_t> series(of_origin);
  std::size_t next = 0;
  for (std::size_t o = 0; o < windows.origins(); o += stride) {
    for (std::size_t& d : series) d = std::exchange(next, (next + 1) % D);
    std::sort(series.begin(), series.end());
    for (const std::size_t d : series) chosen.push_back(windows[o * D + d]);
  }
  return chosen;
}

RegimeRecord regime_of(const Sums& sums, Forecaster& forecaster, ConstMatrix<float> scaled,
                       std::span<const Window> windows, Scheduler& scheduler, const NeuronState& state) {
  RegimeRecord regime = sums.regime.record();
  regime.macro_kl = sums.macro_kl / static_cast<double>(sums.regime.rows());
  add_state(regime, forecaster.settings(), state);
  add_autocorrelation(regime, neuron_autocorrelation(forecaster, scaled, windows, scheduler));
  return regime;
}

}  // namespace

std::size_t validation_limit(const Settings& settings) {
  constexpr std::size_t windows = 2048, horizon = 192;
  if (settings.validation_windows > 0) return settings.validation_windows;
  return std::max<std::size_t>(1, windows * horizon / std::max<std::size_t>(horizon, settings.horizon));
}

std::vector<Window> thin_windows(const Windows& windows, std::size_t limit) {
  return thin(windows, limit, windows.series());
}

std::vector<Window> spread_windows(const Windows& windows, std::size_t limit) {
  return thin(windows, limit, std::min(windows.series(), most_of_origin));
}

ValidationReport validate(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                          Scheduler& scheduler, const NeuronState& state) {
  std::vector<Sums> slots = empty_slots(forecaster);
  const std::size_t every = crps_distance(forecaster.settings());
  forecaster.scan(scaled, windows, true, scheduler,
                  [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t slot) {
                    add_neurons(w.neurons, rows, slots[slot]);
                    add_errors(w, rows, slots[slot]);
                    add_crps(w, rows, first, every, slots[slot]);
                  });
  const Sums& all = sum_slots(slots);
  const double points = static_cast<double>(all.observed);
  return {all.regime.rows(), all.nll / points, all.squares / points, all.crps / static_cast<double>(all.crps_observed),
          regime_of(all, forecaster, scaled, windows, scheduler, state)};
}

RegimeRecord measure_regime(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                            Scheduler& scheduler, const NeuronState& state) {
  std::vector<Sums> slots = empty_slots(forecaster);
  forecaster.scan_neurons(scaled, windows, scheduler,
                          [&](const Network::Workspace<float>& w, Range rows, std::size_t, std::size_t slot) {
                            add_neurons(w.neurons, rows, slots[slot]);
                          });
  return regime_of(sum_slots(slots), forecaster, scaled, windows, scheduler, state);
}

}  // namespace vdn
