#pragma once
// A matrix as colours: neurons over epochs.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vdn {

/// R rows of C columns, the first row at the top.
struct HeatMap {
  std::string title{};  ///< for readers who cannot see it
  std::string x_label{}, y_label{}, value_label{};
  std::size_t columns = 0;
  std::vector<double> values{};             ///< [R][C]; NaN stays empty
  std::vector<std::string> row_labels{};    ///< R, or empty; as many are shown as have room
  std::pair<double, double> x_range{0, 1};  ///< at the left edge and the right one
  bool logarithmic = false;                 ///< colours by the logarithm; what is not positive has the lowest colour
  std::optional<std::pair<double, double>> value_range{};  ///< of the colours; left open, that of the values
  double height = 220;                                     ///< of the plot
};

/// SVG for the figures of an HtmlPage; 480 units wide, with its colour scale. 16 colours (viridis: lightness grows with
/// the value, for all eyes); runs of one colour are one stroke, so that 60,000 cells stay small. Throws Error
/// (software) where the values are not whole rows or the labels not one a row.
std::string heat_map_svg(const HeatMap& map);

}  // namespace vdn
