#pragma once
// The frame around the data of a small chart: sizes, scales, axes, and the opening and closing of the SVG.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "report/svg.hpp"

namespace vdn::report {

/// All small charts are so many units wide: a column of the page on a laptop, the whole width of a phone.
inline constexpr double chart_width = 480;

/// A range of values on an axis. Values too large to subtract count as missing.
struct AxisRange {
  double low = 0, high = 1;
  static bool shown(double value) { return value > -1e300 && value < 1e300; }
};

/// The range of `values`, widened by 6% of it on both sides; around a constant by 10% of its size; 0 to 1 for none.
AxisRange range_of(std::span<const double> values);

/// Where the data of a chart lie, in units of the view box, and the values at the edges.
struct ChartFrame {
  double left, top, width, height;
  AxisRange x_range, y_range;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
  double x(double value) const { return left + (value - x_range.low) / (x_range.high - x_range.low) * width; }
  /// NaN where there is no value.
  double y(double value) const;
};

/// A frame of that height with room for axes and their labels.
ChartFrame make_frame(const AxisRange& x, const AxisRange& y, double height);

/// "<svg ...>" with title and description for readers who cannot see it. `height`: of the whole chart.
std::string open_chart(std::string_view title, std::string_view description, double height);
/// The height of a chart around a frame.
double chart_height(const ChartFrame& frame);

/// Grid lines and numbers of the value axis, its label above it.
std::string draw_y_axis(const ChartFrame& frame, std::string_view label);
/// Numbers of the other axis, its label below them. `whole`: only whole numbers are labelled.
std::string draw_x_axis(const ChartFrame& frame, std::string_view label, bool whole = false);

/// Opens a window that shows nothing outside of the frame; "</svg>" closes it.
std::string open_clip(const ChartFrame& frame);

}  // namespace vdn::report
