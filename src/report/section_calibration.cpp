// Nominal against observed coverage, and where the truth fell in the predictive distribution.

#include <fmt/format.h>

#include <algorithm>

#include <vdn/report/histogram.hpp>
#include <vdn/report/line_chart.hpp>

#include "report/run_sections.hpp"

namespace vdn::report {
namespace {

std::size_t total(const PitCounts& counts) {
  std::size_t all = 0;
  for (const std::size_t count : counts) all += count;
  return all;
}

HtmlFigure coverage_figure(const BacktestTable& table) {
  LineChart chart;
  chart.title = "Coverage of central intervals, nominal against observed";
  chart.x_label = "nominal coverage, %";
  chart.y_label = "observed coverage, %";
  chart.x_range = chart.y_range = std::pair(0.0, 100.0);
  chart.diagonal = true;
  chart.height = 300;
  const auto styles = row_styles(table);
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    const BacktestRow& row = table.rows_of_table[r];
    if (total(row.pit) == 0) continue;
    ChartLine line{row.name, {0}, {0}, styles[r]};
    for (int tenth = 1; tenth <= 10; ++tenth) {
      line.x.push_back(10 * tenth);
      line.y.push_back(100 * central_coverage(row.pit, 0.1 * tenth));
    }
    chart.lines.push_back(line);
  }
  return {"Nominal against observed",
          line_chart_svg(chart),
          "On the dashed diagonal intervals hold what they promise; below it they are too narrow, above too wide.",
          {}};
}

/// Density over the twenty bins: 1 everywhere for a calibrated forecast.
std::vector<double> densities(const PitCounts& counts) {
  std::vector<double> heights;
  for (const std::size_t count : counts) {
    heights.push_back(static_cast<double>(pit_bins * count) / static_cast<double>(total(counts)));
  }
  return heights;
}

std::string pit_histogram(const BacktestRow& row, std::size_t style, double top) {
  Histogram histogram;
  histogram.title = "Where the truth fell in the forecasts of " + row.name;
  histogram.x_label = "predicted probability of a lower value";
  histogram.y_label = "density, " + row.name;
  histogram.heights = densities(row.pit);
  histogram.reference = 1;
  histogram.top = top;
  histogram.style = style;
  histogram.height = 104;
  return histogram_svg(histogram);
}

}  // namespace

void add_calibration(HtmlPage& page, const RunReport& report) {
  const BacktestTable& table = report.table;
  if (table.rows_of_table.empty() || total(table.rows_of_table[0].pit) == 0) return;
  page.section("Calibration").legend(row_legend(table, [](const BacktestRow& row) { return total(row.pit) > 0; }));
  const std::size_t other =
      best_row(table, [&](std::size_t r) { return is_baseline(table, r) && total(table.rows_of_table[r].pit) > 0; });
  double top = 0;
  std::vector<std::size_t> shown{0};
  if (other < table.rows_of_table.size()) shown.push_back(other);
  for (const std::size_t r : shown) {
    const auto heights = densities(table.rows_of_table[r].pit);
    top = std::max(top, 1.08 * *std::max_element(heights.begin(), heights.end()));
  }
  // The histograms share a column, one above the other, on one scale.
  HtmlFigure pits;
  pits.title = "Where the truth fell";
  const auto styles = row_styles(table);
  for (const std::size_t r : shown) {
    pits.svg += pit_histogram(table.rows_of_table[r], styles[r], top);
  }
  pits.caption =
      "Flat at the dashed line: calibrated. Full edges: too sure of itself; a full middle: too cautious; a slope: the "
      "forecasts lie too high or too low.";
  page.figures({coverage_figure(table), pits});
}

}  // namespace vdn::report
