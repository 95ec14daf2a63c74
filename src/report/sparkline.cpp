#include <vdn/report/sparkline.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "report/svg.hpp"

namespace vdn {
namespace {

constexpr std::size_t width = 160, height = 28;
constexpr double margin = 2.0;  // so that the ends of the scale are seen whole

struct Column {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  std::size_t count = 0;
  void add(double x) {
    if (std::isnan(x)) return;
    sum += x;
    ++count;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  bool empty() const { return count == 0; }
  double mean() const { return sum / static_cast<double>(count); }
};

}  // namespace

std::string sparkline_svg(std::span<const double> values, std::string_view title) {
  std::vector<Column> columns(std::min(width, values.size()));
  Column all;
  for (std::size_t t = 0; t < values.size(); ++t) {
    columns[t * columns.size() / values.size()].add(values[t]);
    all.add(values[t]);
  }
  const double range = all.high > all.low ? all.high - all.low : 1.0, inside = static_cast<double>(height) - 2 * margin;
  const auto down = [&](double value) { return margin + inside * (all.high - value) / range; };
  std::vector<report::Point> lower, upper, middle;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const double x = (static_cast<double>(c) + 0.5) * static_cast<double>(width) / static_cast<double>(columns.size());
    const double none = std::numeric_limits<double>::quiet_NaN();
    const bool blank = columns[c].empty();
    lower.push_back({x, blank ? none : down(columns[c].low)});
    upper.push_back({x, blank ? none : down(columns[c].high)});
    middle.push_back({x, blank ? none : down(columns[c].mean())});
  }
  return fmt::format(
      "<svg class=\"vc k0\" role=\"img\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\"><title>{2}</title>"
      "<path class=\"f\" style=\"opacity:.4\" d=\"{3}\"/><path class=\"l\" style=\"stroke-width:1\" d=\"{4}\"/></svg>",
      width, height, report::xml_text(title), report::band_path(lower, upper, 0.5), report::line_path(middle, 0.5));
}

}  // namespace vdn
