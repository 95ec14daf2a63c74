#pragma once
// What scoring reads off a Gaussian mixture, step by step. Letters and MixtureBatch as in mixture.hpp; L levels.
// All are 0 where the target is unobserved, except mean and quantiles, which do not look at the target.
// Every row stands alone: results do not depend on the other rows of the batch.

#include <span>

#include <vdn/kernels/mixture.hpp>

namespace vdn::kernels {

/// log_density[B,H] = log sum_j w_j N(y; mean_j, scale_j^2).
template <class Real>
void mixture_log_density(const MixtureBatch<Real>& batch, Matrix<Real> log_density);

/// cdf[B,H] = sum_j w_j Phi((y - mean_j)/scale_j): the probability integral transform of the target.
template <class Real>
void mixture_cdf(const MixtureBatch<Real>& batch, Matrix<Real> cdf);

/// mean[B,H] = sum_j w_j mean_j.
template <class Real>
void mixture_mean(const MixtureBatch<Real>& batch, Matrix<Real> mean);

/// quantiles[B*L,H]: row b*L + l is where the distribution function of row b is levels[l]. Levels increase and lie
/// strictly between 0 and 1; quantiles of one step never decrease. The float form is within 1e-6 of the level,
/// as far as single precision tells places apart. Weights are taken relative to their sum. Between two far modes, where
/// the function is flat, any point of the flat stretch may be returned.
template <class Real>
void mixture_quantiles(const MixtureBatch<Real>& batch, std::span<const double> levels, Matrix<Real> quantiles);

/// x with Phi(x) = level, 0 < level < 1; relative error below 1e-9 (Acklam's rational start, one Halley step).
double normal_quantile(double level);

}  // namespace vdn::kernels
