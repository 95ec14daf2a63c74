#pragma once
// Persistence of a latent in time (docs/method.md, ar1): what a window's posterior has to do with that of an earlier
// window of its series. Letters: B batch rows, N neurons, K dimensions each, S draws. phi is one number a column.

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// average[B,N*K] = mean over s of eps[B*S,N*K]: mu + sigma * average is the average of the S draws.
template <class Real>
void average_draws_forward(ConstMatrix<Real> eps, Matrix<Real> average);
/// The gradient of c = mu + sigma * average: dmu += dc, dsigma += dc * average. All [B,N*K].
template <class Real>
void average_draws_backward(ConstMatrix<Real> average, ConstMatrix<Real> dc, Matrix<Real> dmu, Matrix<Real> dsigma);

/// error[B] = sum over the columns of (c - phi c')^2, c and c' [B,N*K], phi [N*K].
template <class Real>
void persistence_forward(ConstMatrix<Real> c, ConstMatrix<Real> earlier, std::span<const Real> phi,
                         std::span<Real> error);
/// `weight` is the derivative of the loss by error; with d = 2 weight (c - phi c'): dc = d, dearlier = -phi d,
/// dphi[B,N*K] = -c' d, each row's own. Overwrites.
template <class Real>
void persistence_backward(ConstMatrix<Real> c, ConstMatrix<Real> earlier, std::span<const Real> phi, Real weight,
                          Matrix<Real> dc, Matrix<Real> dearlier, Matrix<Real> dphi);

/// The prior an earlier posterior gives: m = phi mu', s = sqrt(phi^2 sigma'^2 + tau^2), all [B,N*K]; tau > 0.
template <class Real>
void persistent_prior_forward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, std::span<const Real> phi, Real tau,
                              Matrix<Real> m, Matrix<Real> s);
/// dmu = phi dm, dsigma = phi^2 sigma'/s ds, dphi[B,N*K] = mu' dm + phi sigma'^2/s ds, each row's own. Overwrites.
template <class Real>
void persistent_prior_backward(ConstMatrix<Real> mu, ConstMatrix<Real> sigma, std::span<const Real> phi,
                               ConstMatrix<Real> s, ConstMatrix<Real> dm, ConstMatrix<Real> ds, Matrix<Real> dmu,
                               Matrix<Real> dsigma, Matrix<Real> dphi);

}  // namespace vdn::kernels
