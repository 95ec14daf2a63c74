#include <vdn/report/histogram.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <vdn/report/line_chart.hpp>

#include "report/chart_frame.hpp"

namespace vdn {
namespace {

using report::number;

double height_of(double value) {
  return report::AxisRange::shown(value) ? std::max(0.0, value) : 0.0;
}

double highest(const Histogram& h) {
  double top = h.reference.value_or(0.0);
  for (const double value : h.heights) top = std::max(top, height_of(value));
  return h.top.value_or(top > 0 ? 1.08 * top : 1.0);
}

std::string describe(const Histogram& h) {
  std::string text = fmt::format("{} over {}: {} bins from {:.4g} to {:.4g}, heights", h.y_label, h.x_label,
                                 h.heights.size(), h.low, h.high);
  for (const double value : h.heights) text += fmt::format(" {:.3g}", height_of(value));
  return text;
}

}  // namespace

std::string histogram_svg(const Histogram& h) {
  const double low = h.low, high = h.low < h.high ? h.high : h.low + 1;
  const auto frame = report::make_frame({low, high}, {0, highest(h)}, h.height);
  std::string svg = report::open_chart(h.title, describe(h), report::chart_height(frame));
  svg += report::draw_y_axis(frame, h.y_label) + report::open_clip(frame);
  const double width = frame.width / static_cast<double>(std::max<std::size_t>(1, h.heights.size()));
  for (std::size_t i = 0; i < h.heights.size(); ++i) {
    const double y = frame.y(height_of(h.heights[i])), gap = std::min(1.5, width / 6);
    svg += fmt::format("<rect class=\"f k{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", line_style(h.style),
                       number(frame.left + static_cast<double>(i) * width + gap / 2), number(y), number(width - gap),
                       number(frame.bottom() - y));
  }
  svg += "\n</svg>\n" + report::draw_x_axis(frame, h.x_label);
  if (h.reference) {
    svg += fmt::format("<path class=\"r\" d=\"M{} {}h{}\"/>\n", number(frame.left), number(frame.y(*h.reference)),
                       number(frame.width));
  }
  return svg + "</svg>\n";
}

}  // namespace vdn
