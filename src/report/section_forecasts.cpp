// Fan charts.

#include <vdn/report/fan_chart.hpp>

#include "report/run_sections.hpp"

namespace vdn::report {

void add_forecasts(HtmlPage& page, const RunReport& report) {
  if (report.panels.empty()) return;
  page.section("Forecasts");
  page.paragraph(report.panels_text).legend(fan_legend(report.panels.front()));
  std::vector<HtmlFigure> figures;
  for (std::size_t i = 0; i < report.panels.size(); ++i) {
    HtmlFigure figure;
    figure.title = report.panels[i].title;
    figure.svg = fan_panel_svg(report.panels[i]);
    if (i < report.panel_captions.size()) figure.caption = report.panel_captions[i];
    figures.push_back(figure);
  }
  page.figures(figures);
}

}  // namespace vdn::report
