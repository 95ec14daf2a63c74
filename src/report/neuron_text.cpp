#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <vdn/report/neuron_report.hpp>

#include "report/neuron_rows.hpp"
#include "report/text_columns.hpp"

namespace vdn {
namespace {

constexpr std::size_t map_width = 64, most_epochs = 16, bar_width = 40, listed = 5;
constexpr std::string_view shades = " .:-=+*#%@";

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.0f}%", 100 * share) : "-";
}

std::string fact(const char* name, const std::string& text) {
  return fmt::format("  {:<12}{}\n", name, text);
}

std::string layer_text(const NeuronReport& report) {
  const RegimeRecord& r = report.regime;
  const auto N = static_cast<double>(r.info.size());
  std::string text = fmt::format("Neurons of {}: {}, at epoch {} over the validation windows\n", report.model,
                                 r.info.size(), report.epoch);
  text += fact("alive", fmt::format("{} tell more than {} nat of their input; {:.1f} nats in all", percent(r.alive),
                                    alive_information, r.info_sum));
  text += fact("price", fmt::format("{:.1f} nats of KL, {:.3f} a neuron; over 1e-4 in {} of windows", r.kl_mean * N,
                                    r.kl_mean, percent(r.alive_kl_mean)));
  text += fact("band", fmt::format("{} below, {} inside, {} above{}", percent(r.frac_low), percent(r.inside),
                                   percent(r.frac_high), report.band ? "" : "; nothing holds them there"));
  text += fact("units", fmt::format("{} active: mu varies by over 1% of the target", percent(r.active_units)));
  text += fact("persistence",
               std::isfinite(r.autocorrelation_mean)
                   ? fmt::format("{:.3f}, autocorrelation of mu over {} rows", r.autocorrelation_mean, report.stride)
                   : "not known");
  text += fact("control", report.mode);
  return text;
}

/// Shares of neurons that show a mode, a line at a time.
std::string shares_text(const NeuronReport& report) {
  std::string text, line;
  for (const auto& [mode, share] : report.collapse) {
    if (share == 0.0) continue;
    const std::string words = fmt::format("{} {}", diagnostics::collapse_name(mode), percent(share));
    if (line.size() + words.size() > 60) text += fact("", std::exchange(line, {}) + ",");
    line += (line.empty() ? "" : ", ") + words;
  }
  return text + (line.empty() ? "" : fact("", line));
}

std::string collapse_text(const NeuronReport& report) {
  std::string named;
  for (const auto& [mode, share] : report.collapse) {
    if (share <= report.collapse_share) continue;
    named +=
        fact(named.empty() ? "collapse" : "", fmt::format("{}: {} of the neurons {}", diagnostics::collapse_name(mode),
                                                          percent(share), diagnostics::collapse_meaning(mode)));
  }
  return named.empty() ? fact("collapse", "none") + shares_text(report) : named;
}

/// Mean of the finite values, NaN of none.
double mean_of(const std::vector<float>& values, std::span<const std::size_t> which) {
  double sum = 0.0, count = 0.0;
  for (const std::size_t i : which) {
    if (!std::isfinite(values[i])) continue;
    sum += static_cast<double>(values[i]);
    count += 1.0;
  }
  return sum / count;
}

/// A character for information: blank up to what counts as silent, then by the logarithm up to `most`.
char shade(double info, double most) {
  if (!(info > alive_information)) return shades.front();
  const double place = std::log(info / alive_information) / std::log(most / alive_information);
  const auto last = static_cast<double>(shades.size() - 1);
  return shades[static_cast<std::size_t>(std::clamp(1.0 + place * (last - 1.0), 1.0, last))];
}

