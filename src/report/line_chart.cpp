#include <vdn/report/line_chart.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include <vdn/core/error.hpp>

#include "report/chart_frame.hpp"

namespace vdn {
namespace {

using report::AxisRange;
using report::ChartFrame;
using report::number;

/// The data of all lines along one axis.
AxisRange range_along(const LineChart& chart, std::vector<double> ChartLine::*axis, bool air) {
  std::vector<double> values;
  for (const ChartLine& line : chart.lines) values.insert(values.end(), (line.*axis).begin(), (line.*axis).end());
  if (air) return report::range_of(values);
  std::erase_if(values, [](double value) { return !AxisRange::shown(value); });
  if (values.empty()) return {0, 1};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low < *high) return {*low, *high};
  return {*low - 0.5, *high + 0.5};
}

AxisRange chosen(const std::optional<std::pair<double, double>>& given, const AxisRange& found) {
  return given && given->first < given->second ? AxisRange{given->first, given->second} : found;
}

std::string draw_line(const ChartLine& line, const ChartFrame& frame) {
  std::vector<report::Point> points;
  for (std::size_t i = 0; i < line.x.size(); ++i) points.push_back({frame.x(line.x[i]), frame.y(line.y[i])});
  std::string svg =
      fmt::format("<g class=\"k{}\"><title>{}</title>", line_style(line.style), report::xml_text(line.name));
  const std::string path = report::line_path(points, 3);
  if (!path.empty()) svg += fmt::format("<path class=\"l\" d=\"{}\"/>", path);
  for (const report::Point& p : points) {
    if (!line.dots || std::isnan(p.y)) continue;
    svg += fmt::format("<circle class=\"d\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", number(p.x), number(p.y));
  }
  return svg + "</g>\n";
}

std::string draw_references(const LineChart& chart, const ChartFrame& frame) {
  std::string svg;
  if (chart.diagonal) {
    svg += fmt::format("<path class=\"r\" d=\"M{} {}L{} {}\"/>\n", number(frame.x(frame.x_range.low)),
                       number(frame.y(frame.x_range.low)), number(frame.x(frame.x_range.high)),
                       number(frame.y(frame.x_range.high)));
  }
  if (chart.mark_x && *chart.mark_x >= frame.x_range.low && *chart.mark_x <= frame.x_range.high) {
    const double x = frame.x(*chart.mark_x), width = report::text_width(chart.mark_label);
    const bool left = x + width + 8 > frame.right();
    svg += fmt::format("<path class=\"r\" d=\"M{} {}v{}\"/><text{} x=\"{}\" y=\"{}\">{}</text>\n", number(x),
                       number(frame.top), number(frame.height), left ? " class=\"e\"" : "", number(x + (left ? -6 : 6)),
                       number(frame.top + 12), report::xml_text(chart.mark_label, 40));
  }
  return svg;
}

std::string describe(const LineChart& chart) {
  std::string text = fmt::format("{} over {}.", chart.y_label, chart.x_label);
  for (const ChartLine& line : chart.lines) {
    std::vector<double> there;
    std::copy_if(line.y.begin(), line.y.end(), std::back_inserter(there), AxisRange::shown);
    text += " " + line.name;
    text += there.empty() ? ": no value." : fmt::format(": from {:.4g} to {:.4g}.", there.front(), there.back());
  }
  return text;
}

}  // namespace

std::size_t line_style(std::size_t style) {
  return style < 9 ? style : 4 + (style - 4) % 5;
}

std::string line_chart_svg(const LineChart& chart) {
  for (const ChartLine& line : chart.lines) {
    if (line.x.size() == line.y.size()) continue;
    throw Error(ErrorKind::software, "line chart", "the line '" + line.name + "' is not of one length");
  }
  const ChartFrame frame =
      report::make_frame(chosen(chart.x_range, range_along(chart, &ChartLine::x, false)),
                         chosen(chart.y_range, range_along(chart, &ChartLine::y, true)), chart.height);
  std::string svg = report::open_chart(chart.title, describe(chart), report::chart_height(frame));
  svg += report::draw_y_axis(frame, chart.y_label) + report::draw_x_axis(frame, chart.x_label, chart.whole_x);
  // Dots at the edges may reach out; lines may only where the range was chosen.
  const bool clip = chart.y_range || chart.x_range;
  if (clip) svg += report::open_clip(frame);
  svg += draw_references(chart, frame);
  for (auto line = chart.lines.rbegin(); line != chart.lines.rend(); ++line) svg += draw_line(*line, frame);
  return svg + (clip ? "</svg>\n</svg>\n" : "</svg>\n");
}

}  // namespace vdn
