#include "report/chart_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/axis_ticks.hpp"

namespace vdn::report {
namespace {

constexpr double above = 26, below = 42, at_right = 14;  // the value axis' label, the other axis, air
constexpr std::size_t label_limit = 70;

std::vector<ValueTick> y_ticks(const AxisRange& range) {
  return value_ticks(range.low, range.high, 6);
}

}  // namespace

AxisRange range_of(std::span<const double> values) {
  AxisRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double value : values) {
    if (!AxisRange::shown(value)) continue;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  if (range.low > range.high) return {0, 1};
  const double size = std::max(std::abs(range.low), std::abs(range.high));
  double air = 0.06 * (range.high - range.low);
  if (range.high - range.low <= 1e-9 * size || size == 0.0) air = size > 0.0 ? 0.1 * size : 1.0;
  return {range.low - air, range.high + air};
}

double ChartFrame::y(double value) const {
  if (!AxisRange::shown(value)) return std::numeric_limits<double>::quiet_NaN();
  // Far outside of the frame is as good as outside.
  const double share = std::clamp((value - y_range.low) / (y_range.high - y_range.low), -20.0, 20.0);
  return bottom() - share * height;
}

ChartFrame make_frame(const AxisRange& x, const AxisRange& y, double height) {
  double longest = 14;
  for (const auto& tick : y_ticks(y)) longest = std::max(longest, text_width(tick.label));
  const double left = longest + 12;
  return {left, above, chart_width - left - at_right, height, x, y};
}

std::string open_chart(std::string_view title, std::string_view description, double height) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vc\" role=\"img\" viewBox=\"0 0 {} {}\">\n"
      "<title>{}</title>\n<desc>{}</desc>\n",
      number(chart_width), number(height), xml_text(title), xml_text(description));
}

double chart_height(const ChartFrame& frame) {
  return frame.bottom() + below;
}

std::string draw_y_axis(const ChartFrame& frame, std::string_view label) {
  std::string svg = fmt::format("<text x=\"0\" y=\"12\">{}</text>\n", xml_text(label, label_limit));
  for (const auto& tick : y_ticks(frame.y_range)) {
    const double y = std::round(frame.y(tick.value)) + 0.5;
    svg += fmt::format("<path class=\"g\" d=\"M{} {}h{}\"/>", number(frame.left), number(y), number(frame.width));
    svg += fmt::format("<text class=\"e\" x=\"{}\" y=\"{}\">{}</text>\n", number(frame.left - 7), number(y + 4),
                       tick.label);
  }
  return svg;
}

std::string draw_x_axis(const ChartFrame& frame, std::string_view label, bool whole) {
  const double bottom = frame.bottom();
  std::string svg = fmt::format("<path class=\"a\" d=\"M{} {}h{}\"/>\n", number(frame.left), number(bottom + 0.5),
                                number(frame.width));
  const double span = frame.x_range.high - frame.x_range.low;
  const auto most = static_cast<std::size_t>(whole ? std::clamp(span, 1.0, 9.0) : 9.0);
  for (const auto& tick : value_ticks(frame.x_range.low, frame.x_range.high, most)) {
    if (whole && tick.value != std::round(tick.value)) continue;
    const double x = frame.x(tick.value);
    svg += fmt::format("<path class=\"a\" d=\"M{} {}v4\"/><text class=\"c\" x=\"{}\" y=\"{}\">{}</text>\n", number(x),
                       number(bottom), number(x), number(bottom + 18), tick.label);
  }
  return svg + fmt::format("<text class=\"c\" x=\"{}\" y=\"{}\">{}</text>\n", number(frame.left + frame.width / 2),
                           number(bottom + 36), xml_text(label, label_limit));
}

std::string open_clip(const ChartFrame& frame) {
  return fmt::format("<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"{0} {1} {2} {3}\">\n",
                     number(frame.left), number(frame.top), number(frame.width), number(frame.height));
}

}  // namespace vdn::report
