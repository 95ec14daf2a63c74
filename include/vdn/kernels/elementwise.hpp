#pragma once
// Element by element maps. Spans of one call have equal length; output may be the input unless said otherwise.

#include <span>

#include <vdn/core/matrix.hpp>

namespace vdn::kernels {

/// y = x * Phi(x), the erf form of GELU (Hendrycks and Gimpel 2016), not its tanh approximation.
template <class Real>
void gelu_forward(std::span<const Real> x, std::span<Real> y);
/// dx = dy * (Phi(x) + x * phi(x)).
template <class Real>
void gelu_backward(std::span<const Real> x, std::span<const Real> dy, std::span<Real> dx);

/// y = x * mask, mask being 0 or 1/(1 - p) (fill_dropout_mask in random_fill.hpp). The gradient is the same map of dy.
template <class Real>
void dropout(std::span<const Real> x, std::span<const Real> mask, std::span<Real> y);

/// y = base + sigmoid(gate) * delta.
template <class Real>
void sigmoid_gate_forward(std::span<const Real> base, std::span<const Real> gate, std::span<const Real> delta,
                          std::span<Real> y);
/// dgate = dy * delta * s (1 - s), ddelta = dy * s with s = sigmoid(gate); dbase = dy. dgate may be gate, ddelta delta.
template <class Real>
void sigmoid_gate_backward(std::span<const Real> gate, std::span<const Real> delta, std::span<const Real> dy,
                           std::span<Real> dgate, std::span<Real> ddelta);

/// The predictive scale: r = min(factor * softplus(rho) + floor, cap); softplus(x) = ln(1 + e^x), x itself above 20.
/// factor is the window's deviation where windows are normalised, else 1.
template <class Real>
void softplus_scale_forward(std::span<const Real> rho, Real factor, Real floor, Real cap, std::span<Real> r);
/// drho = dr * factor * sigmoid(rho), 0 where the cap acts.
template <class Real>
void softplus_scale_backward(std::span<const Real> rho, Real factor, Real floor, Real cap, std::span<const Real> dr,
                             std::span<Real> drho);

/// sigma = exp(clamp(log_sigma, lo, hi)).
template <class Real>
void exp_clamped_forward(std::span<const Real> log_sigma, Real lo, Real hi, std::span<Real> sigma);
/// dlog_sigma = dsigma * sigma where lo <= log_sigma <= hi, else 0 (the gradient of torch.clamp).
template <class Real>
void exp_clamped_backward(std::span<const Real> log_sigma, Real lo, Real hi, std::span<const Real> sigma,
                          std::span<const Real> dsigma, std::span<Real> dlog_sigma);

/// y += alpha * x.
template <class Real>
void add_scaled(Real alpha, std::span<const Real> x, std::span<Real> y);

}  // namespace vdn::kernels
