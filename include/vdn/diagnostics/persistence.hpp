#pragma once
// How much of a neuron's activity stays from one window to a later one of the same series.

#include <cstddef>
#include <vector>

#include <vdn/core/matrix.hpp>

namespace vdn {

/// Correlation of mu_i between windows and their partners a fixed lag earlier, within series: deviations are from the
/// means of the series, so that differences between series do not count as persistence; covariances and variances are
/// then summed over series and over the K dimensions.
class PersistenceSums {
 public:
  PersistenceSums(std::size_t neurons, std::size_t dims);
  /// One series: mu of P windows and of their partners, [P, N*K] each, row by row. Fewer than two pairs say nothing.
  void add_series(ConstMatrix<float> now, ConstMatrix<float> before);
  /// [N], NaN where mu did not vary.
  std::vector<float> autocorrelation() const;

 private:
  std::size_t dims_;
  std::vector<double> covariance_, variance_now_, variance_before_;  // [N], sums
};

}  // namespace vdn
