#pragma once
// The arithmetic of a Gaussian latent. Letters: B batch rows, N neurons, K dimensions each, S draws.
// Draws of one row stand together: row b*S + s of a [B*S, .] matrix is draw s of batch row b.

#include <cstddef>
#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// z[B*S,N*K] = mu[B,N*K] + sigma[B,N*K] * eps[B*S,N*K] (Kingma and Welling 2014).
template <class Real>
void reparameterise_forward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, ConstMatrix<Real> eps, Matrix<Real> z);
/// dmu[B,N*K] = sum_s dz, dsigma[B,N*K] = sum_s dz * eps. Overwrites.
template <class Real>
void reparameterise_backward(ConstMatrix<Real> eps, ConstMatrix<Real> dz, Matrix<Real> dmu, Matrix<Real> dsigma);

/// kl[B,N] = sum over a neuron's K dimensions of KL(N(mu, sigma^2) || N(0, 1))
///         = sum_k 0.5 * (mu^2 + sigma^2 - ln sigma^2 - 1). sigma > 0.
template <class Real>
void gaussian_kl_forward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, std::size_t dims, Matrix<Real> kl);
/// dmu += weight[i] * mu, dsigma += weight[i] * (sigma - 1/sigma); weight[N] is the loss's derivative by kl[b,i],
/// the same for every row.
template <class Real>
void gaussian_kl_backward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, std::size_t dims, std::span<const Real> weight,
                          Matrix<Real> dmu, Matrix<Real> dsigma);

/// kl[B,N] = sum over a neuron's K dimensions of KL(N(mu, sigma^2) || N(m, s^2))
///         = sum_k 0.5 * (u^2 + r^2 - ln r^2 - 1), u = (mu - m)/s, r = sigma/s. mu, sigma, m, s [B,N*K]; sigma, s > 0.
template <class Real>
void gaussian_kl_to_forward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, ConstMatrix<Real> m, ConstMatrix<Real> s,
                            std::size_t dims, Matrix<Real> kl);
/// dmu += weight[i] u/s, dsigma += weight[i] (r/s - 1/sigma); dm = -weight[i] u/s, ds = weight[i] (1 - r^2 - u^2)/s.
/// weight[N] as in gaussian_kl_backward.
template <class Real>
void gaussian_kl_to_backward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, ConstMatrix<Real> m, ConstMatrix<Real> s,
                             std::size_t dims, std::span<const Real> weight, Matrix<Real> dmu, Matrix<Real> dsigma,
                             Matrix<Real> dm, Matrix<Real> ds);

/// activity[R,N] = factor * sum_k z[R,N*K]. factor 1/K is the mean, 1 the sum, 1/sqrt(K) the scaled sum.
template <class Real>
void pool_forward(ConstMatrix<Real> z, std::size_t dims, Real factor, Matrix<Real> activity);
/// dz[R,N*K] = factor * dactivity[R,N], repeated over k.
template <class Real>
void pool_backward(ConstMatrix<Real> dactivity, std::size_t dims, Real factor, Matrix<Real> dz);

}  // namespace vdn::kernels
