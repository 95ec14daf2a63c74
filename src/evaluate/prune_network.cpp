// Taking neurons out of a network, and what the head needs for it.

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include <fmt/format.h>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/prune.hpp>
#include <vdn/kernels/eigen.hpp>
#include <vdn/kernels/layer_norm.hpp>
#include <vdn/kernels/linear.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

/// Where index i of a dimension of the part lies in the whole: dimensions that follow N hold as many numbers a neuron.
std::size_t place(std::size_t i, std::size_t whole, std::size_t part, std::size_t neurons,
                  std::span<const std::size_t> kept) {
  if (whole == part) return i;
  const std::size_t each = whole / neurons;
  return kept[i / each] * each + i % each;
}

void gather(const std::vector<float>& from, std::span<const std::size_t> kept, std::vector<float>& to) {
  to.clear();
  if (from.empty()) return;
  for (const std::size_t i : kept) to.push_back(from[i]);
}

double mean_of(const std::vector<float>& numbers) {
  double sum = 0.0;
  for (const float number : numbers) sum += double{number};
  return sum / static_cast<double>(numbers.size());
}

/// Shares of the neurons in their bands, and means of what is known of each.
void add_shares(RegimeRecord& part) {
  if (!part.band_low.empty()) {
    const std::vector<double> activity(part.mu2.begin(), part.mu2.end());
    const control::Occupancy shares = control::occupancy(bands_of(part), activity);
    part.frac_low = shares.low;
    part.frac_high = shares.high;
    part.inside = shares.inside();
  }
  if (!part.alive_kl.empty()) part.alive_kl_mean = mean_of(part.alive_kl);
  if (!part.autocorrelation.empty()) add_autocorrelation(part, std::vector<float>(part.autocorrelation));
}

/// The record of the kept ones.
void gather_regime(const RegimeRecord& whole, std::span<const std::size_t> kept, RegimeRecord& part) {
  for (const auto& [name, values] : neuron_figures) gather(whole.*values, kept, part.*values);
  if (!part.known()) return;
  add_shares(part);
  part.mu2_mean = mean_of(part.mu2);
  part.sigma_mean = mean_of(part.sigma);
  part.kl_mean = mean_of(part.kl);
  part.info_sum = mean_of(part.info) * static_cast<double>(kept.size());
  part.alive = static_cast<double>(std::count_if(part.info.begin(), part.info.end(),
                                                 [](float info) { return double{info} > alive_information; })) /
               static_cast<double>(kept.size());
}

void scale(Forecaster& model, const std::string& name, double factor) {
  const Slot slot = model.network().layout().find(name).slot;
  for (float& value : model.edit_parameters().subspan(slot.offset, slot.size())) value *= static_cast<float>(factor);
}

/// Sums of one linear map: x^T x and t^T x over rows, x with a one behind it.
struct Squares {
  Squares(std::size_t inputs, std::size_t outputs)
      : I(inputs + 1), O(outputs), xx(I * I), tx(O * I), part_xx(I * I), part_tx(O * I) {}
  std::size_t I, O;
  std::vector<double> xx, tx;
  std::vector<float> part_xx, part_tx;  // of one block

  void add(ConstMatrix<float> x, ConstMatrix<float> t) {
    kernels::linear_backward_weight<float>(x, x, {0, I}, {part_xx.data(), I, I});
    kernels::linear_backward_weight<float>(x, t, {0, O}, {part_tx.data(), O, I});
    for (std::size_t i = 0; i < xx.size(); ++i) xx[i] += double{part_xx[i]};
    for (std::size_t i = 0; i < tx.size(); ++i) tx[i] += double{part_tx[i]};
  }
  void merge(const Squares& other) {
    for (std::size_t i = 0; i < xx.size(); ++i) xx[i] += other.xx[i];
    for (std::size_t i = 0; i < tx.size(); ++i) tx[i] += other.tx[i];
  }
};

/// Solves W (xx + ridge) = tx + ridge W_0 for the weights and the bias of a map, both in place.
void solve(const Squares& s, Matrix<float> weight, std::span<float> bias) {
  constexpr double pull = 1e-3;  // ridge, as a share of the mean square of an input
  double trace = 0.0;
  for (std::size_t i = 0; i < s.I; ++i) trace += s.xx[i * s.I + i];
  const double ridge = pull * trace / static_cast<double>(s.I);
  std::vector<double> vectors = s.xx, values(s.I), right(s.I), coordinates(s.I);
  kernels::symmetric_eigen({vectors.data(), s.I, s.I}, values);
  for (std::size_t o = 0; o < s.O; ++o) {
    const auto row = weight.row(o);
    for (std::size_t i = 0; i < s.I; ++i) {
      right[i] = s.tx[o * s.I + i] + ridge * double{i + 1 < s.I ? row[i] : bias[o]};
    }
    std::vector<double> solution(s.I);
    for (std::size_t k = 0; k < s.I; ++k) {
      const double* vector = vectors.data() + k * s.I;
      double along = 0.0;
      for (std::size_t i = 0; i < s.I; ++i) along += vector[i] * right[i];
      along /= std::max(values[k], 0.0) + ridge;
      for (std::size_t i = 0; i < s.I; ++i) solution[i] += along * vector[i];
    }
    for (std::size_t i = 0; i + 1 < s.I; ++i) row[i] = static_cast<float>(solution[i]);
    bias[o] = static_cast<float>(solution[s.I - 1]);
  }
}

