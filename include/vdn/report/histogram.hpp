#pragma once
// Bars over bins of equal width.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace vdn {

/// Heights of bins that share [low, high] evenly.
struct Histogram {
  std::string title{};  ///< for readers who cannot see it
  std::string x_label{}, y_label{};
  double low = 0, high = 1;
  std::vector<double> heights{};      ///< NaN and below 0 count as 0
  std::optional<double> reference{};  ///< a level line, such as the height all bins should have
  std::optional<double> top{};        ///< highest value of the axis, so that several can be compared
  std::size_t style = 0;              ///< as ChartLine::style
  double height = 150;                ///< of the plot
};

/// SVG for the figures of an HtmlPage; 480 units wide.
std::string histogram_svg(const Histogram& histogram);

}  // namespace vdn
