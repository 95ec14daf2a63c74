// The regime of every neuron over the epochs.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <vdn/diagnostics/collapse.hpp>
#include <vdn/report/heat_map.hpp>
#include <vdn/report/histogram.hpp>
#include <vdn/report/line_chart.hpp>
#include <vdn/train/neuron_state.hpp>

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

// ---- one epoch's neurons

/// Runs of earlier versions did not record bands.
bool banded(const EpochReport& epoch) {
  const NeuronFigures& n = epoch.neurons;
  return !n.mu2.empty() && n.band_low.size() == n.mu2.size() && n.band_high.size() == n.mu2.size();
}

/// Logarithms to base 10, those under `least` as `least`; what is no number is left out.
std::vector<double> logarithms(const std::vector<float>& values, double least) {
  std::vector<double> logs;
  for (const double value : values) {
    if (!std::isnan(value)) logs.push_back(std::log10(std::max(value, least)));
  }
  return logs;
}

HtmlFigure histogram_figure(const char* title, const char* label, const std::vector<double>& values, double low,
                            double high, const std::string& caption) {
  constexpr std::size_t bins = 32;
  Histogram h{.title = fmt::format("{} of the neurons", title), .x_label = label, .y_label = "neurons"};
  h.low = low;
  h.high = high > low ? high : low + 1;
  h.heights.assign(bins, 0.0);
  for (const double value : values) {
    const double place = (value - h.low) / (h.high - h.low) * static_cast<double>(bins);
    h.heights[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bins - 1)))] += 1.0;
  }
  return {title, histogram_svg(h), caption, {}};
}

double most_of(const std::vector<double>& values, double least) {
  return values.empty() ? least : std::max(least, *std::max_element(values.begin(), values.end()));
}

std::vector<HtmlFigure> histograms(const NeuronFigures& kept) {
  const auto info = logarithms(kept.info, 1e-4), kl = logarithms(kept.kl, 1e-4);
  std::vector<double> sigma;
  std::copy_if(kept.sigma.begin(), kept.sigma.end(), std::back_inserter(sigma), [](double s) { return s < 100; });
  return {histogram_figure("Information", "log10 of info, nats", info, -4, most_of(info, 0),
                           "Alive is right of -2; all that tell less than .0001 nat stand at the left edge."),
          histogram_figure("KL", "log10 of KL, nats", kl, -4, most_of(kl, 0), "What neurons pay."),
          histogram_figure("Sigma", "mean sigma", sigma, 0, most_of(sigma, 1), "1 is the standard prior's.")};
}

/// Neurons by target, then by activity, against the ends of their band.
HtmlFigure band_figure(const NeuronFigures& kept) {
  std::vector<std::size_t> order(kept.mu2.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(kept.band_low[a], kept.mu2[a]) < std::pair(kept.band_low[b], kept.mu2[b]);
  });
  LineChart chart{.title = "Activity of every neuron against its band",
                  .x_label = "neurons, by target and activity",
                  .y_label = "log10 of activity"};
  const auto line = [&](const char* name, const std::vector<float>& values, std::size_t style) {
    ChartLine l{.name = name, .style = style};
    for (std::size_t at = 0; at < order.size(); ++at) {
      l.x.push_back(static_cast<double>(at));
      l.y.push_back(std::log10(std::max(1e-9, static_cast<double>(values[order[at]]))));
    }
    chart.lines.push_back(std::move(l));
  };
  line("activity", kept.mu2, 0);
  line("lower end", kept.band_low, 4);
  line("upper end", kept.band_high, 5);
  return {"Activity against the band",
          line_chart_svg(chart),
          "Between the lines is inside. Without a control mode that has a band, nothing holds neurons there.",
          {{"activity", 0}, {"lower end", 4}, {"upper end", 5}}};
}

// ---- the layer over the epochs

struct ShareLine {
  std::string name;
  std::vector<double> shares;
};

