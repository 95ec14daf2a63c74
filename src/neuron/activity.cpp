#include <vdn/neuron/activity.hpp>

#include <algorithm>
#include <numeric>

namespace vdn::neuron {
namespace {

/// factor * sum_k mu_k of one neuron in one row.
template <class Real>
Real pooled(const Real* mu, const ActivityMeasure& measure) {
  return static_cast<Real>(measure.pool_factor) * std::accumulate(mu, mu + measure.dims, Real(0));
}

}  // namespace

template <class Real>
void activity_sums(ConstMatrix<Real> mu, const ActivityMeasure& measure, std::span<Real> sums) {
  std::fill(sums.begin(), sums.end(), Real(0));
  const std::size_t N = sums.size(), K = measure.dims;
  const Real mean = Real(1.0 / static_cast<double>(K));
  for (std::size_t r = 0; r < mu.rows; ++r) {
    const Real* row = mu.row(r).data();
    if (K == 1) {
      const Real factor = measure.pooled ? static_cast<Real>(measure.pool_factor * measure.pool_factor) : Real(1);
      for (std::size_t i = 0; i < N; ++i) sums[i] += factor * row[i] * row[i];
    } else if (measure.pooled) {
      for (std::size_t i = 0; i < N; ++i) {
        const Real value = pooled(row + i * K, measure);
        sums[i] += value * value;
      }
    } else {
      for (std::size_t i = 0; i < N; ++i) {
        const Real* neuron = row + i * K;
        sums[i] += mean * std::inner_product(neuron, neuron + K, neuron, Real(0));
      }
    }
  }
}

template <class Real>
void awake_counts(ConstMatrix<Real> kl, std::span<Real> counts) {
  std::fill(counts.begin(), counts.end(), Real(0));
  for (std::size_t r = 0; r < kl.rows; ++r) {
    const Real* row = kl.row(r).data();
    for (std::size_t i = 0; i < kl.cols; ++i) counts[i] += row[i] > Real(awake_kl) ? Real(1) : Real(0);
  }
}

template <class Real>
void add_activity_gradient(ConstMatrix<Real> mu, const ActivityMeasure& measure, std::span<const Real> slope,
                           Matrix<Real> dmu) {
  const std::size_t N = slope.size(), K = measure.dims;
  const Real share = Real(2.0 / static_cast<double>(K)), twice = Real(2.0 * measure.pool_factor);
  for (std::size_t r = 0; r < mu.rows; ++r) {
    const Real* row = mu.row(r).data();
    Real* out = dmu.row(r).data();
    for (std::size_t i = 0; i < N; ++i) {
      const Real common = measure.pooled ? twice * slope[i] * pooled(row + i * K, measure) : share * slope[i];
      for (std::size_t k = 0; k < K; ++k) out[i * K + k] += measure.pooled ? common : common * row[i * K + k];
    }
  }
}

#define VDN_INSTANTIATE(Real)                                                                                 \
  template void activity_sums<Real>(ConstMatrix<Real>, const ActivityMeasure&, std::span<Real>);              \
  template void awake_counts<Real>(ConstMatrix<Real>, std::span<Real>);                                       \
  template void add_activity_gradient<Real>(ConstMatrix<Real>, const ActivityMeasure&, std::span<const Real>, \
                                            Matrix<Real>);
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::neuron
