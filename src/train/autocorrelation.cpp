#include <vdn/train/autocorrelation.hpp>

#include <algorithm>
#include <map>

#include <vdn/diagnostics/persistence.hpp>

namespace vdn {
namespace {

constexpr std::size_t most_series = 16, most_pairs = 1024, least_pairs = 64;
constexpr std::size_t most_numbers = 1u << 24;  // of mu, held at a time

/// At most `most` of the items, evenly spread.
template <class Item>
std::vector<Item> spread(const std::vector<Item>& items, std::size_t most) {
  const std::size_t kept = std::min(most, items.size());
  std::vector<Item> chosen;
  for (std::size_t i = 0; i < kept; ++i) chosen.push_back(items[i * items.size() / kept]);
  return chosen;
}

/// mu of the windows, [windows, N*K].
std::vector<float> scan_mu(Forecaster& forecaster, ConstMatrix<float> scaled, const std::vector<Window>& windows,
                           Scheduler& scheduler) {
  const std::size_t columns = forecaster.network().neurons().posterior().columns();
  std::vector<float> all(windows.size() * columns);
  const Matrix<float> out(all.data(), windows.size(), columns);
  forecaster.scan_neurons(scaled, windows, scheduler,
                          [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t) {
                            const auto mu = w.neurons.posterior.mu.slice(rows).flat();
                            std::copy(mu.begin(), mu.end(), out.row(first + rows.begin).begin());
                          });
  return all;
}

}  // namespace

std::vector<std::vector<WindowPair>> sample_pairs(std::span<const Window> windows, std::size_t context,
                                                  std::size_t stride, std::size_t series, std::size_t pairs) {
  std::map<std::uint32_t, std::vector<WindowPair>> by_series;
  for (const Window& window : windows) {
    if (window.origin < window.begin + context + stride) continue;
    Window before = window;
    before.origin -= static_cast<std::uint32_t>(stride);
    by_series[window.series].push_back({window, before});
  }
  std::vector<std::vector<WindowPair>> all;
  for (auto& [number, list] : by_series) all.push_back(std::move(list));
  auto chosen = spread(all, series);
  for (auto& list : chosen) list = spread(list, pairs / chosen.size());
  return chosen;
}

std::vector<float> neuron_autocorrelation(Forecaster& forecaster, ConstMatrix<float> scaled,
                                          std::span<const Window> windows, Scheduler& scheduler) {
  const auto& layer = forecaster.network().neurons();
  PersistenceSums sums(layer.neurons(), layer.dims());
  const std::size_t most = std::clamp(most_numbers / (2 * layer.posterior().columns()), least_pairs, most_pairs);
  for (const auto& pairs :
       sample_pairs(windows, forecaster.context_rows(), forecaster.settings().stride_ar, most_series, most)) {
    std::vector<Window> both;
    for (const WindowPair& pair : pairs) both.push_back(pair.now);
    for (const WindowPair& pair : pairs) both.push_back(pair.before);
    const std::vector<float> mu = scan_mu(forecaster, scaled, both, scheduler);
    const ConstMatrix<float> all(mu.data(), both.size(), layer.posterior().columns());
    sums.add_series(all.slice({0, pairs.size()}), all.slice({pairs.size(), both.size()}));
  }
  return sums.autocorrelation();
}

}  // namespace vdn
