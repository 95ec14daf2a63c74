#include <vdn/report/backtest_chart.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <vdn/core/error.hpp>

namespace vdn {

std::vector<double> fan_levels() {
  return {.025, .05, .1, .25, .5, .75, .9, .95, .975};
}

std::size_t middle_origin(Range rows, std::size_t horizon) {
  const std::size_t origins = rows.size() >= horizon ? rows.size() - horizon + 1 : 0;
  return rows.begin + origins / 2;
}

std::vector<std::size_t> chart_series(const SeriesSet& set, const std::vector<std::string>& names, std::size_t most) {
  std::vector<std::size_t> chosen;
  for (std::size_t d = 0; names.empty() && d < std::min(most, set.count()); ++d) chosen.push_back(d);
  for (const std::string& name : names) {
    const auto found = std::find(set.names.begin(), set.names.end(), name);
    if (found == set.names.end()) {
      const std::string near = nearest_word(name, set.names);
      throw Error(ErrorKind::usage, set.source, fmt::format("has no series '{}'", name),
                  near.empty() ? "name a column of the table" : fmt::format("did you mean '{}'?", near));
    }
    chosen.push_back(static_cast<std::size_t>(found - set.names.begin()));
  }
  return chosen;
}

FanPanel fan_panel(const Prediction& prediction, const SeriesSet& set, std::size_t series, std::size_t origin,
                   std::size_t history_rows) {
  if (origin > set.length()) throw Error(ErrorKind::software, "fan_panel", "the origin lies beyond the table");
  const std::size_t H = prediction.horizon, Q = prediction.levels.size();
  const auto values = set.series(series);
  FanPanel panel;
  panel.title = set.names[series];
  panel.levels = prediction.levels;
  for (std::size_t row = origin - std::min(origin, history_rows); row < origin; ++row) {
    panel.history_times.push_back(format_time(set.times[row], set.step));
    panel.history.push_back(values[row]);
  }
  panel.quantiles.resize(Q);
  for (std::size_t h = 0; h < H; ++h) {
    panel.future_times.push_back(format_time(prediction.times[series * H + h], prediction.step));
    for (std::size_t q = 0; q < Q; ++q) {
      panel.quantiles[q].push_back(prediction.quantiles[(series * H + h) * Q + q]);
    }
    if (origin == set.length()) continue;
    panel.truth.push_back(origin + h < set.length() ? values[origin + h] : std::numeric_limits<double>::quiet_NaN());
  }
  return panel;
}

std::vector<FanPanel> backtest_panels(Forecaster& model, const SeriesSet& set, std::optional<std::size_t> origin,
                                      const std::vector<std::size_t>& series, Scheduler& scheduler,
                                      std::size_t history_rows) {
  const Prediction prediction = predict(model, set, origin, fan_levels(), scheduler);
  if (history_rows == 0) history_rows = std::max<std::size_t>(24, 3 * model.horizon());
  std::vector<FanPanel> panels;
  panels.reserve(series.size());
  for (const std::size_t d : series) {
    if (std::isnan(prediction.mean[d * prediction.horizon])) {
      throw Error(ErrorKind::data, set.source,
                  fmt::format("series '{}' has too few observed rows before the chart's first forecast", set.names[d]),
                  "choose another --plot-origin or --plot-series");
    }
    panels.push_back(fan_panel(prediction, set, d, prediction.origins[d], history_rows));
  }
  return panels;
}

}  // namespace vdn