HtmlFigure share_figure(const char* title, const std::vector<const EpochReport*>& epochs,
                        const std::vector<ShareLine>& lines, const std::string& caption) {
  LineChart chart{.title = fmt::format("{}, by epoch", title), .x_label = "epoch", .y_label = "share of neurons"};
  chart.y_range = {0, 1};
  chart.whole_x = true;
  HtmlFigure figure{title, "", caption, {}};
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const std::size_t style = k == 0 ? 0 : 3 + k;
    ChartLine line{.name = lines[k].name, .y = lines[k].shares, .style = style, .dots = epochs.size() < 2};
    for (const EpochReport* epoch : epochs) line.x.push_back(static_cast<double>(epoch->epoch));
    chart.lines.push_back(std::move(line));
    figure.legend.push_back({lines[k].name, style});
  }
  figure.svg = line_chart_svg(chart);
  return figure;
}

HtmlFigure occupancy_figure(const std::vector<const EpochReport*>& epochs) {
  std::vector<ShareLine> lines{{"inside", {}}, {"below", {}}, {"above", {}}};
  for (const EpochReport* epoch : epochs) {
    RegimeRecord regime;
    regime.mu2 = epoch->neurons.mu2;
    add_bands(regime, bands_of(epoch->neurons), {});
    lines[0].shares.push_back(regime.inside);
    lines[1].shares.push_back(regime.frac_low);
    lines[2].shares.push_back(regime.frac_high);
  }
  return share_figure("Band", epochs, lines, "Shares of neurons inside, below and above their band.");
}

HtmlFigure collapse_figure(const std::vector<const EpochReport*>& epochs, const Settings& settings) {
  std::vector<ShareLine> lines;
  for (const auto mode : diagnostics::collapse_modes) lines.push_back({diagnostics::collapse_name(mode), {}});
  for (const EpochReport* epoch : epochs) {
    const auto shares =
        diagnostics::collapse_shares(epoch->neurons, collapse_context(settings, epoch->neurons), settings);
    for (std::size_t m = 0; m < shares.size(); ++m) lines[m].shares.push_back(shares[m].share);
  }
  return share_figure("Collapse", epochs, lines,
                      fmt::format("Shares of neurons that show a mode; named above {:g}.", settings.collapse_share));
}

/// "Collapse: posterior from epoch 2 to epoch 5 ..."
std::string collapse_text(const RunRecord& run) {
  std::string text;
  for (std::size_t c = 0; c < run.collapses.size(); ++c) {
    const auto& begin = run.collapses[c];
    if (!begin.begins) continue;
    const auto end =
        std::find_if(run.collapses.begin() + static_cast<std::ptrdiff_t>(c), run.collapses.end(),
                     [&](const auto& change) { return !change.begins && change.collapse.mode == begin.collapse.mode; });
    text += fmt::format("{}{} from epoch {}{} ({:.0f}% of the neurons {})", text.empty() ? "Collapse: " : "; ",
                        diagnostics::collapse_name(begin.collapse.mode), begin.epoch,
                        end == run.collapses.end() ? " on" : fmt::format(" until epoch {}", end->epoch),
                        100 * begin.collapse.share, diagnostics::collapse_meaning(begin.collapse.mode));
  }
  return text.empty() ? "" : text + ".";
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
  const std::string collapse = collapse_text(report.run);
  if (collapse.empty()) {
    page.paragraph("No collapse mode was named.");
  } else {
    page.note(collapse, HtmlNote::warning);
  }
  const auto order = order_of(epochs, report.run.best_epoch);
  std::vector<HtmlFigure> figures;
  for (const Quantity& quantity : quantities) figures.push_back(map_figure(quantity, epochs, order));
  if (order.size() > most_columns || epochs.size() > most_rows) {
    figures.front().caption +=
        fmt::format(" {} neurons and {} epochs are drawn as {} by {} cells, the mean of each.", order.size(),
                    epochs.size(), std::min(order.size(), most_columns), std::min(epochs.size(), most_rows));
  }
  if (banded(*kept)) {
    figures.push_back(band_figure(kept->neurons));
    std::vector<const EpochReport*> with_band;
    std::copy_if(epochs.begin(), epochs.end(), std::back_inserter(with_band),
                 [](const EpochReport* epoch) { return banded(*epoch); });
    figures.push_back(occupancy_figure(with_band));
  }
  if (!report.run.settings.empty()) figures.push_back(collapse_figure(epochs, settings_of(report.run)));
  for (HtmlFigure& figure : histograms(kept->neurons)) figures.push_back(std::move(figure));
  page.figures(figures);
}

}  // namespace vdn::report
