#pragma once
// How training talks: algorithms never print, they tell an observer.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/diagnostics/collapse.hpp>
#include <vdn/diagnostics/regime.hpp>
#include <vdn/model/settings.hpp>

namespace vdn {

/// One epoch in figures. Losses are means over the epoch's steps, in scaled units.
struct EpochReport {
  std::size_t epoch = 0;   ///< from 1
  std::size_t epochs = 0;  ///< most that may come
  std::size_t steps = 0;   ///< taken so far in all
  double train_loss = 0.0;
  double train_nll = 0.0;
  double train_kl = 0.0;        ///< summed over neurons
  double train_macro_kl = 0.0;  ///< of the hierarchical prior's latent, nats; 0 without
  double train_ar = 0.0;        ///< the ar1 penalty, unweighted; 0 without
  double train_ar_share = 0.0;  ///< its share of the loss (control/share.hpp); 0 where nothing controls it
  double gradient_norm = 0.0;
  double validation_nll = 0.0;   ///< marginal, per step and series
  double validation_crps = 0.0;  ///< of every 32nd window, of every eighth where it selects
  double validation_mse = 0.0;
  double score = 0.0;     ///< what decides which epoch is kept (selection.hpp)
  bool best = false;      ///< the best so far
  bool valid = true;      ///< may be kept before all that are not; see score_epoch
  double mu2_mean = 0.0;  ///< mean over neurons of the batch mean of mu^2, validation windows
  double sigma_mean = 0.0;
  double kl_mean = 0.0;                      ///< per neuron
  double info_sum = 0.0;                     ///< sum over neurons of 0.5 ln(1 + v_i / mean sigma_i^2), nats
  double alive = 0.0;                        ///< share of neurons with info_i > 0.01 nat
  double macro_kl = 0.0;                     ///< of the hierarchical prior's latent, nats; 0 without
  double beta_mean = RegimeRecord::unknown;  ///< mean price of a nat of KL
  bool band_held = false;                    ///< a constraint of the control mode holds neurons in their band
  double frac_low = RegimeRecord::unknown;   ///< shares of neurons below their band, above it and in it
  double frac_high = RegimeRecord::unknown;
  double inside = RegimeRecord::unknown;
  double active_units = RegimeRecord::unknown;          ///< share of neurons with v_i > .01 t_i
  double alive_kl_mean = RegimeRecord::unknown;         ///< mean share of windows with KL > 1e-4 nat
  double autocorrelation_mean = RegimeRecord::unknown;  ///< of mu at lag encoder.stride
  double seconds = 0.0;                                 ///< since training began
  double step_seconds = 0.0;        ///< of this epoch: gathering batches, gradients, clipping, AdamW
  double validation_seconds = 0.0;  ///< of this epoch
  NeuronFigures neurons{};
};

/// A window normalisation and what a short fit with it reached (window_norm.hpp).
struct NormTrial {
  WindowNorm norm = WindowNorm::mean_deviation;
  double nll = 0.0;  ///< validation, marginal, per step, scaled units; the best epoch's
};

/// Receives progress; every call comes from the thread that called fit().
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  /// fit_forecaster has chosen what the job left open and begins to train with these settings.
  virtual void on_start(const Settings& /*settings*/) {}
  virtual void on_step(std::size_t /*epoch*/, std::size_t /*step_of_epoch*/, std::size_t /*steps_of_epoch*/,
                       double /*loss*/) {}
  virtual void on_epoch(const EpochReport& /*report*/) {}
  /// A collapse mode (docs/control.md) began or ended; comes after on_epoch of its epoch.
  virtual void on_collapse(const diagnostics::CollapseChange& /*change*/) {}
  /// The window normalisation was chosen: the first of these.
  virtual void on_norms(std::span<const NormTrial> /*trials*/) {}
  /// The network is about to be fitted once more, on `training` rows, to be judged on the rows after them.
  virtual void on_rehearsal(Range /*training*/) {}
  /// Asked after every step; true ends training, the best epoch is kept.
  virtual bool stop_requested() { return false; }
};

/// Of a fit beside the one that is watched: passes on nothing but the wish to stop.
class StopOnly : public TrainingObserver {
 public:
  explicit StopOnly(TrainingObserver& outer) : outer_(outer) {}
  bool stop_requested() override { return outer_.stop_requested(); }

 private:
  TrainingObserver& outer_;
};

}  // namespace vdn
