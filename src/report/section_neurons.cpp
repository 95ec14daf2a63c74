// The regime of every neuron over the epochs.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <vdn/report/heat_map.hpp>
#include <vdn/train/validation.hpp>

#include "report/run_sections.hpp"

namespace vdn::report {
namespace {

constexpr std::size_t most_columns = 384, most_rows = 48;  // beyond, neighbours are averaged

/// Epochs whose figures of all N neurons are known.
std::vector<const EpochReport*> recorded(const RunRecord& run) {
  std::vector<const EpochReport*> epochs;
  if (run.epochs.empty()) return epochs;
  const std::size_t N = run.epochs.back().neurons.info.size();
  for (const EpochReport& epoch : run.epochs) {
    const NeuronFigures& n = epoch.neurons;
    if (N > 0 && n.info.size() == N && n.mu2.size() == N && n.kl.size() == N && n.sigma.size() == N) {
      epochs.push_back(&epoch);
    }
  }
  return epochs;
}

/// Neurons by the information of the kept epoch (the last recorded one when it is not known), most first.
std::vector<std::size_t> order_of(const std::vector<const EpochReport*>& epochs, std::size_t best) {
  const EpochReport* by = epochs.back();
  for (const EpochReport* epoch : epochs) {
    if (epoch->epoch == best) by = epoch;
  }
  const auto& info = by->neurons.info;
  std::vector<std::size_t> order(info.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return (std::isnan(info[a]) ? -1 : info[a]) > (std::isnan(info[b]) ? -1 : info[b]);
  });
  return order;
}

/// Means of neighbouring cells: at most so many rows and columns; whole cells where they fit.
std::vector<double> pooled(const std::vector<const EpochReport*>& epochs, const std::vector<std::size_t>& order,
                           std::vector<float> NeuronFigures::*figure, std::size_t R, std::size_t C) {
  std::vector<double> sums(R * C, 0.0);
  std::vector<std::size_t> counts(R * C, 0);
  for (std::size_t e = 0; e < epochs.size(); ++e) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto value = static_cast<double>((epochs[e]->neurons.*figure)[order[i]]);
      if (!std::isfinite(value)) continue;
      const std::size_t cell = e * R / epochs.size() * C + i * C / order.size();
      sums[cell] += value;
      ++counts[cell];
    }
  }
  for (std::size_t c = 0; c < sums.size(); ++c) {
    sums[c] = counts[c] > 0 ? sums[c] / static_cast<double>(counts[c]) : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

struct Quantity {
  const char *title, *label, *caption;
  std::vector<float> NeuronFigures::*figure;
};

constexpr Quantity quantities[] = {
    {"Information", "info, nats (log scale)", "What a neuron tells about its input; the darkest are silent.",
     &NeuronFigures::info},
    {"Price", "KL, nats (log scale)", "What a neuron pays; a bright neuron that tells nothing pays for a constant.",
     &NeuronFigures::kl},
    {"Activity", "mean mu squared (log scale)", "How far from its prior a neuron works.", &NeuronFigures::mu2},
    {"Spread", "mean sigma (log scale)", "1 is the prior's: the neuron passes on noise. Near 0 it is deterministic.",
     &NeuronFigures::sigma},
};

HtmlFigure map_figure(const Quantity& quantity, const std::vector<const EpochReport*>& epochs,
                      const std::vector<std::size_t>& order) {
  const std::size_t R = std::min(epochs.size(), most_rows), C = std::min(order.size(), most_columns);
  HeatMap map;
  map.title = fmt::format("{} of every neuron by epoch", quantity.title);
  map.x_label = "neurons, the most informative first";
  map.y_label = "epoch";
  map.value_label = quantity.label;
  map.columns = C;
  map.values = pooled(epochs, order, quantity.figure, R, C);
  map.x_range = {0, static_cast<double>(order.size())};
  map.logarithmic = true;
  if (quantity.figure == &NeuronFigures::info) {  // the darkest colour is what counts as silent
    const double top = *std::max_element(map.values.begin(), map.values.end(),
                                         [](double a, double b) { return !(a >= b) && !std::isnan(b); });
    map.value_range = {alive_information, std::max(0.1, std::isnan(top) ? 0.0 : top)};
  }
  map.height = std::clamp(14.0 * static_cast<double>(R), 60.0, 200.0);
  for (std::size_t r = 0; r < R; ++r) {
    // The first epoch of the row: the smallest e with e * R / E = r.
    const std::size_t e = (r * epochs.size() + R - 1) / R;
    map.row_labels.push_back(std::to_string(epochs[e]->epoch));
  }
  return {quantity.title, heat_map_svg(map), quantity.caption, {}};
}

std::string summary(const EpochReport& epoch) {
  const auto& info = epoch.neurons.info;
  std::vector<double> sorted;
  std::copy_if(info.begin(), info.end(), std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
  if (sorted.empty()) return "";
  std::sort(sorted.rbegin(), sorted.rend());
  const double all = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  const auto alive =
      std::count_if(sorted.begin(), sorted.end(), [](double value) { return value > alive_information; });
  double sum = 0;
  std::size_t half = 0;
  while (half < sorted.size() && sum < all / 2) sum += sorted[half++];
  return fmt::format(
      "In epoch {}, {} of {} neurons are alive (more than {} nat about their input). Together they tell {:.1f} nats; "
      "half "
      "of it comes from {} of them, the most informative one tells {:.2f}.",
      epoch.epoch, alive, info.size(), alive_information, all, half, sorted.front());
}

}  // namespace

void add_neurons(HtmlPage& page, const RunReport& report) {
  const auto epochs = recorded(report.run);
  if (epochs.empty()) return;
  page.section("Neurons");
  if (report.run.twin == "deterministic" || report.run.twin == "mixture") {
    page.paragraph("This model is a twin without draws: its neurons have no distribution to look at.");
    return;
  }
  const EpochReport* kept = epochs.back();
  for (const EpochReport* epoch : epochs) {
    if (epoch->epoch == report.run.best_epoch) kept = epoch;
  }
  page.paragraph(summary(*kept) +
                 " Every column is a neuron, the same in all four maps; every row an epoch, from the top.");
  const auto order = order_of(epochs, report.run.best_epoch);
  std::vector<HtmlFigure> figures;
  for (const Quantity& quantity : quantities) figures.push_back(map_figure(quantity, epochs, order));
  if (order.size() > most_columns || epochs.size() > most_rows) {
    figures.front().caption +=
        fmt::format(" {} neurons and {} epochs are drawn as {} by {} cells, the mean of each.", order.size(),
                    epochs.size(), std::min(order.size(), most_columns), std::min(epochs.size(), most_rows));
  }
  page.figures(figures);
}

}  // namespace vdn::report
