#include <vdn/train/validation.hpp>

#include <cmath>

#include <vdn/model/mixture_error.hpp>

namespace vdn {
namespace {

/// Running sums of one scan slot.
struct Sums {
  explicit Sums(const neuron::NeuronLayer& layer)
      : mu(layer.neurons() * layer.dims()),
        mu2(mu.size()),
        sigma(mu.size()),
        sigma2(mu.size()),
        kl(layer.neurons()),
        measure(layer.activity_measure(layer.shape().pooled_activity)),
        pooled(measure.pooled ? layer.neurons() : 0) {}
  double nll = 0.0, squares = 0.0, macro_kl = 0.0;
  std::size_t observed = 0, rows = 0;
  std::vector<double> mu, mu2, sigma, sigma2;  // [N*K]
  std::vector<double> kl;                      // [N]
  neuron::ActivityMeasure measure;
  std::vector<double> pooled;  // [N] activity, where it is that of the pooled mu

  void add(const Sums& other) {
    nll += other.nll;
    squares += other.squares;
    macro_kl += other.macro_kl;
    observed += other.observed;
    rows += other.rows;
    for (std::size_t c = 0; c < mu.size(); ++c) {
      mu[c] += other.mu[c];
      mu2[c] += other.mu2[c];
      sigma[c] += other.sigma[c];
      sigma2[c] += other.sigma2[c];
    }
    for (std::size_t i = 0; i < kl.size(); ++i) kl[i] += other.kl[i];
    for (std::size_t i = 0; i < pooled.size(); ++i) pooled[i] += other.pooled[i];
  }
};

void add_neurons(const neuron::NeuronLayer::Workspace<float>& w, Range rows, Sums& sums) {
  for (std::size_t b = rows.begin; b < rows.end; ++b) {
    const auto mu = w.posterior.mu.row(b), sigma = w.posterior.sigma.row(b);
    for (std::size_t c = 0; c < mu.size(); ++c) {
      const double m = mu[c], s = sigma[c];
      sums.mu[c] += m;
      sums.mu2[c] += m * m;
      sums.sigma2[c] += s * s;
      sums.sigma[c] += s;
    }
    const auto kl = w.kl.row(b);
    for (std::size_t i = 0; i < kl.size(); ++i) sums.kl[i] += kl[i];
    if (w.hierarchical.kl.size() > 0) sums.macro_kl += static_cast<double>(w.hierarchical.kl(b, 0));
  }
  if (!sums.pooled.empty()) {
    std::vector<float> activity(sums.pooled.size());
    neuron::activity_sums<float>(w.posterior.mu.slice(rows), sums.measure, activity);
    for (std::size_t i = 0; i < activity.size(); ++i) sums.pooled[i] += static_cast<double>(activity[i]);
  }
  sums.rows += rows.size();
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

/// Appends what neuron i did, its K dimensions pooled.
void add_figures(const Sums& sums, std::size_t i, std::size_t dims, RegimeRecord& regime) {
  const double rows = static_cast<double>(sums.rows), K = static_cast<double>(dims);
  double mu2 = 0.0, sigma = 0.0, variance = 0.0, sigma2 = 0.0;  // the last two summed over the K dimensions
  for (std::size_t c = i * dims; c < (i + 1) * dims; ++c) {
    const double mean = sums.mu[c] / rows;
    mu2 += sums.mu2[c] / (rows * K);
    sigma += sums.sigma[c] / (rows * K);
    variance += sums.mu2[c] / rows - mean * mean;
    sigma2 += sums.sigma2[c] / rows;
  }
  if (!sums.pooled.empty()) mu2 = sums.pooled[i] / rows;
  const double kl = sums.kl[i] / rows, info = neuron_information(variance, sigma2);
  const double N = static_cast<double>(sums.kl.size());
  regime.mu2_mean += mu2 / N;
  regime.sigma_mean += sigma / N;
  regime.kl_mean += kl / N;
  regime.info_sum += info;
  regime.alive += info > alive_information ? 1.0 / N : 0.0;
  regime.mu2.push_back(static_cast<float>(mu2));
  regime.sigma.push_back(static_cast<float>(sigma));
  regime.kl.push_back(static_cast<float>(kl));
  regime.info.push_back(static_cast<float>(info));
}

ValidationReport report(const Sums& sums, const neuron::NeuronLayer& layer) {
  ValidationReport r;
  const double points = static_cast<double>(sums.observed);
  r.windows = sums.rows;
  r.nll = sums.nll / points;
  r.mse = sums.squares / points;
  RegimeRecord& regime = r.regime;
  regime.mu2_mean = regime.sigma_mean = regime.kl_mean = regime.info_sum = regime.alive = 0.0;
  regime.macro_kl = sums.macro_kl / static_cast<double>(sums.rows);
  for (std::size_t i = 0; i < layer.neurons(); ++i) add_figures(sums, i, layer.dims(), regime);
  return r;
}

}  // namespace

double neuron_information(double variance, double noise) {
  return 0.5 * std::log1p(std::max(0.0, variance) / noise);
}

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
                          Scheduler& scheduler) {
  const auto& layer = forecaster.network().neurons();
  std::vector<Sums> slots(Forecaster::scan_slots(), Sums(layer));
  forecaster.scan(scaled, windows, true, scheduler,
                  [&](const Network::Workspace<float>& w, Range rows, std::size_t, std::size_t slot) {
                    add_neurons(w.neurons, rows, slots[slot]);
                    add_errors(w, rows, slots[slot]);
                  });
  for (std::size_t slot = 1; slot < slots.size(); ++slot) slots[0].add(slots[slot]);
  return report(slots[0], layer);
}

}  // namespace vdn
