#pragma once
// What control reads of a layer's posterior, and the gradient of what it asks of the activity (docs/control.md).

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::neuron {

/// How the K values of mu of a neuron become one activity: their mean square, or the square of what pooling makes of
/// them, factor * sum_k mu_k.
struct ActivityMeasure {
  std::size_t dims = 1;      ///< K
  bool pooled = false;       ///< the source's band and homeostat; else ours
  double pool_factor = 1.0;  ///< of the layer's pooling; read when pooled
  bool operator==(const ActivityMeasure&) const = default;
};

/// A neuron whose KL in a row is above this many nats is awake there: the source's rule, for thermostat and guard.
inline constexpr double awake_kl = 1e-4;

/// sums[i] = sum over the rows of mu [R, N*K] of neuron i's activity; N sums.
template <class Real>
void activity_sums(ConstMatrix<Real> mu, const ActivityMeasure& measure, std::span<Real> sums);

/// counts[i] = rows of kl [R, N] in which neuron i is awake.
template <class Real>
void awake_counts(ConstMatrix<Real> kl, std::span<Real> counts);

/// dmu += the gradient of sum_i slope_i * sum_r activity_ri, slope [N]: 2 slope_i mu / K, or, pooled,
/// 2 slope_i factor * pooled_ri in every dimension.
template <class Real>
void add_activity_gradient(ConstMatrix<Real> mu, const ActivityMeasure& measure, std::span<const Real> slope,
                           Matrix<Real> dmu);

}  // namespace vdn::neuron
