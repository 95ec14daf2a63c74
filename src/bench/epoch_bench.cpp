#include <vdn/bench/epoch_bench.hpp>

#include <vector>

#include <vdn/bench/synthetic.hpp>
#include <vdn/train/epoch_size.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/trainer.hpp>
#include <vdn/train/validation.hpp>

namespace vdn::bench {
namespace {

constexpr std::size_t series_count = 8;

/// Keeps the times of every epoch but the first, in milliseconds.
class EpochTimes : public TrainingObserver {
 public:
  std::vector<double> epoch, steps, validation, rest;
  std::size_t step_count = 0;

  void on_epoch(const EpochReport& r) override {
    if (r.epoch > 1) {
      const double all = r.seconds - last_;
      epoch.push_back(1e3 * all);
      steps.push_back(1e3 * r.step_seconds);
      validation.push_back(1e3 * r.validation_seconds);
      rest.push_back(1e3 * (all - r.step_seconds - r.validation_seconds));
      step_count = r.steps / r.epoch;
    }
    last_ = r.seconds;
  }

 private:
  double last_ = 0.0;
};

/// Rows whose training and validation windows are as many as an epoch takes, test rows none. The context of the first
/// validation windows lies in the training rows.
Borders borders_for(const Settings& s) {
  const auto origins = [](std::size_t windows) { return block_count(windows, series_count); };
  const std::size_t train = s.lookback + s.stride_ar + s.horizon + origins(s.windows_per_epoch);
  const std::size_t val = train + s.horizon - 1 + origins(validation_limit(s));
  return {train, val, val};
}

}  // namespace

EpochBench bench_epoch(const Settings& settings, std::size_t runs, Scheduler& scheduler) {
  Settings s = settings;
  s.epochs = s.patience = runs + 1;
  if (s.windows_per_epoch == 0) s.windows_per_epoch = fewest_epoch_windows;
  s.calibration = CalibrationMode::none;  // all validation windows choose
  const Borders borders = borders_for(s);
  const SeriesSet series = synthetic_series(series_count, borders.test_end);
  Forecaster forecaster = unfitted_forecaster(s, series);
  const std::vector<float> values = scale_series(series, forecaster.scaler());
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  const FitWindows windows = fit_windows(series, Split::automatic, borders, s);
  EpochTimes times;
  fit(forecaster, scaled, windows, scheduler, times);
  return {.epoch = summarise(times.epoch),
          .steps = summarise(times.steps),
          .validation = summarise(times.validation),
          .rest = summarise(times.rest),
          .step_count = times.step_count,
          .validation_windows = spread_windows(windows.selection, validation_limit(s)).size()};
}

}  // namespace vdn::bench