std::string map_text(const NeuronReport& report) {
  std::vector<std::size_t> order(report.regime.info.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return report.regime.info[a] > report.regime.info[b]; });
  std::vector<const EpochReport*> epochs;
  for (const EpochReport& epoch : report.run.epochs) {
    if (epoch.neurons.info.size() == order.size()) epochs.push_back(&epoch);
  }
  const std::size_t columns = std::min(map_width, order.size()), rows = std::min(most_epochs, epochs.size());
  double most = 10 * alive_information;
  for (const EpochReport* epoch : epochs) {
    for (const double value : epoch->neurons.info) most = std::isfinite(value) ? std::max(most, value) : most;
  }
  std::string text =
      fmt::format("\nInformation by epoch; left the neurons that tell most ({} a column)\n",
                  order.size() == columns
                      ? "one"
                      : fmt::format("{:.3g}", static_cast<double>(order.size()) / static_cast<double>(columns)));
  for (std::size_t row = 0; row < rows; ++row) {
    const EpochReport& epoch = *epochs[row * epochs.size() / rows];
    text += fmt::format("  {:>6} |", epoch.epoch);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t begin = c * order.size() / columns, end = (c + 1) * order.size() / columns;
      text += shade(mean_of(epoch.neurons.info, std::span(order).subspan(begin, end - begin)), most);
    }
    text += "|\n";
  }
  return text + fmt::format("  blank: at most {} nat, '@': {:.3g}\n", alive_information, most);
}

/// Neurons between ends, as bars; the last bin is open.
std::string bars(const char* title, const std::vector<float>& values, std::span<const double> ends) {
  std::vector<std::size_t> counts(ends.size() + 1);
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++counts[static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), value) - ends.begin())];
  }
  const std::size_t most = std::max<std::size_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string text = fmt::format("\n{}\n", title);
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    std::string label = bin == ends.size() ? fmt::format("{:g} on", ends.back()) : fmt::format("< {:g}", ends[bin]);
    if (label == "< 1.0001") label = "inside";
    text += fmt::format("  {:<10}{:>7}  {}\n", label, counts[bin],
                        std::string((counts[bin] * bar_width + most - 1) / most, '#'));
  }
  return text;
}

std::string histograms_text(const RegimeRecord& r) {
  constexpr double nats[] = {0.001, 0.01, 0.03, 0.1, 0.3, 1, 3};
  constexpr double spreads[] = {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1.1};
  constexpr double places[] = {0.1, 0.5, 1, 1.0001, 2, 10};
  std::vector<float> place;
  for (std::size_t i = 0; i < r.band_low.size(); ++i) {
    place.push_back(r.mu2[i] < r.band_low[i] ? r.mu2[i] / r.band_low[i] : std::max(1.0f, r.mu2[i] / r.band_high[i]));
  }
  std::string text =
      bars("Information, nats", r.info, nats) + bars("KL, nats", r.kl, nats) + bars("Sigma", r.sigma, spreads);
  if (place.empty()) return text;
  return text + bars("Activity over the end of the band that was passed", place, places);
}

std::string table_text(const NeuronReport& report, std::span<const std::size_t> neurons) {
  std::vector<std::vector<std::string>> rows{report::neuron_headings(report)};
  for (const std::size_t i : neurons) rows.push_back(report::neuron_cells(report, i));
  for (auto& row : rows) row.front() = "  " + row.front();
  return text_columns(rows);
}

}  // namespace

std::string neuron_text(const NeuronReport& report) {
  const auto order = rank_neurons(report);
  const std::size_t shown = std::min(listed, order.size());
  const std::span<const std::size_t> ranked(order);
  std::string text = layer_text(report) + collapse_text(report) + map_text(report) + histograms_text(report.regime);
  text += report.contribution.empty()
              ? "\nMost and least information (--data TABLE ranks by contribution)\n"
              : fmt::format("\nMost and least contribution: worth in 1e-3 nats a step, over {} windows\n",
                            report.contribution_windows);
  text += table_text(report, ranked.first(shown)) + "  ...\n";
  const std::string least = table_text(report, ranked.last(shown));
  text += least.substr(least.find('\n') + 1);
  for (const std::string& sentence : report.missing) text += "\n" + sentence + "\n";
  return text;
}

}  // namespace vdn
