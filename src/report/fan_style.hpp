#pragma once
// The style sheet of fan charts.

namespace vdn::report {

/// Colours of a light page and, behind the media query, of a dark one. All names begin with .vdn-fan: inside an HTML
/// page the style of an SVG is everybody's.
extern const char* const fan_style;

}  // namespace vdn::report
