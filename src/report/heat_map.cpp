#include <vdn/report/heat_map.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <vdn/core/error.hpp>

#include "report/axis_ticks.hpp"
#include "report/chart_frame.hpp"

namespace vdn {
namespace {

using report::ChartFrame;
using report::number;

constexpr std::size_t colours = 16, no_colour = colours;
constexpr double scale_height = 52;  // the colour scale above the plot

/// Values to steps of colour.
struct ColourScale {
  double low, high;  ///< logarithms where `logarithmic`
  bool logarithmic;

  double place(double value) const { return logarithmic ? std::log(value) : value; }
  double value(double share) const {
    const double at = low + share * (high - low);
    return logarithmic ? std::exp(at) : at;
  }
  std::size_t step(double value) const {
    if (!report::AxisRange::shown(value)) return no_colour;
    if (logarithmic && value <= 0) return 0;
    const double share = (place(value) - low) / (high - low);
    return static_cast<std::size_t>(std::clamp(share * colours, 0.0, colours - 1.0));
  }
};

ColourScale scale_of(const HeatMap& map) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : map.values) {
    if (!report::AxisRange::shown(value) || (map.logarithmic && value <= 0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (map.value_range) std::tie(low, high) = *map.value_range;
  if (low > high || (map.logarithmic && low <= 0)) low = high = 1;
  ColourScale scale{low, high, map.logarithmic};
  scale.low = scale.place(low);
  scale.high = scale.place(high);
  if (!(scale.low < scale.high)) scale.high = scale.low + std::max(1e-9, 0.1 * std::abs(scale.low));
  return scale;
}

/// Strokes of unit cells, one path a colour, in units of cells.
std::string draw_cells(const HeatMap& map, const ColourScale& scale, const ChartFrame& frame) {
  const std::size_t C = map.columns, R = map.values.size() / std::max<std::size_t>(1, C);
  std::array<std::string, colours> paths;
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t c = 0, end = 0; c < C; c = end) {
      const std::size_t colour = scale.step(map.values[r * C + c]);
      for (end = c + 1; end < C && scale.step(map.values[r * C + end]) == colour;) ++end;
      if (colour < colours) paths[colour] += fmt::format("M{} {}h{}", c, number(static_cast<double>(r) + 0.5), end - c);
    }
  }
  std::string svg = fmt::format(
      "<svg class=\"cells\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" "
      "preserveAspectRatio=\"none\">",
      number(frame.left), number(frame.top), number(frame.width), number(frame.height), std::max<std::size_t>(1, C),
      std::max<std::size_t>(1, R));
  for (std::size_t q = 0; q < colours; ++q) {
    if (!paths[q].empty()) svg += fmt::format("<path class=\"q{}\" d=\"{}\"/>\n", q, paths[q]);
  }
  return svg + "</svg>\n";
}

std::string draw_scale(const HeatMap& map, const ColourScale& scale) {
  const double left = 0, width = 200, cell = width / colours;
  std::string svg =
      fmt::format("<text x=\"0\" y=\"12\">{}</text>\n<g class=\"cells\">", report::xml_text(map.value_label, 70));
  for (std::size_t q = 0; q < colours; ++q) {
    svg += fmt::format("<path class=\"q{}\" stroke-width=\"9\" d=\"M{} 23h{}\"/>", q,
                       number(left + static_cast<double>(q) * cell), number(cell));
  }
  svg += "</g>\n";
  const auto label = [&](double share, const char* anchor, double x) {
    svg += fmt::format("<text{} x=\"{}\" y=\"40\">{:.2g}</text>", anchor, number(x), scale.value(share));
  };
  label(0, "", left);
  label(0.5, " class=\"c\"", left + width / 2);
  label(1, " class=\"e\"", left + width);
  return svg + "\n";
}

std::string draw_row_labels(const HeatMap& map, const ChartFrame& frame) {
  const std::size_t R = map.row_labels.size();
  if (R == 0) return "";
  const double row = frame.height / static_cast<double>(R);
  const auto every = static_cast<std::size_t>(std::ceil(14.0 / row));
  std::string svg;
  for (std::size_t r = 0; r < R; r += every) {
    svg += fmt::format("<text class=\"e\" x=\"{}\" y=\"{}\">{}</text>\n", number(frame.left - 6),
                       number(frame.top + (static_cast<double>(r) + 0.5) * row + 4),
                       report::xml_text(map.row_labels[r], 14));
  }
  return svg;
}

}  // namespace

std::string heat_map_svg(const HeatMap& map) {
  const std::size_t R = map.values.size() / std::max<std::size_t>(1, map.columns);
  if (R * map.columns != map.values.size() || (!map.row_labels.empty() && map.row_labels.size() != R)) {
    throw Error(ErrorKind::software, "heat map", "the values are not whole rows, or the labels not one a row");
  }
  double left = 14;
  for (const std::string& label : map.row_labels) left = std::max(left, report::text_width(label.substr(0, 14)) + 10);
  const double label_room = map.y_label.empty() ? 0 : 16;
  const double right_edge = map.x_range.second > map.x_range.first ? map.x_range.second : map.x_range.first + 1;
  const ChartFrame frame{left,       scale_height + label_room,       report::chart_width - left - 14,
                         map.height, {map.x_range.first, right_edge}, {0, 1}};
  const ColourScale scale = scale_of(map);
  std::string svg = report::open_chart(
      map.title,
      fmt::format("{} as colours, {} by {}: {} rows of {} cells from {:.3g} (dark) to {:.3g} (light).", map.value_label,
                  map.y_label, map.x_label, R, map.columns, scale.value(0), scale.value(1)),
      report::chart_height(frame));
  svg += draw_scale(map, scale);
  if (label_room > 0) {
    svg += fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", number(frame.top - 6), report::xml_text(map.y_label, 70));
  }
  return svg + draw_row_labels(map, frame) + draw_cells(map, scale, frame) +
         report::draw_x_axis(frame, map.x_label, true) + "</svg>\n";
}

}  // namespace vdn
