#pragma once
// A line that windows which went astray do not lead astray. Letters: L look-back, D series, T targets of a window.

#include <cstddef>
#include <span>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/line_solver.hpp>
#include <vdn/model/window_sample.hpp>

namespace vdn {

/// The line of weighted windows: window i counts
///   w_i ~ 1 / (e_i / mean e + 1/20),  sum w_i = n,
/// with e_i the mean square of what `line` misses at the targets of that window. Least squares let the wild windows of
/// a table decide what is forecast in all of them. This is one step of the EM algorithm for errors of one multivariate
/// Student's t a window, nu = T/20 degrees of freedom, from least squares on (Lange, Little and Taylor 1989).
///
/// Of the windows of `windows` those of `sample` are looked at, targets at `steps`; `line` and what comes back are
/// [steps][lookback]. Fewer than 2 L windows, or none that `line` misses: it comes back as it is. The same bits for any
/// number of threads. Throws what solve_line throws.
LineWeights reweighted_line(LineWeights line, ConstMatrix<float> scaled, const Windows& windows, std::size_t lookback,
                            const WindowSample& sample, std::span<const std::size_t> steps, const LineOptions& options,
                            Scheduler& scheduler);

/// Windows of all series that are weighed: of a fit, and of a fold where lines are compared.
inline constexpr std::size_t most_weighed = 32768, most_compared = 8192;
/// The share of each of `series` series in `windows`, one at least: WindowSample::most.
std::size_t windows_of_each(std::size_t windows, std::size_t series);

}  // namespace vdn
