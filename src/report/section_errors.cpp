// Errors by horizon step and by series.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <vdn/report/dot_plot.hpp>
#include <vdn/report/line_chart.hpp>

#include "report/run_sections.hpp"

namespace vdn::report {
namespace {

constexpr std::size_t plotted = 24, listed = 100;  // most series in the chart and in the table
constexpr std::size_t plotted_best = 6;            // so many of the chart's are the best when not all fit

/// Highest value shown: everything within twice the model's own, so that a bad baseline does not flatten the rest.
double ceiling_of(double own, double all) {
  return all > 2 * own ? 2 * own : 1.06 * all;
}

double largest(const std::vector<Metrics>& list) {
  double high = 0;
  for (const Metrics& metrics : list) {
    if (std::isfinite(metrics.crps)) high = std::max(high, metrics.crps);
  }
  return high;
}

double smallest(const BacktestTable& table) {
  double low = std::numeric_limits<double>::infinity();
  for (const BacktestRow& row : table.rows_of_table) {
    for (const Metrics& metrics : row.scaled_by_step) {
      if (std::isfinite(metrics.crps)) low = std::min(low, metrics.crps);
    }
  }
  return low;
}

HtmlFigure step_figure(const BacktestTable& table) {
  LineChart chart;
  chart.title = "CRPS by horizon step";
  chart.x_label = "steps ahead";
  chart.y_label = "CRPS, scaled";
  chart.whole_x = true;
  chart.height = 260;
  const auto styles = row_styles(table);
  double all = 0;
  for (std::size_t r = 0; r < table.rows_of_table.size(); ++r) {
    const auto& by_step = table.rows_of_table[r].scaled_by_step;
    all = std::max(all, largest(by_step));
    ChartLine line{table.rows_of_table[r].name, {}, {}, styles[r]};
    for (const Metrics& metrics : by_step) {
      line.x.push_back(static_cast<double>(line.x.size() + 1));
      line.y.push_back(metrics.crps);
    }
    chart.lines.push_back(line);
  }
  const double own = largest(table.rows_of_table[0].scaled_by_step), top = ceiling_of(own, all);
  // Where all lines are far from zero, their differences are shown and not the way to zero.
  const double low = smallest(table);
  chart.y_range = {low > 0.35 * top ? low - 0.1 * (top - low) : 0, top > 0 ? top : 1};
  const double H = static_cast<double>(table.rows_of_table[0].scaled_by_step.size());
  chart.x_range = {1, std::max(H, 2.0)};
  return {"By step",
          line_chart_svg(chart),
          all > top ? "Lines that leave the chart at the top are more than twice as bad as the model at its worst step."
                    : "",
          {}};
}

/// Series in order of the model's CRPS, the worst first; those without a figure left out.
std::vector<std::size_t> ranked(const BacktestRow& row) {
  std::vector<std::size_t> order(row.scaled_by_series.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t d) { return !std::isfinite(row.scaled_by_series[d].crps); });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return row.scaled_by_series[a].crps > row.scaled_by_series[b].crps;
  });
  return order;
}

std::string name_of(const RunReport& report, std::size_t d) {
  return d < report.series.size() ? report.series[d] : fmt::format("series {}", d + 1);
}

/// The model, its best twin and the best baseline: more marks a row would hide each other.
std::vector<std::size_t> compared_rows(const BacktestTable& table, std::size_t series) {
  std::vector<std::size_t> rows{0};
  const auto whole = [&](std::size_t r) { return table.rows_of_table[r].scaled_by_series.size() == series; };
  const std::size_t twin = best_row(table, [&](std::size_t r) { return whole(r) && is_twin(table.rows_of_table[r]); });
  const std::size_t other = best_row(table, [&](std::size_t r) { return whole(r) && is_baseline(table, r); });
  for (const std::size_t row : {twin, other}) {
    if (row < table.rows_of_table.size()) rows.push_back(row);
  }
  return rows;
}

