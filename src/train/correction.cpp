#include <vdn/train/correction.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include <vdn/model/mean_correction.hpp>
#include <vdn/train/validation.hpp>

namespace vdn {
namespace {

constexpr std::size_t most_windows = 2048, rehearsed_per_cent = 55;

void add_window(const Network::Workspace<float>& w, std::size_t b, std::span<float> correction,
                CorrectionErrors& sums) {
  mean_correction(w, b, correction);
  for (std::size_t h = 0; h < correction.size(); ++h) {
    if (!w.observed(b, h)) continue;
    const double error = static_cast<double>(w.target(b, h)) - static_cast<double>(w.offset(b, h));
    const double c = static_cast<double>(correction[h]);
    sums.error += error * error;
    sums.product += error * c;
    sums.square += c * c;
  }
}

}  // namespace

Borders rehearsal_borders(const Borders& borders) {
  return {borders.train_end * rehearsed_per_cent / 100, borders.train_end, borders.train_end};
}

const Windows& judging_windows(const FitWindows& windows) {
  return windows.calibration.empty() ? windows.validation : windows.calibration;
}

CorrectionErrors correction_errors(Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& windows,
                                   Scheduler& scheduler) {
  const std::vector<Window> looked_at = spread_windows(windows, most_windows);
  using SeriesErrors = std::vector<CorrectionErrors>;
  std::vector<SeriesErrors> slots(Forecaster::scan_slots(), SeriesErrors(scaled.rows));
  std::vector<std::vector<float>> corrections(slots.size(), std::vector<float>(forecaster.horizon()));
  forecaster.scan(scaled, looked_at, true, scheduler,
                  [&](const Network::Workspace<float>& w, Range rows, std::size_t first, std::size_t slot) {
                    for (std::size_t b = rows.begin; b < rows.end; ++b)
                      add_window(w, b, corrections[slot], slots[slot][looked_at[first + b].series]);
                  });
  CorrectionErrors sums;
  for (std::size_t d = 0; d < scaled.rows; ++d) {
    CorrectionErrors series;
    for (const SeriesErrors& slot : slots) series.add(slot[d]);
    if (series.error > 0.0) sums.add(series, 1.0 / series.error);
  }
  return sums;
}

double best_share(std::span<const CorrectionErrors> parts) {
  constexpr int grid = 20;
  double best = 1.0, least = std::numeric_limits<double>::infinity();
  for (int k = grid; k >= 0; --k) {
    const double share = static_cast<double>(k) / grid;
    double logs = 0.0;
    for (const CorrectionErrors& part : parts) {
      if (part.error > 0.0) logs += std::log(std::max(part.with(share) / part.error, 1e-12));
    }
    if (logs < least) {
      least = logs;
      best = share;
    }
  }
  return best;
}

double independent_judges(const Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows) {
  const Range validation = forecaster.data().borders.validation();
  const std::size_t H = forecaster.horizon();
  const Range rows = windows.calibration.empty() ? validation : calibration_rows(validation, H);
  const std::vector<Window> looked_at = spread_windows(judging_windows(windows), most_windows);
  std::set<std::uint32_t> origins;
  std::size_t observed = 0;
  std::vector<float> target(H);
  std::vector<std::uint8_t> known(H);
  for (const Window& window : looked_at) {
    origins.insert(window.origin);
    gather_target(scaled, window, target, known);
    observed += static_cast<std::size_t>(std::count(known.begin(), known.end(), 1));
  }
  const double apart =
      std::min(static_cast<double>(rows.size()) / static_cast<double>(H), static_cast<double>(origins.size()));
  const double points = static_cast<double>(std::max<std::size_t>(1, looked_at.size() * H));
  return apart * static_cast<double>(observed) / points;
}

double trusted_share(double share, double independent_windows) {
  constexpr double windows_of_the_line = 4.0;
  return share * independent_windows / (independent_windows + windows_of_the_line);
}

}  // namespace vdn
