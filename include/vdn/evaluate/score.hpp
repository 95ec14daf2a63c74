#pragma once
// Scores a forecaster on every window of a part.

#include <atomic>
#include <cstddef>
#include <span>

#include <vdn/core/matrix.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecast_model.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/predictive/metrics.hpp>

namespace vdn {

struct ScoreOptions {
  /// Windows per call of forecast(); bounds the memory, J*H*8 bytes each. At least 1.
  std::size_t batch = 256;
  /// Looked at before every batch; true ends scoring. May be null.
  const std::atomic<bool>* interrupt = nullptr;
};

struct Score {
  MetricAccumulator metrics;  ///< scaled and original units, by step, by series
  std::size_t windows = 0;    ///< scored, those without an observed target included
  bool interrupted = false;   ///< the figures are those of the first `windows` windows only
};

/// Scores every window once, in order; none is dropped, the last batch is as short as it must be.
/// `scaled` is [D][T], `deviations` [D] those of its Scaler. A batch is cut into blocks of 32 windows that are scored
/// in parallel, one accumulator each, merged in order: the bits do not depend on threads, and on the batch size only as
/// far as rounding does (not at all between multiples of 32). Throws Error (software) when the windows do not lie
/// inside `scaled`, sizes disagree, or batch is 0; (data) when a forecast is not finite.
Score score(ForecastModel& model, ConstMatrix<float> scaled, std::span<const double> deviations, const Windows& windows,
            Scheduler& scheduler, const ScoreOptions& options = {});

/// Of a calibrated forecaster, and of what its network gave before that.
struct CalibrationScores {
  Score calibrated, uncalibrated;
};
/// Both in one pass: what no target changes is found once and mapped. Figures agree with those of score() to the
/// rounding of single precision. Throws what score() throws.
CalibrationScores score_calibration(Forecaster& model, ConstMatrix<float> scaled, std::span<const double> deviations,
                                    const Windows& windows, Scheduler& scheduler, const ScoreOptions& options = {});

}  // namespace vdn
