#pragma once
// Small pieces of SVG text.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace vdn::report {

/// Text as it may stand in XML, in an element or an attribute: markup escaped, control characters blanks, bytes that
/// are not UTF-8 U+FFFD. Longer than `limit` characters it is cut and ends with an ellipsis.
std::string xml_text(std::string_view text, std::size_t limit = 1000);

/// About how wide ASCII text is at 12 pixels in the sans-serif fonts of most systems.
double text_width(std::string_view text);

/// A coordinate with one decimal, ".0" left out.
std::string number(double value);

/// A point of a plot in pixels; y is NaN where there is none.
struct Point {
  double x, y;
};

/// Path data of a line through the points, interrupted where there is none; a point by itself becomes a dash of width
/// 2 * `half_width`. Whole tenths of a pixel, written as relative moves: a third of the bytes of plain coordinates.
std::string line_path(std::span<const Point> points, double half_width);
/// Path data of the area between two lines of the same x, interrupted where either has no point; a point by itself
/// becomes an upright bar of width 2 * `half_width`.
std::string band_path(std::span<const Point> lower, std::span<const Point> upper, double half_width);

}  // namespace vdn::report
