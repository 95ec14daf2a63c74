#pragma once
// A series at the size of a word.

#include <span>
#include <string>

namespace vdn {

/// SVG for a cell of an HtmlPage, 160 x 28: the mean of every column of the picture, in the band from its lowest
/// to its highest value; blank where all are missing (NaN). `title` is read out and shown where the pointer rests.
std::string sparkline_svg(std::span<const double> values, std::string_view title);

}  // namespace vdn
