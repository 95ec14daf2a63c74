#pragma once
// AdamW (Loshchilov and Hutter 2019) and the norm its gradients are clipped by.

#include <cstdint>
#include <span>

namespace vdn::kernels {

struct AdamWSettings {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;
};

/// One update at step t (counted from 1) as torch.optim.AdamW does it:
///   p *= 1 - lr*decay;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
///   p -= lr/(1-b1^t) * m / (sqrt(v)/sqrt(1-b2^t) + eps),   g = gradient_scale * gradient.
/// gradient_scale carries the clipping factor, so that clipping costs no pass of its own.
template <class Real>
void adamw(const AdamWSettings& settings, std::uint64_t step, Real gradient_scale, std::span<const Real> gradient,
           std::span<Real> parameter, std::span<Real> first_moment, std::span<Real> second_moment);

/// Sum of squares, accumulated in double in a fixed order.
template <class Real>
double squared_norm(std::span<const Real> values);

/// The factor that brings a gradient of norm `norm` to at most `max_norm`: min(1, max_norm/(norm + 1e-6))
/// (torch.nn.utils.clip_grad_norm_). max_norm <= 0 does not clip.
double clip_factor(double norm, double max_norm);

}  // namespace vdn::kernels
