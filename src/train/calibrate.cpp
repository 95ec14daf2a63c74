#include <vdn/train/calibrate.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <vdn/train/correction.hpp>
#include <vdn/train/validation.hpp>

#include "train/collect_forecasts.hpp"

namespace vdn {
namespace {

constexpr std::size_t calibration_windows = 2048, dependence_windows = 1024, series_windows = 4096;

/// At most `most` windows of training and validation, evenly spaced, each by its share.
std::vector<Window> some_known(const FitWindows& windows, std::size_t most) {
  const std::size_t all = windows.training.count() + windows.validation.count();
  std::vector<Window> known;
  for (const Windows& part : {windows.training, windows.validation}) {
    if (part.empty()) continue;
    const std::vector<Window> some = spread_windows(part, std::max<std::size_t>(1, most * part.count() / all));
    known.insert(known.end(), some.begin(), some.end());
  }
  return known;
}

/// Windows of training and validation at some 64 common origins or more: as many as hold series_windows windows, evenly
/// spread among those at which at least half as many series as at any have one.
std::vector<Window> windows_of_common_origins(const FitWindows& windows, ConstMatrix<float> scaled) {
  constexpr std::size_t least_origins = 64;
  const std::array<const Windows*, 2> parts{&windows.training, &windows.validation};
  std::vector<std::size_t> together(scaled.cols + 1);
  const auto each = [&](const auto& take) {
    for (const Windows* part : parts) {
      for (std::size_t i = 0; i < part->count(); ++i) take((*part)[i]);
    }
  };
  each([&](const Window& window) { ++together[window.origin]; });
  const std::size_t most = *std::max_element(together.begin(), together.end());
  std::vector<std::size_t> origins;
  for (std::size_t origin = 0; origin < together.size(); ++origin) {
    if (together[origin] >= 2 && 2 * together[origin] >= most) origins.push_back(origin);
  }
  const std::size_t wanted = std::min(origins.size(), std::max(least_origins, series_windows / scaled.rows));
  std::vector<char> chosen(together.size());
  for (std::size_t k = 0; k < wanted; ++k) chosen[origins[k * origins.size() / wanted]] = 1;
  std::vector<Window> common;
  each([&](const Window& window) {
    if (chosen[window.origin]) common.push_back(window);
  });
  return common;
}

/// How series move together, by windows of common origins. Windows that do not overlap: rows of both parts over H, or
/// as many as were looked at. Of more than a thousand series it is not asked: a matrix of all pairs and its root cost
/// more than the fit.
void measure_series(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows,
                    Scheduler& scheduler) {
  constexpr std::size_t most_series = 1024;
  if (scaled.rows < 2 || scaled.rows > most_series) return;
  const bool grid = windows.training.is_grid() && windows.validation.is_grid();
  const std::vector<Window> known = grid && scaled.rows <= most_of_origin ? some_known(windows, series_windows)
                                                                          : windows_of_common_origins(windows, scaled);
  const SeriesDependenceFit empty(scaled.rows);
  SeriesDependenceFit fit = empty;
  collect_forecasts(forecaster, scaled, known, forecaster.score_draws(), scheduler, empty, fit,
                    [&](SeriesDependenceFit& part, const auto& batch, std::size_t first) {
                      part.add(batch, [&](std::size_t b) { return known[first + b]; });
                    });
  const double rows = static_cast<double>(forecaster.data().borders.val_end);
  const double origins = static_cast<double>(known.size()) / static_cast<double>(scaled.rows);
  forecaster.series_dependence() =
      fit.finish(std::max(1.0, std::min(rows / static_cast<double>(forecaster.horizon()), origins)));
}

}  // namespace

HeldOut held_out(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler) {
  const CalibrationFit empty(forecaster.horizon());
  HeldOut found{empty, independent_judges(forecaster, scaled, windows)};
  collect_forecasts(forecaster, scaled, spread_windows(windows.calibration, calibration_windows),
                    forecaster.score_draws(), scheduler, empty, found.forecasts,
                    [](CalibrationFit& part, const auto& batch, std::size_t) { part.add(batch); });
  return found;
}

void calibrate(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
               const HeldOut* earlier) {
  const std::size_t H = forecaster.horizon();
  forecaster.calibration() = {};
  forecaster.dependence() = {};
  forecaster.series_dependence() = {};
  if (forecaster.settings().calibration == CalibrationMode::split && !windows.calibration.empty()) {
    const HeldOut own = held_out(forecaster, scaled, windows, scheduler);
    forecaster.calibration() =
        earlier ? own.forecasts.finish(own.independent_windows, earlier->forecasts, earlier->independent_windows)
                : own.forecasts.finish(own.independent_windows);
  }
  const PathDependenceFit empty(H, forecaster.settings().seed);
  PathDependenceFit fit = empty;
  collect_forecasts(forecaster, scaled, some_known(windows, dependence_windows), forecaster.score_draws(), scheduler,
                    empty, fit,
                    [](PathDependenceFit& part, const auto& batch, std::size_t first) { part.add(batch, first); });
  forecaster.dependence() = fit.finish();
  measure_series(forecaster, scaled, windows, scheduler);
}

}  // namespace vdn