HtmlFigure series_figure(const RunReport& report, const std::vector<std::size_t>& order,
                         const std::vector<std::size_t>& rows) {
  const BacktestTable& table = report.table;
  std::vector<std::size_t> shown = order;
  if (order.size() > plotted) {
    shown.assign(order.begin(), order.begin() + (plotted - plotted_best));
    shown.insert(shown.end(), order.end() - plotted_best, order.end());
  }
  DotPlot plot;
  plot.title = "CRPS by series";
  plot.x_label = "CRPS, scaled";
  for (const std::size_t d : shown) plot.rows.push_back(name_of(report, d));
  const auto styles = row_styles(table);
  double all = 0, own = 0;
  HtmlFigure figure;
  for (const std::size_t r : rows) {
    DotSet set{table.rows_of_table[r].name, {}, styles[r]};
    for (const std::size_t d : shown) {
      const double crps = table.rows_of_table[r].scaled_by_series[d].crps;
      set.values.push_back(crps);
      if (std::isfinite(crps)) all = std::max(all, crps);
      if (std::isfinite(crps) && r == 0) own = all;
    }
    figure.legend.push_back({set.name, set.style, dot_swatch(set.style)});
    plot.sets.push_back(set);
  }
  plot.x_high = ceiling_of(own, all) > 0 ? ceiling_of(own, all) : 1;
  figure.title = "By series";
  figure.svg = dot_plot_svg(plot);
  if (order.size() > shown.size()) {
    figure.caption =
        fmt::format("The {} worst and the {} best of {} series.", plotted - plotted_best, plotted_best, order.size());
  }
  return figure;
}

HtmlTable series_table(const RunReport& report, const std::vector<std::size_t>& order,
                       const std::vector<std::size_t>& rows) {
  const auto& own = report.table.rows_of_table[0].scaled_by_series;
  HtmlTable table;
  table.caption = "Scaled; the worst first. Windows with at least one observed value.";
  table.headings = {"series", "windows", "MSE", "MAE", "CRPS", "NLL", "cov 80", "cov 90"};
  for (std::size_t i = 1; i < rows.size(); ++i) {
    table.headings.push_back("CRPS of " + report.table.rows_of_table[rows[i]].name);
  }
  for (const std::size_t d : order) {
    if (table.rows.size() == listed) break;
    const Metrics& m = own[d];
    std::vector<HtmlCell> cells{name_of(report, d), std::to_string(m.windows)};
    for (const double figure : {m.mse, m.mae, m.crps, m.nll}) cells.emplace_back(figure_text(figure));
    for (const double share : {m.coverage_80, m.coverage_90}) cells.emplace_back(percent_text(share));
    for (std::size_t i = 1; i < rows.size(); ++i) {
      cells.emplace_back(figure_text(report.table.rows_of_table[rows[i]].scaled_by_series[d].crps));
    }
    table.rows.push_back(cells);
  }
  table.more = order.size() - table.rows.size();
  return table;
}

/// Cut at a character of UTF-8.
std::string shortened(const std::string& name) {
  std::size_t end = std::min<std::size_t>(name.size(), 60);
  while (end > 0 && end < name.size() && (name[end] & 0xC0) == 0x80) --end;
  return end < name.size() ? name.substr(0, end) + "\xE2\x80\xA6" : name;
}

std::string worst_text(const RunReport& report, const std::vector<std::size_t>& order) {
  std::string text = "Hardest series: ";
  const auto& own = report.table.rows_of_table[0].scaled_by_series;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i) {
    text += fmt::format("{}{} ({})", i > 0 ? ", " : "", shortened(name_of(report, order[i])),
                        figure_text(own[order[i]].crps));
  }
  return text + fmt::format("; the median of all is {}.", figure_text(own[order[order.size() / 2]].crps));
}

}  // namespace

void add_errors(HtmlPage& page, const RunReport& report) {
  const BacktestTable& table = report.table;
  if (table.rows_of_table.empty() || table.rows_of_table[0].scaled_by_step.empty()) return;
  page.section("Where the errors are");
  const auto order = ranked(table.rows_of_table[0]);
  const auto rows = compared_rows(table, table.rows_of_table[0].scaled_by_series.size());
  if (!order.empty()) page.paragraph(worst_text(report, order));
  page.legend(row_legend(table, [](const BacktestRow& row) { return !row.scaled_by_step.empty(); }));
  std::vector<HtmlFigure> figures{step_figure(table)};
  if (!order.empty()) figures.push_back(series_figure(report, order, rows));
  page.figures(figures);
  if (!order.empty()) page.folded_table("Figures of every series", series_table(report, order, rows));
}

}  // namespace vdn::report
