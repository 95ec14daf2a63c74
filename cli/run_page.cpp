#include "run_page.hpp"

#include <algorithm>
#include <filesystem>

#include <vdn/io/atomic_file.hpp>
#include <vdn/report/backtest_chart.hpp>

namespace vdn::cli {
namespace {

/// "CRPS 0.105, rank 3 of 12"; nothing without figures by series.
std::string caption_of(const BacktestTable& table, std::size_t d) {
  if (table.rows_of_table.empty() || d >= table.rows_of_table[0].scaled_by_series.size()) return "";
  const auto& by_series = table.rows_of_table[0].scaled_by_series;
  const double crps = by_series[d].crps;
  const auto better =
      std::count_if(by_series.begin(), by_series.end(), [&](const Metrics& other) { return other.crps < crps; });
  return fmt::format("CRPS over all test windows {:.3f}, scaled: rank {} of {}.", crps, better + 1, by_series.size());
}

}  // namespace

std::string in_run(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).string();
}

RunRecord read_run(const std::string& folder) {
  RunRecord run = read_events(in_run(folder, "events.jsonl"));
  const std::string path = in_run(folder, "neurons.bin");
  if (!std::filesystem::exists(path)) return run;  // runs of earlier versions have the figures in events.jsonl
  try {
    const NeuronHistory history = read_neurons(path);
    if (!history.epochs.empty() && !run.epochs.empty()) add_neurons(run, history);
  } catch (const Error&) {  // damaged: the page goes without maps of the neurons
  }
  return run;
}

void add_panels(Forecaster& model, const LoadedData& data, Scheduler& scheduler, RunReport& report) {
  const std::size_t length = data.series.length();
  const bool scored = report.table.rows.size() >= model.horizon() && report.table.rows.end <= length;
  const std::size_t origin = scored ? middle_origin(report.table.rows, model.horizon()) : length;
  const auto chosen = telling_series(report.table, data.series.count());
  report.panels = backtest_panels(model, data.series, origin, chosen, scheduler);
  for (const std::size_t d : chosen) report.panel_captions.push_back(caption_of(report.table, d));
  const std::string start = report.panels.empty() ? "" : report.panels[0].future_times.front();
  const std::string which =
      chosen.size() == data.series.count() ? "All series"
      : report.table.rows_of_table.empty()
          ? fmt::format("The first {} series", chosen.size())
          : fmt::format("{} of {} series, from the best to the worst", chosen.size(), data.series.count());
  report.panels_text =
      scored ? fmt::format("One forecast of {} from {}, in the middle of the test rows. {}; original units.",
                           counted(model.horizon(), "row"), start, which)
             : fmt::format("The {} after the end of the table, from {}. {}; original units.",
                           counted(model.horizon(), "row"), start, which);
}

std::string write_run_page(const std::string& folder, const RunReport& report) {
  const std::string path = in_run(folder, "report.html");
  write_file_atomically(path, run_report_html(report, "vdn " VDN_VERSION));
  return path;
}

}  // namespace vdn::cli
