#pragma once
// Named rows with a dot for everyone who is compared: errors by series.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace vdn {

/// One forecaster's value in every row.
struct DotSet {
  std::string name{};
  std::vector<double> values{};  ///< one a row; NaN where there is none
  std::size_t style = 0;         ///< as ChartLine::style; also the shape of the mark
};

struct DotPlot {
  std::string title{};  ///< for readers who cannot see it
  std::string x_label{};
  std::vector<std::string> rows{};  ///< names, from the top
  std::vector<DotSet> sets{};
  std::optional<double> x_high{};  ///< highest value of the axis; beyond it a mark is an arrow at the edge
};

/// SVG for the figures of an HtmlPage; 480 units wide, 20 high a row. Throws Error (software) where a set has not one
/// value a row.
std::string dot_plot_svg(const DotPlot& plot);

}  // namespace vdn
