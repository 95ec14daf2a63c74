#include <vdn/report/dot_plot.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/report/line_chart.hpp>

#include "report/chart_frame.hpp"

namespace vdn {
namespace {

using report::ChartFrame;
using report::number;

constexpr double row_height = 20, top = 8;
constexpr std::size_t name_limit = 20;  // characters shown of a row's name

double largest(const DotPlot& plot) {
  double high = 0;
  for (const DotSet& set : plot.sets) {
    for (const double value : set.values) {
      if (report::AxisRange::shown(value)) high = std::max(high, value);
    }
  }
  return plot.x_high.value_or(high > 0 ? 1.05 * high : 1.0);
}

/// Characters of a UTF-8 text, about as wide as they are many.
double name_width(const std::string& name) {
  const auto starts = std::count_if(name.begin(), name.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return 7.2 * static_cast<double>(std::min<std::size_t>(static_cast<std::size_t>(starts), name_limit + 1));
}

ChartFrame frame_of(const DotPlot& plot) {
  double names = 30;
  for (const std::string& row : plot.rows) names = std::max(names, name_width(row));
  const double left = names + 12;
  const double height = row_height * static_cast<double>(std::max<std::size_t>(1, plot.rows.size()));
  return {left, top, report::chart_width - left - 16, height, {0, largest(plot)}, {0, 1}};
}

/// A circle, square, diamond or triangle: told apart without colour.
std::string mark(std::size_t style, double x, double y) {
  const char* shapes[] = {"", "m-4 -4h8v8h-8z", "m0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z", "m0 -5l5 9h-10z"};
  const std::size_t k = line_style(style), shape = k % 4;
  if (shape == 0) {
    return fmt::format("<circle class=\"d k{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", k, number(x), number(y),
                       k == 0 ? "4.5" : "4");
  }
  return fmt::format("<path class=\"d k{}\" d=\"M{} {}{}\"/>", k, number(x), number(y), shapes[shape]);
}

std::string beyond(std::size_t style, double x, double y) {
  return fmt::format("<path class=\"d k{}\" d=\"M{} {}l7 4.5l-7 4.5z\"/>", line_style(style), number(x),
                     number(y - 4.5));
}

std::string draw_row(const DotPlot& plot, std::size_t r, const ChartFrame& frame) {
  const double y = frame.top + (static_cast<double>(r) + 0.5) * row_height;
  std::string svg = fmt::format("<g><title>{}", report::xml_text(plot.rows[r], 200));
  for (const DotSet& set : plot.sets) {
    const double value = set.values[r];
    svg += fmt::format(", {}: {}", report::xml_text(set.name),
                       report::AxisRange::shown(value) ? fmt::format("{:.4g}", value) : "-");
  }
  svg += fmt::format("</title><path class=\"g\" d=\"M{} {}h{}\"/><text class=\"e n\" x=\"{}\" y=\"{}\">{}</text>",
                     number(frame.left), number(y), number(frame.width), number(frame.left - 9), number(y + 4),
                     report::xml_text(plot.rows[r], name_limit));
  for (auto set = plot.sets.rbegin(); set != plot.sets.rend(); ++set) {
    const double value = set->values[r];
    if (!report::AxisRange::shown(value)) continue;
    svg += value > frame.x_range.high ? beyond(set->style, frame.right(), y)
                                      : mark(set->style, frame.x(std::max(0.0, value)), y);
  }
  return svg + "</g>\n";
}

}  // namespace

std::string dot_plot_svg(const DotPlot& plot) {
  for (const DotSet& set : plot.sets) {
    if (set.values.size() == plot.rows.size()) continue;
    throw Error(ErrorKind::software, "dot plot", "'" + set.name + "' has not one value a row");
  }
  const ChartFrame frame = frame_of(plot);
  std::string names;
  for (const DotSet& set : plot.sets) names += (names.empty() ? "" : ", ") + set.name;
  std::string svg =
      report::open_chart(plot.title, fmt::format("{} in {} rows for {}.", plot.x_label, plot.rows.size(), names),
                         report::chart_height(frame));
  svg += report::draw_x_axis(frame, plot.x_label);
  for (std::size_t r = 0; r < plot.rows.size(); ++r) svg += draw_row(plot, r, frame);
  return svg + "</svg>\n";
}

}  // namespace vdn
