#pragma once
// The finalists of a search against each other: what their accuracy costs, and how calibrated they are.

#include <cstdint>
#include <string>
#include <vector>

#include <vdn/report/html_page.hpp>
#include <vdn/search/objectives.hpp>

namespace vdn::search {

/// Score over seconds of a fit, bars of the deviation over seeds; filled on the front; a step line joins those that are
/// best for their seconds. SVG for the figures of an HtmlPage, 480 units wide.
std::string front_chart_svg(const std::vector<Finalist>& finalists, std::uint64_t pick);
/// Score over calibration, likewise without the step line.
std::string calibration_chart_svg(const std::vector<Finalist>& finalists, std::uint64_t pick);
/// The marks of both.
std::vector<HtmlLegendEntry> front_legend(const std::vector<Finalist>& finalists, std::uint64_t pick);

}  // namespace vdn::search
