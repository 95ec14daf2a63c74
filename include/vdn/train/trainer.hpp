#pragma once
// Fits a forecaster: epochs of shuffled windows, validation after each, the best weights kept.

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include <vdn/core/scheduler.hpp>
#include <vdn/data/windows.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/observer.hpp>

namespace vdn {

/// What a fit looks at. Of the validation windows the first choose and the later ones calibrate (data/splits.hpp);
/// without calibration all choose.
struct FitWindows {
  Windows training, validation, selection, calibration;
};

/// A fit epoch by epoch, which may be interrupted between two epochs and taken up in another process: epochs, restored
/// from a checkpoint, have the bits of those of an uninterrupted fit.
class Trainer {
 public:
  static constexpr std::size_t to_the_end = std::numeric_limits<std::size_t>::max();

  /// Everything given must outlive the trainer. Throws as fit().
  Trainer(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows);
  ~Trainer();

  /// Trains until `until` epochs are done in all, or training ended. Throws as fit().
  void train(std::size_t until, Scheduler& scheduler, TrainingObserver& observer);
  std::size_t epochs() const;  ///< done
  /// True when no epoch will follow: all are done, patience is at its end, or it was stopped.
  bool ended() const;
  /// Leaves the best epoch's parameters, its regime and the record in the forecaster. Throws as fit().
  void finish();

  /// The state between two epochs. Throws Error (software) when training was stopped within one.
  std::string checkpoint() const;
  /// The state of a trainer of the same settings and data, of the same build of vdn. Throws Error (data) for bytes of
  /// another network; the trainer must not be used after that.
  void restore(std::string_view bytes);

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

/// Trains `forecaster` in place on the training windows (docs/method.md) and leaves the best epoch's parameters
/// (train/selection.hpp). Stops early after settings.patience epochs without a better one, but not before a valid one.
/// An epoch takes epoch_windows() of them (epoch_size.hpp) in an order drawn from (seed, epoch); the remainder that
/// fills no batch is left out of that epoch. When stop_requested() turns true the best weights so far are kept; before
/// the first validation those are the present ones.
///
/// `scaled`: [D][T], NaN where missing. Throws Error (data) when a part holds no window, Error (software) when the loss
/// is not finite: the message names step and tensor.
void fit(Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows, Scheduler& scheduler,
         TrainingObserver& observer);

}  // namespace vdn
