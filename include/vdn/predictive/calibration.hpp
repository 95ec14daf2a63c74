#pragma once
// Calibration of a predictive distribution on windows held out from training: a monotone map of the distribution
// function of every series and horizon step (docs/method.md), restricted to what few windows can tell, a shift and a
// factor of every step and a factor of every series.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/mixture_summary.hpp>

namespace vdn {

/// F*_h(y) = F_h(m_h + (y - m_h - shift_h s_h) / a) with m_h, s_h the mean and standard deviation of F_h, and
/// a = factor_h series_d of series d: the mixture moved by shift_h deviations and stretched about its mean. It stays a
/// Gaussian mixture, so quantiles, paths, density and CRPS all see the same map and a level is always a quantile.
struct Calibration {
  std::vector<float> factor;       ///< [H], positive
  std::vector<float> shift;        ///< [H], in standard deviations
  std::vector<float> series = {};  ///< [D], positive; empty: 1 for all

  bool empty() const { return factor.empty(); }
  /// Maps B rows in place, row b of series rows[b]: mean and scale [B*J, H], log_weight [B, J]. Does nothing when
  /// empty. Throws Error (software) when H differs or a series is none of the D.
  void apply(std::span<const std::size_t> rows, ConstMatrix<float> log_weight, Matrix<float> mean,
             Matrix<float> scale) const;
  /// The same, and of `summary`, which is that of these rows, what it becomes.
  void apply(std::span<const std::size_t> rows, ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale,
             MixtureSummary& summary) const;
  bool operator==(const Calibration&) const = default;
};

/// Collects forecasts with their targets and finds the map. Split conformal (Lei et al. 2018; scaled as Romano et al.
/// 2019) with the score of a step at central level c: the factor about the mean at which the interval of level c of
/// the shifted mixture would just reach the target. The c-quantile of the scores is the factor that gives level c its
/// coverage; a step's factor is the mean over the levels .5, .8 and .9, its shift the median of (y - median) / s. Both
/// are averaged over neighbouring steps (H/16, at least 2, to each side). A series' factor is the same mean of its own
/// scores of all steps, each over the factor of its step.
///
/// Factors are ratios, so it is their logarithms that are averaged over parts and drawn to zero, as if `prior_windows`
/// independent windows had been calibrated already: n windows weigh n / (n + prior_windows). A factor below 1 is drawn
/// there as if by four times as many: calm weeks of validation are common, and a narrow interval is the costlier error.
/// So is the shift: what forecasts are off by in one stretch of time is mostly of that time. A series' factor is drawn
/// there together with the steps' mean, which it stands on, and counts by the share of the independent windows at which
/// the series was looked at. No factor is found below .1.
///
/// Windows that overlap are not independent; the caller says how many are (rows of the part over H). Windows of an
/// earlier fit of the same settings, forecast from what lay before them, may say more of the factors: these are taken
/// about their unmoved mixtures, so that what they were off by widens, and the parts are averaged by their independent
/// windows.
class CalibrationFit {
 public:
  static constexpr double prior_windows = 32, narrowing_prior_windows = 4 * prior_windows;
  static constexpr double shift_prior_windows = 4 * prior_windows;

  /// Of tables of D = `series` series.
  explicit CalibrationFit(std::size_t horizon, std::size_t series = 1);
  /// Row b is of series rows[b] < D. Throws Error (software) where shapes do not fit.
  void add(std::span<const std::size_t> rows, const kernels::MixtureBatch<float>& batch);
  /// Adds what `other` saw.
  void merge(const CalibrationFit& other);
  std::size_t windows() const { return windows_; }
  /// The identity map where a step was never observed; of one series, none of its own. Throws Error (software) when
  /// independent_windows is not positive or `earlier` is of another shape.
  Calibration finish(double independent_windows) const;
  Calibration finish(double independent_windows, const CalibrationFit& earlier, double earlier_windows) const;

 private:
  static constexpr std::size_t level_count = 3;
  /// One target: (y - m)/s, the median's place in the same unit, and how far the quantiles of each level lie from m.
  struct Point {
    float place, median, below[level_count], above[level_count];
    std::uint32_t series;
  };
  /// Logarithms.
  struct Factors {
    std::vector<double> step;    ///< [H]
    std::vector<double> series;  ///< [D], beside that of the step
  };
  float score(const Point& point, float shift, std::size_t level) const;
  std::vector<double> shifts() const;
  Factors factors(const std::vector<double>& shifts) const;
  std::vector<double> step_factors(const std::vector<double>& shifts) const;
  std::vector<double> series_factors(const std::vector<double>& shifts, const std::vector<double>& steps) const;
  double looked_at(std::size_t series, double independent_windows) const;

  std::size_t horizon_, windows_ = 0;
  std::vector<std::size_t> series_windows_;  ///< [D]
  std::vector<std::vector<Point>> points_;   ///< [H]
};

}  // namespace vdn
