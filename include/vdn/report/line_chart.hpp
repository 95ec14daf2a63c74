#pragma once
// Lines over a common axis: training curves, errors by step, calibration.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vdn {

/// A line; x and y of one length, y NaN where it is interrupted. `style` 0 to 8 is the same for one forecaster in all
/// charts and legends of a page: 0 the model, 1 to 3 its twins, 4 to 8 others; more begin again at 4.
struct ChartLine {
  std::string name{};
  std::vector<double> x{}, y{};
  std::size_t style = 0;
  bool dots = false;  ///< a dot at every point
};

/// A chart of lines. Ranges left open are those of the data.
struct LineChart {
  std::string title{};  ///< for readers who cannot see it, and where the pointer rests
  std::string x_label{}, y_label{};
  std::vector<ChartLine> lines{};
  std::optional<std::pair<double, double>> x_range{}, y_range{};  ///< what lies outside is cut off
  bool whole_x = false;                                           ///< label whole numbers only
  bool diagonal = false;                                          ///< a reference line y = x
  std::optional<double> mark_x{};                                 ///< a reference line there, with its label
  std::string mark_label{};
  double height = 220;  ///< of the plot; it is about 430 wide
};

/// The style of the k-th forecaster as there is one: k up to 8, then 4 to 8 again.
std::size_t line_style(std::size_t style);

/// SVG for the figures of an HtmlPage, whose style sheet colours it; 480 units wide. Throws Error (software) where x
/// and y of a line differ in length.
std::string line_chart_svg(const LineChart& chart);

/// The chart as a file of its own: with its colours, light and dark, its title above and a legend below the plot.
std::string standalone_line_chart(const LineChart& chart);

}  // namespace vdn
