#include <vdn/diagnostics/persistence.hpp>

#include <cmath>
#include <limits>

namespace vdn {

PersistenceSums::PersistenceSums(std::size_t neurons, std::size_t dims)
    : dims_(dims), covariance_(neurons), variance_now_(neurons), variance_before_(neurons) {}

void PersistenceSums::add_series(ConstMatrix<float> now, ConstMatrix<float> before) {
  if (now.rows < 2) return;
  const double one = 1.0 / static_cast<double>(now.rows);
  std::vector<double> mean_now(now.cols), mean_before(now.cols);  // row by row, as memory lies
  for (std::size_t p = 0; p < now.rows; ++p) {
    for (std::size_t c = 0; c < now.cols; ++c) {
      mean_now[c] += static_cast<double>(now(p, c)) * one;
      mean_before[c] += static_cast<double>(before(p, c)) * one;
    }
  }
  for (std::size_t p = 0; p < now.rows; ++p) {
    for (std::size_t c = 0; c < now.cols; ++c) {
      const double a = static_cast<double>(now(p, c)) - mean_now[c];
      const double b = static_cast<double>(before(p, c)) - mean_before[c];
      covariance_[c / dims_] += a * b;
      variance_now_[c / dims_] += a * a;
      variance_before_[c / dims_] += b * b;
    }
  }
}

std::vector<float> PersistenceSums::autocorrelation() const {
  std::vector<float> correlation(covariance_.size(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < correlation.size(); ++i) {
    const double scale = std::sqrt(variance_now_[i] * variance_before_[i]);
    if (scale > 0.0) correlation[i] = static_cast<float>(covariance_[i] / scale);
  }
  return correlation;
}

}  // namespace vdn
