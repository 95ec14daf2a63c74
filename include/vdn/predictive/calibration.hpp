#pragma once
// Calibration of a predictive distribution on windows held out from training: a monotone map of the distribution
// function of every horizon step (docs/method.md), restricted to what few windows can tell, a shift and a factor.

#include <cstddef>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>
#include <vdn/predictive/mixture_summary.hpp>

namespace vdn {

/// F*_h(y) = F_h(m_h + (y - m_h - shift_h s_h) / factor_h) with m_h, s_h the mean and standard deviation of F_h: the
/// mixture moved by shift_h deviations and stretched about its mean. It stays a Gaussian mixture, so quantiles, paths,
/// density and CRPS all see the same map and a level is always a quantile.
struct Calibration {
  std::vector<float> factor;  ///< [H], positive
  std::vector<float> shift;   ///< [H], in standard deviations

  bool empty() const { return factor.empty(); }
  /// Maps B rows in place: mean and scale [B*J, H], log_weight [B, J]. Does nothing when empty. Throws Error (software)
  /// when H differs.
  void apply(ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale) const;
  /// The same, and of `summary`, which is that of these rows, what it becomes.
  void apply(ConstMatrix<float> log_weight, Matrix<float> mean, Matrix<float> scale, MixtureSummary& summary) const;
  bool operator==(const Calibration&) const = default;
};

/// Collects forecasts with their targets and finds the map. Split conformal (Lei et al. 2018; scaled as Romano et al.
/// 2019) with the score of a step at central level c: the factor about the mean at which the interval of level c of the
/// shifted mixture would just reach the target. The c-quantile of the scores is the factor that gives level c its
/// coverage (taken as 4 at most); `factor` is the mean over the levels .5, .8 and .9, `shift` the median of (y -
/// median) / s. Both are averaged over neighbouring steps (H/16, at least 2, to each side) and drawn towards the
/// identity as if `prior_windows` independent windows had been calibrated already: n windows weigh n / (n +
/// prior_windows). A factor below 1 is drawn there as if by four times as many: calm weeks of validation are common,
/// and a narrow interval is the costlier error. So is the shift: what forecasts are off by in one stretch of time is
/// mostly of that time. Windows that overlap are not independent; the caller says how many are (rows of the part over
/// H). Windows of an earlier fit of the same settings, forecast from what lay before them, may say more of the factor:
/// it is taken about their unmoved mixtures, so that what they were off by widens, and the parts' changes are averaged
/// by their independent windows before they are drawn towards the identity.
class CalibrationFit {
 public:
  static constexpr double prior_windows = 32, narrowing_prior_windows = 4 * prior_windows;
  static constexpr double shift_prior_windows = 4 * prior_windows;

  explicit CalibrationFit(std::size_t horizon);
  /// Throws Error (software) where shapes do not fit.
  void add(const kernels::MixtureBatch<float>& batch);
  /// Adds what `other` saw.
  void merge(const CalibrationFit& other);
  std::size_t windows() const { return windows_; }
  /// The identity map where a step was never observed. Throws Error (software) when independent_windows is not
  /// positive.
  Calibration finish(double independent_windows) const;
  Calibration finish(double independent_windows, const CalibrationFit& earlier, double earlier_windows) const;

 private:
  static constexpr std::size_t level_count = 3;
  /// One target: (y - m)/s, the median's place in the same unit, and how far the quantiles of each level lie from m.
  struct Point {
    float place, median, below[level_count], above[level_count];
  };
  float score(const Point& point, float shift, std::size_t level) const;
  std::vector<double> shifts() const;
  std::vector<double> factors(const std::vector<double>& shifts) const;

  std::size_t horizon_, windows_ = 0;
  std::vector<std::vector<Point>> points_;  ///< [H]
};

}  // namespace vdn
