#include <vdn/train/validation.hpp>

#include <cmath>
#include <utility>

#include <vdn/train/autocorrelation.hpp>

namespace vdn {
namespace {

/// Running sums of one scan slot.
struct Sums {
  explicit Sums(RegimeSums neurons) : regime(std::move(neurons)) {}
  double nll = 0.0, squares = 0.0;
  std::size_t observed = 0;
  RegimeSums regime;

  void add(const Sums& other) {
    nll += other.nll;
    squares += other.squares;
    observed += other.observed;
    regime.add(other.regime);
  }
};

void add_errors(const Network::Workspace<float>& w, Range rows, Sums& sums) {
  const std::size_t J = w.log_weight.cols, H = w.target.cols;
  kernels::mixture_nll<float>(kernels::Objective::marginal, w.mixture(rows), w.nll.subspan(rows.begin, rows.size()));
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    std::size_t observed = 0;
    for (std::size_t h = 0; h < H; ++h) {
      if (!w.observed(b, h)) continue;
      double mean = 0.0;
      for (std::size_t j = 0; j < J; ++j) {
        mean += std::exp(static_cast<double>(w.log_weight(b, j))) * static_cast<double>(w.mean(b * J + j, h));
      }
      const double error = mean - static_cast<double>(w.target(b, h));
      sums.squares += error * error;
      ++observed;
    }
    sums.nll += static_cast<double>(w.nll[b]) * static_cast<double>(observed);
    sums.observed += observed;
  }
}

}  // namespace

std::vector<Window> thin_windows(const Windows& windows, std::size_t limit) {
  std::vector<Window> chosen;
  if (!windows.is_grid()) {
    const std::size_t kept = std::min(std::max<std::size_t>(1, limit), windows.count());
    for (std::size_t i = 0; i < kept; ++i) chosen.push_back(windows[i * windows.count() / kept]);
    return chosen;
  }
  const std::size_t per_origin = windows.series();
  const std::size_t wanted = std::max<std::size_t>(1, limit / std::max<std::size_t>(1, per_origin));
  const std::size_t stride = std::max<std::size_t>(1, (windows.origins() + wanted - 1) / wanted);
  for (std::size_t o = 0; o < windows.origins(); o += stride) {
    for (std::size_t d = 0; d < per_origin; ++d) chosen.push_back(windows[o * per_origin + d]);
  }
  return chosen;
}

ValidationReport validate(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                          Scheduler& scheduler, const NeuronState& state) {
  const auto& layer = forecaster.network().neurons();
  std::vector<Sums> slots(Forecaster::scan_slots(), Sums(RegimeSums(layer, forecaster.settings().activity)));
  forecaster.scan(scaled, windows, true, scheduler,
                  [&](const Network::Workspace<float>& w, Range rows, std::size_t, std::size_t slot) {
                    slots[slot].regime.add(w.neurons.posterior.mu, w.neurons.posterior.sigma, w.neurons.kl, rows);
                    add_errors(w, rows, slots[slot]);
                  });
  for (std::size_t slot = 1; slot < slots.size(); ++slot) slots[0].add(slots[slot]);
  const double points = static_cast<double>(slots[0].observed);
  ValidationReport report{slots[0].regime.rows(), slots[0].nll / points, slots[0].squares / points,
                          slots[0].regime.record()};
  add_state(report.regime, forecaster.settings(), state);
  add_autocorrelation(report.regime, neuron_autocorrelation(forecaster, scaled, windows, scheduler));
  return report;
}

}  // namespace vdn
