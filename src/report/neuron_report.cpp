#include <vdn/report/neuron_report.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include <fmt/format.h>

#include <vdn/control/regulator.hpp>
#include <vdn/core/error.hpp>
#include <vdn/train/neuron_state.hpp>

#include "report/neuron_rows.hpp"
#include "report/run_sections.hpp"

namespace vdn {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t listed = 8;  // neurons at either end of the ranking

/// The best epoch alone, where nothing of the others is left.
RunRecord run_of_model(const Forecaster& model) {
  RunRecord run;
  run.best_epoch = model.training().best_epoch;
  for (const auto& p : settings_table().parameters()) run.settings.emplace_back(p.name, p.print(model.settings()));
  run.epochs.push_back({.epoch = run.best_epoch, .neurons = model.regime()});
  return run;
}

bool has_neurons(const RunRecord& run) {
  return std::any_of(run.epochs.begin(), run.epochs.end(), [](const EpochReport& e) { return !e.neurons.mu2.empty(); });
}

/// The record of the best epoch is what the model holds of it: the history is of this model.
bool is_of(const RunRecord& run, const RegimeRecord& regime, std::size_t best_epoch) {
  return std::any_of(run.epochs.begin(), run.epochs.end(), [&](const EpochReport& e) {
    return e.epoch == best_epoch && e.neurons.mu2 == regime.mu2 && e.neurons.info == regime.info;
  });
}

Json finite(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json regime_json(const RegimeRecord& r) {
  return {{"mu2_mean", finite(r.mu2_mean)},
          {"sigma_mean", finite(r.sigma_mean)},
          {"kl_mean", finite(r.kl_mean)},
          {"info_sum", finite(r.info_sum)},
          {"alive", finite(r.alive)},
          {"alive_kl", finite(r.alive_kl_mean)},
          {"frac_low", finite(r.frac_low)},
          {"frac_high", finite(r.frac_high)},
          {"inside", finite(r.inside)},
          {"active_units", finite(r.active_units)},
          {"autocorrelation", finite(r.autocorrelation_mean)}};
}

double mean_of(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

HtmlTable neuron_table(const NeuronReport& report, const char* caption, std::span<const std::size_t> neurons) {
  HtmlTable table{.caption = caption, .headings = report::neuron_headings(report)};
  for (const std::size_t i : neurons) {
    const auto cells = report::neuron_cells(report, i);
    table.rows.emplace_back(cells.begin(), cells.end());
  }
  return table;
}

}  // namespace

NeuronReport describe_neurons(const Forecaster& model, const std::string& path, RunRecord run) {
  if (!model.regime().known()) {
    throw Error(ErrorKind::data, path, "the model holds no record of its neurons",
                "a fit with a validated epoch by this version of vdn keeps one");
  }
  const Settings& s = model.settings();
  NeuronReport report{.model = path, .epoch = model.training().best_epoch, .stride = s.stride_ar};
  report.mode = control::print_mode(s.mode);
  report.band = control::holds_band(s.mode);
  report.regime = model.regime();
  if (report.regime.band_low.empty()) {
    // Files without bands: those that settings give.
    NeuronState state = initial_state(s);
    if (report.regime.variance.empty()) report.regime.variance.assign(s.neurons, 0.0f);
    const double active = report.regime.active_units;
    add_state(report.regime, s, state);
    report.regime.active_units = active;
  }
  report.collapse_share = s.collapse_share;
  report.collapse = diagnostics::collapse_shares(report.regime, collapse_context(s, report.regime), s);
  if (!has_neurons(run)) {
    report.missing.push_back(
        "Only the best epoch is shown: there is no neurons.bin with events.jsonl beside the model.");
    run = run_of_model(model);
  } else if (!is_of(run, model.regime(), report.epoch)) {
    report.missing.push_back("Only the best epoch is shown: neurons.bin beside the model is of another training.");
    run = run_of_model(model);
  }
  report.run = std::move(run);
  for (EpochReport& epoch : report.run.epochs) {
    if (epoch.epoch == report.epoch && epoch.neurons.band_low.empty()) epoch.neurons = report.regime;
  }
  return report;
}

std::vector<std::size_t> rank_neurons(const NeuronReport& report) {
  std::vector<std::size_t> order(report.regime.info.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto worth = [&](std::size_t i) {
    const double value =
        report.contribution.empty() ? static_cast<double>(report.regime.info[i]) : report.contribution[i];
    return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return worth(a) > worth(b); });
  return order;
}

std::string neuron_json(const NeuronReport& report) {
  Json collapse = Json::array(), neurons = Json::object(), epochs = Json::array();
  for (const auto& [mode, share] : report.collapse) {
    collapse.push_back(
        {{"mode", diagnostics::collapse_name(mode)}, {"share", share}, {"named", share > report.collapse_share}});
  }
  for (const NeuronFigure& figure : neuron_figures) {
    const auto& values = report.regime.*figure.values;
    if (!values.empty()) neurons[figure.name] = values;
  }
  for (const EpochReport& epoch : report.run.epochs) {
    Json line{{"epoch", epoch.epoch}};
    for (const NeuronFigure& figure : neuron_figures) {
      const auto& values = epoch.neurons.*figure.values;
      if (!values.empty()) line[figure.name] = finite(mean_of(values));
    }
    epochs.push_back(std::move(line));
  }
  const Json document{{"model", report.model},
                      {"epoch", report.epoch},
                      {"mode", report.mode},
                      {"regime", regime_json(report.regime)},
                      {"collapse", collapse},
                      {"ranked_by", report.contribution.empty() ? "info" : "contribution"},
                      {"rank", rank_neurons(report)},
                      {"contribution", report.contribution.empty() ? Json(nullptr) : Json(report.contribution)},
                      {"neurons", neurons},
                      {"epochs", epochs},
                      {"missing", report.missing}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string neuron_page_html(const NeuronReport& report) {
  const RegimeRecord& r = report.regime;
  const std::size_t N = r.info.size();
  HtmlPage page(fmt::format("Neurons of {}", report.model),
                fmt::format("{} neurons at epoch {}, control mode {}", N, report.epoch, report.mode));
  for (const std::string& sentence : report.missing) page.note(sentence);
  page.facts({{"alive", report::percent_text(r.alive), "tell more than 0.01 nat"},
              {"told", fmt::format("{:.1f}", r.info_sum), "nats, all neurons together"},
              {"paid", fmt::format("{:.1f}", r.kl_mean * static_cast<double>(N)), "nats of KL"},
              {"inside", report::percent_text(r.inside), report.band ? "of the band" : "of a band nothing holds"},
              {"persistence", report::figure_text(r.autocorrelation_mean),
               fmt::format("autocorrelation of mu, {} rows", report.stride)}});
  RunReport run;
  run.run = report.run;
  report::add_neurons(page, run);
  const auto order = rank_neurons(report);
  const std::size_t shown = std::min(2 * listed, N);
  page.section("Who contributes");
  page.paragraph(report.contribution.empty()
                     ? "Ranked by information; --data TABLE ranks by what a forecast loses without the neuron."
                     : fmt::format("Ranked by the log-likelihood per step that is lost without the neuron, on {} "
                                   "validation windows, in thousandths of a nat.",
                                   report.contribution_windows));
  const std::span<const std::size_t> ranked(order);
  page.table(neuron_table(report, "Most", ranked.first(shown)));
  page.table(neuron_table(report, "Least", ranked.last(shown)));
  return page.html("vdn inspect --neurons");
}

}  // namespace vdn
