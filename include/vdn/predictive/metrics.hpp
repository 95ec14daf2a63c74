#pragma once
// Scores of mixture forecasts, accumulated window by window.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/mixture_summary.hpp>

namespace vdn {

/// Means over the observed points (windows, steps, series alike: each point counts once). NaN where there is none.
/// Every metric is given the functional it elicits: mse the mean of the mixture, mae its median.
struct Metrics {
  double mse = 0;          ///< (y - mean)^2
  double mae = 0;          ///< |y - median|
  double nll = 0;          ///< marginal: -log density of each step by itself, natural logarithm
  double crps = 0;         ///< closed form (kernels::mixture_crps)
  double coverage_80 = 0;  ///< share of points with 0.1 <= F(y) <= 0.9, the central 80% interval
  double coverage_90 = 0;  ///< share of points with 0.05 <= F(y) <= 0.95
  double pinball = 0;      ///< mean over the levels .05, .10 ... .95 of max(t (y - q_t), (t - 1)(y - q_t)); no factor 2
  std::size_t windows = 0;  ///< windows with at least one observed step (of a step: with that step observed)
  std::size_t points = 0;   ///< observed points
};

/// How often F(y) fell into each twentieth of [0, 1]: flat for a calibrated forecast. A value on an edge counts as
/// nearer to the middle, so that the central bins hold what the central intervals cover: bins 2 to 17 are coverage_80.
inline constexpr std::size_t pit_bins = 20;
using PitCounts = std::array<std::size_t, pit_bins>;

/// The share of points the central interval of `level` covers, .1, .2 ... .9 (others are rounded to these); NaN for no
/// points.
double central_coverage(const PitCounts& counts, double level);

/// Sums scores of windows in double with compensation (Neumaier), window by window in the order they are added: the
/// result does not depend on how the windows were cut into batches. Blocks scored on several threads go into an
/// accumulator each and are merged in block order: with a fixed cut into blocks the bits do not depend on threads.
///
/// Scores are kept in scaled units, the unit of the forecasts, and in original ones,
/// original = scaled * deviation[series] + mean[series]: squares gain deviation^2, absolute errors, CRPS and pinball
/// deviation, nll + ln deviation; coverage is the same.
class MetricAccumulator {
 public:
  /// Horizon H and the deviation of each of the D series, positive. Throws Error (software) otherwise.
  MetricAccumulator(std::size_t horizon, std::span<const double> deviations);

  std::size_t horizon() const { return horizon_; }
  std::size_t series_count() const { return deviations_.size(); }

  /// Adds the B windows of a batch; series[b] is the series of window b. A Gaussian forecast is a mixture of one
  /// component. Throws Error (software) where shapes do not fit or a series is unknown, Error (data) where a score is
  /// not finite; the accumulator then holds part of the batch and is to be dropped.
  void add(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch);
  /// The same where the summary of the batch is known.
  void add(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch,
           const MixtureSummary& summary);
  /// Adds everything `other` holds, as if its windows came after ours. Throws Error (software) where horizon or
  /// deviations differ.
  void merge(const MetricAccumulator& other);

  Metrics scaled() const;
  Metrics original() const;
  /// Of all observed points.
  const PitCounts& pit() const { return pit_; }
  /// By horizon step, H entries.
  std::vector<Metrics> scaled_by_step() const;
  std::vector<Metrics> original_by_step() const;
  /// By series, D entries.
  std::vector<Metrics> scaled_by_series() const;
  std::vector<Metrics> original_by_series() const;

 private:
  /// A sum and what rounding lost of it.
  struct Sum {
    double value = 0, lost = 0;
    void add(double x);
    void add(const Sum& other);
    double total() const { return value + lost; }
  };
  enum Score : std::size_t { mse, mae, nll, crps, coverage_80, coverage_90, pinball, score_count };
  using Scores = double[score_count];
  struct Cell {
    Sum sums[score_count];
    std::size_t windows = 0, points = 0;
    void add(const Scores& scores);
    void add(const Cell& other);
    Metrics metrics() const;
  };

  void check(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch) const;
  /// Windows that were checked.
  void add_windows(std::span<const std::size_t> series, const kernels::MixtureBatch<float>& batch,
                   const MixtureSummary& summary);
  /// Window b of the summary's.
  void add_window(std::size_t series, const kernels::MixtureBatch<float>& window, const MixtureSummary& summary,
                  std::size_t b);
  void score_step(double target, const MixtureSummary& summary, std::size_t b, std::size_t step, Scores& scores) const;
  static void to_original(Scores& scores, double deviation);
  Cell original_cell(std::size_t series) const;

  std::size_t horizon_;
  std::vector<double> deviations_;
  PitCounts pit_{};
  std::vector<Cell> series_;                               ///< [D], scaled
  std::vector<Cell> steps_;                                ///< [H], scaled
  std::vector<Cell> original_steps_;                       ///< [H]
  std::vector<float> log_density_, cdf_, absolute_error_;  ///< [H], of the present window
};

}  // namespace vdn
