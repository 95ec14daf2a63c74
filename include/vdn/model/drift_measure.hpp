#pragma once
// What windows and those one lag earlier show of themselves: the neurons' means, and how the earlier forecasts fared.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/core/scheduler.hpp>
#include <vdn/model/forecaster.hpp>

namespace vdn {

/// Windows together with those `lag` rows earlier, each once; now[i], before[i]: where window i and its earlier one are
/// in `all`.
struct WindowPairs {
  std::vector<Window> all;
  std::vector<std::size_t> now, before;
};
WindowPairs pair_windows(std::span<const Window> windows, std::size_t lag);

/// Of W windows, by plug-in forecasts (z = mu), which take one draw.
struct DriftMeasures {
  std::vector<float> mu;         ///< [W, N*K]
  std::vector<float> before;     ///< [W, N*K] of the window `lag` rows earlier
  std::vector<double> surprise;  ///< [W] sqrt(mean_h ((y_h - m_h) / s_h)^2) over the observed of the first
                                 ///< min(lag, H) rows after that window; m_h, s_h: mean and deviation it forecast,
                                 ///< uncalibrated. NaN when none of the rows is observed
};

/// True when the window and the one lag earlier have all their rows of context behind the last break, and at least
/// window.least_context of them observed: after an outage a forecast is made of nothing. `row` is the series, [T].
template <class Number>
bool can_measure_drift(const Forecaster& forecaster, std::span<const Number> row, const Window& window);

/// Only rows before the origins are read; lag is that of drift_lag. Windows are such that can_measure_drift.
DriftMeasures measure_drift(Forecaster& forecaster, ConstMatrix<float> scaled, std::span<const Window> windows,
                            Scheduler& scheduler);

}  // namespace vdn