/// What the head's first maps of the part see of draw rows of the whole: [R, N' + 1], a one last.
struct Inputs {
  std::vector<float> base, hidden;
};

Inputs inputs_of(const Forecaster& part, ConstMatrix<float> activity, std::span<const std::size_t> kept) {
  const std::size_t R = activity.rows, N = kept.size();
  const auto& layout = part.network().layout();
  const ConstParameters<float> p{part.parameters()};
  std::vector<float> scaled(R * N), normed(R * N), mean(R), deviation(R);
  const float factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(N)));
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t i = 0; i < N; ++i) scaled[r * N + i] = factor * activity(r, kept[i]);
  }
  kernels::layer_norm_forward<float>({scaled.data(), R, N}, p.vector(layout.find("head.norm.gain").slot),
                                     p.vector(layout.find("head.norm.bias").slot), {normed.data(), R, N}, mean,
                                     deviation);
  Inputs inputs{std::vector<float>(R * (N + 1), 1.0f), std::vector<float>(R * (N + 1), 1.0f)};
  for (std::size_t r = 0; r < R; ++r) {
    std::copy_n(scaled.begin() + static_cast<std::ptrdiff_t>(r * N), N,
                inputs.base.begin() + static_cast<std::ptrdiff_t>(r * (N + 1)));
    std::copy_n(normed.begin() + static_cast<std::ptrdiff_t>(r * N), N,
                inputs.hidden.begin() + static_cast<std::ptrdiff_t>(r * (N + 1)));
  }
  return inputs;
}

}  // namespace

Forecaster keep_neurons(const Forecaster& whole, std::span<const std::size_t> kept) {
  const std::size_t N = whole.network().neurons().neurons();
  const bool good = !kept.empty() && kept.back() < N &&
                    std::adjacent_find(kept.begin(), kept.end(), std::greater_equal<>()) == kept.end();
  if (!good) throw Error(ErrorKind::software, "keep_neurons", "the neurons are not in ascending order");
  Settings settings = whole.settings();
  settings.neurons = kept.size();
  Forecaster part(settings, whole.preset(), whole.scaler(), whole.data(), whole.line());
  const ConstParameters<float> from{whole.parameters()};
  const Parameters<float> to{part.edit_parameters()};
  for (const auto& entry : part.network().layout().entries()) {
    const auto source = from.matrix(whole.network().layout().find(entry.name).slot);
    const auto target = to.matrix(entry.slot);
    for (std::size_t r = 0; r < target.rows; ++r) {
      const std::size_t row = place(r, source.rows, target.rows, N, kept);
      for (std::size_t c = 0; c < target.cols; ++c) {
        target(r, c) = source(row, place(c, source.cols, target.cols, N, kept));
      }
    }
  }
  const double share = static_cast<double>(kept.size()) / static_cast<double>(N);
  scale(part, "head.base.weight", std::sqrt(share));
  scale(part, "head.norm.gain", 1.0 / std::sqrt(share));
  part.training() = whole.training();
  part.set_correction_share(whole.correction_share());
  part.naive() = whole.naive();
  part.place_rows(whole.row_places());
  part.origins() = whole.origins();
  part.origins()["neuron.count"] = fmt::format("pruned from {}", N);
  gather_regime(whole.regime(), kept, part.regime());
  return part;
}

void refit_head(Forecaster& part, Forecaster& whole, std::span<const std::size_t> kept, ConstMatrix<float> scaled,
                std::span<const Window> windows, Scheduler& scheduler) {
  const auto& head = whole.network().head().shape();
  const std::size_t N = kept.size(), outputs = head.components * head.horizon;
  std::vector<Squares> hidden(Forecaster::scan_slots(), Squares(N, head.width));
  std::vector<Squares> base(Forecaster::scan_slots(), Squares(N, outputs));
  whole.scan(scaled, windows, false, scheduler,
             [&](const Network::Workspace<float>& w, Range rows, std::size_t, std::size_t slot) {
               const Range draws{rows.begin * w.draws, rows.end * w.draws};
               const Inputs inputs = inputs_of(part, w.neurons.activity.slice(draws), kept);
               hidden[slot].add({inputs.hidden.data(), draws.size(), N + 1}, w.head.activation.slice(draws));
               base[slot].add({inputs.base.data(), draws.size(), N + 1}, w.head.base.slice(draws));
             });
  const Parameters<float> p{part.edit_parameters()};
  const auto& layout = part.network().layout();
  for (std::size_t slot = 1; slot < hidden.size(); ++slot) {
    hidden[0].merge(hidden[slot]);
    base[0].merge(base[slot]);
  }
  solve(hidden[0], p.matrix(layout.find("head.hidden.weight").slot), p.vector(layout.find("head.hidden.bias").slot));
  solve(base[0], p.matrix(layout.find("head.base.weight").slot), p.vector(layout.find("head.base.bias").slot));
}

}  // namespace vdn
