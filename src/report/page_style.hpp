#pragma once
// The style sheet of a page and of the charts in it.

namespace vdn::report {

/// Colours are variables, so that dark pages and paper change them in one place. Charts know these classes:
/// .vc (the chart), .g grid, .a axis, .r reference line, .e .c text at its end or centre, .l line, .d dot, .f area,
/// with .k0 to .k8 for whom: 0 the model, 1 to 3 its twins, 4 to 8 the others; .q0 to .q15 the steps of a heat map.
/// Lines of different .k differ in dashes and width as well as in colour; the colours are told apart with any of the
/// common colour deficiencies (Okabe and Ito 2008, darkened or lightened for contrast).
extern const char* const chart_style;
/// The rest of a page.
extern const char* const page_style;

}  // namespace vdn::report
