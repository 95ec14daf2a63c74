#pragma once
// How much of what the network adds to the line's mean holds at other times.

#include <cstddef>
#include <span>

#include <vdn/data/splits.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/train/trainer.hpp>

namespace vdn {

/// The borders of a rehearsal: 55% of the training rows train, the others validate; there is no test part. A network
/// fitted there is judged at a time that the one of all training rows has learned by heart, with as much validation as
/// training rows: validation alone is one stretch of time, which may happen to go on as training did.
Borders rehearsal_borders(const Borders& borders);

/// The windows a correction is judged by: those that did not choose the epoch, where there are others.
const Windows& judging_windows(const FitWindows& windows);

/// Sums over windows and observed steps, with y the target, l the line and c the network's correction of it: the
/// squared error of l + a c is error - 2 a product + a^2 square.
struct CorrectionErrors {
  double error = 0;    ///< sum (y - l)^2
  double product = 0;  ///< sum (y - l) c
  double square = 0;   ///< sum c^2
  void add(const CorrectionErrors& other, double weight = 1.0) {
    error += weight * other.error;
    product += weight * other.product;
    square += weight * other.square;
  }
  double with(double share) const { return error - 2.0 * share * product + share * share * square; }
};
/// The sum over the series of each one's sums over its own error: a part in which one series has gone wild says no more
/// of that one than of the others. At most 2,048 windows, evenly spaced, are looked at. The same bits for any number of
/// threads.
CorrectionErrors correction_errors(Forecaster& forecaster, ConstMatrix<float> scaled, const Windows& windows,
                                   Scheduler& scheduler);

/// The share in [0, 1], in steps of .05, with the smallest geometric mean of the parts' errors: a share of the error
/// counts alike in calm and in wild times. Of equals the largest.
double best_share(std::span<const CorrectionErrors> parts);

/// How many windows that do not overlap judge: the rows of the judging windows over H, or the origins that are looked
/// at where these are fewer, times the share of their targets that is observed.
double independent_judges(const Forecaster& forecaster, ConstMatrix<float> scaled, const FitWindows& windows);

/// The share drawn towards the line where few windows have judged it: n/(n + 4) of it, n those of all parts that do not
/// overlap.
double trusted_share(double share, double independent_windows);

}  // namespace vdn
