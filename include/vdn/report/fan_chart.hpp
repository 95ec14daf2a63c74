#pragma once
// The fan chart: history, truth where known, and the predictive distribution as nested bands.

#include <string>
#include <vector>

#include <vdn/report/html_page.hpp>

namespace vdn {

/// One panel; original units. Vectors of one length each side of the origin.
struct FanPanel {
  std::string title;
  std::vector<std::string> history_times, future_times;  ///< labels of the time axis
  std::vector<double> history;                           ///< before the origin; NaN where missing
  std::vector<double> truth;                             ///< after it; empty when unknown, NaN where missing
  std::vector<double> levels;                            ///< Q ascending, symmetric about .5, with .5 among them
  std::vector<std::vector<double>> quantiles;            ///< [Q][H]
};

/// A self-contained SVG (no script, no font, no outside reference) of the panels in a grid two wide, with a title, a
/// legend naming the bands, axis labels with nice numbers and times, readable on white and on dark pages.
std::string fan_chart_svg(const std::vector<FanPanel>& panels, const std::string& title, const std::string& subtitle);

/// One panel, without title and legend, for the figures of an HtmlPage; 480 units wide.
std::string fan_panel_svg(const FanPanel& panel);
/// Its legend.
std::vector<HtmlLegendEntry> fan_legend(const FanPanel& panel);

}  // namespace vdn
