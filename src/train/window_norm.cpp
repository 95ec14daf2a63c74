#include <vdn/train/window_norm.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vdn {
namespace {

constexpr std::uint64_t trial_epochs = 8;

double trial(const Forecaster& start, WindowNorm norm, ConstMatrix<float> scaled, const FitWindows& windows,
             Scheduler& scheduler, TrainingObserver& observer) {
  Settings settings = start.settings();
  settings.window_norm = norm;
  settings.epochs = std::min(settings.epochs, trial_epochs);
  Forecaster forecaster(settings, start.preset(), start.scaler(), start.data(), start.line());
  forecaster.place_rows(start.row_places());
  StopOnly quiet(observer);
  try {
    fit(forecaster, scaled, windows, scheduler, quiet);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::software) throw;  // a part without windows: no normalisation helps
    return std::numeric_limits<double>::infinity();
  }
  const TrainingRecord& record = forecaster.training();
  return record.interrupted || std::isnan(record.validation_nll) ? std::numeric_limits<double>::infinity()
                                                                 : record.validation_nll;
}

}  // namespace

std::vector<NormTrial> try_window_norms(const Forecaster& start, ConstMatrix<float> scaled, const FitWindows& windows,
                                        Scheduler& scheduler, TrainingObserver& observer) {
  std::vector<NormTrial> trials;
  for (const WindowNorm norm :
       {WindowNorm::mean_deviation, WindowNorm::last_deviation, WindowNorm::last, WindowNorm::none}) {
    if (!trials.empty() && observer.stop_requested()) break;
    trials.push_back({norm, trial(start, norm, scaled, windows, scheduler, observer)});
  }
  std::stable_sort(trials.begin(), trials.end(), [](const auto& a, const auto& b) { return a.nll < b.nll; });
  return trials;
}

}  // namespace vdn
