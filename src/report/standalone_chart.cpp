// A line chart that needs no page around it.

#include <algorithm>

#include <fmt/format.h>

#include <vdn/report/line_chart.hpp>

#include "report/chart_frame.hpp"
#include "report/page_style.hpp"
#include "report/svg.hpp"

namespace vdn {
namespace {

constexpr double margin = 16, width = 512, title_room = 34, legend_row = 18;

/// Height of a chart by its own view box, "0 0 480 H".
double height_of(const std::string& svg) {
  const std::string lead = "viewBox=\"0 0 ";
  const std::size_t at = svg.find(lead) + lead.size();
  return std::stod(svg.substr(svg.find(' ', at)));
}

}  // namespace

std::string standalone_line_chart(const LineChart& chart) {
  const std::string inner = line_chart_svg(chart);
  const double plot = height_of(inner), legend = title_room + plot + 8;
  const double height = legend + legend_row * static_cast<double>(chart.lines.size()) + margin;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {} {}\" "
      "font-family=\"system-ui,sans-serif\">\n"
      "<style>{}text{{fill:var(--ink)}}</style>\n<rect width=\"100%\" height=\"100%\" style=\"fill:var(--card)\"/>\n"
      "<text x=\"{}\" y=\"24\" font-size=\"14\" font-weight=\"600\">{}</text>\n",
      report::number(width), report::number(height), report::chart_style, report::number(margin),
      report::xml_text(chart.title, 80));
  svg += fmt::format("<svg x=\"{}\" y=\"{}\" width=\"480\" height=\"{}\">{}</svg>\n", report::number(margin),
                     report::number(title_room), report::number(plot), inner);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const double y = legend + legend_row * static_cast<double>(i) + 8;
    svg += fmt::format(
        "<g class=\"vc\"><line class=\"l k{}\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/><text x=\"{}\" "
        "y=\"{}\">{}</text></g>\n",
        line_style(chart.lines[i].style), report::number(margin), report::number(margin + 26), report::number(y),
        report::number(y), report::number(margin + 34), report::number(y + 4),
        report::xml_text(chart.lines[i].name, 60));
  }
  return svg + "</svg>\n";
}

}  // namespace vdn
