// CRPS of a Gaussian mixture: the fast form. Lanes are horizon steps.

#include <vdn/kernels/mixture.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_crps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/packed_mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// 1/sqrt(v): the hardware's estimate and one Newton step, relative error below 1e-6; v is kept above 1e-30.
HWY_INLINE Vec inverse_root(Lanes d, Vec v) {
  // Without vector instructions the estimate is too coarse for one step.
  if constexpr (HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128) return hn::Div(hn::Set(d, 1.0f), hn::Sqrt(v));
  const Vec x = hn::ApproximateReciprocalSqrt(v);
  return hn::Mul(hn::Mul(x, hn::Set(d, 0.5f)), hn::NegMulAdd(hn::Mul(v, x), x, hn::Set(d, 3.0f)));
}

/// A(m, v) = |m| + s c(|m|/s), s = sqrt(v): E|X| of X ~ N(m, v). c(x) = 2 (phi(x) - x Phi(-x)) falls from 0.8 to 0
/// and is a polynomial of degree 13 on [0, 5.2] (Chebyshev fit; error 3e-7), constant (4e-8) beyond.
HWY_INLINE Vec absolute_mean(Lanes d, Vec m, Vec v) {
  const Vec variance = hn::Max(v, hn::Set(d, 1e-30f));
  const Vec inverse = inverse_root(d, variance);
  const Vec size = hn::Abs(m);
  const Vec x = hn::Min(hn::Mul(size, inverse), hn::Set(d, 5.2f));
  const Vec t = hn::MulSub(x, hn::Set(d, 2.0f / 5.2f), hn::Set(d, 1.0f));
  Vec c = hn::Set(d, 0.007373414468f);
  c = hn::MulAdd(c, t, hn::Set(d, -0.006125720795f));
  c = hn::MulAdd(c, t, hn::Set(d, -0.03368022048f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.04601230856f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.0417400119f));
  c = hn::MulAdd(c, t, hn::Set(d, -0.1304029196f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.08009044961f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.09708858159f));
  c = hn::MulAdd(c, t, hn::Set(d, -0.2633492456f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.2976015569f));
  c = hn::MulAdd(c, t, hn::Set(d, -0.2068780013f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.09184099142f));
  c = hn::MulAdd(c, t, hn::Set(d, -0.02423843315f));
  c = hn::MulAdd(c, t, hn::Set(d, 0.002927557538f));
  return hn::MulAdd(hn::Mul(variance, inverse), c, size);
}

/// E|X - y| of the packed steps.
Vec absolute_error(Lanes d, const PackedMixture& packed, Vec y) {
  Vec sum = hn::Zero(d);
  for (std::size_t j = 0; j < packed.components(); ++j) {
    const Vec miss = absolute_mean(d, hn::Sub(packed.mean(d, j), y), packed.variance(d, j));
    sum = hn::MulAdd(hn::Set(d, packed.weight(j)), miss, sum);
  }
  return sum;
}

/// 1/2 E|X - X'| of the packed steps: pairs j > k once, half the diagonal A(0, 2 s^2) = 2 s / sqrt(pi).
Vec half_difference(Lanes d, const PackedMixture& packed) {
  Vec sum = hn::Zero(d);
  for (std::size_t j = 0; j < packed.components(); ++j) {
    const Vec mean = packed.mean(d, j), variance = packed.variance(d, j);
    const auto pair = [&](std::size_t k, Vec pairs) {
      const Vec apart = absolute_mean(d, hn::Sub(mean, packed.mean(d, k)), hn::Add(variance, packed.variance(d, k)));
      return hn::MulAdd(hn::Set(d, packed.weight(k)), apart, pairs);
    };
    Vec pairs = hn::Mul(hn::Sqrt(variance), hn::Set(d, packed.weight(j) * 0.564189584f)), more = hn::Zero(d);
    std::size_t k = 0;
    for (; k + 1 < j; k += 2) {
      pairs = pair(k, pairs);
      more = pair(k + 1, more);
    }
    if (k < j) pairs = pair(k, pairs);
    sum = hn::MulAdd(hn::Set(d, packed.weight(j)), hn::Add(pairs, more), sum);
  }
  return sum;
}

Targets targets_of(Lanes d, const MixtureBatch<float>& batch, std::size_t b, std::size_t h) {
  const std::size_t horizon = batch.target.cols;
  return load_targets(d, batch.target.data + b * horizon, batch.observed.data + b * horizon, h, horizon);
}

void MixtureCrps(const MixtureBatch<float>& batch, float* crps) {
  const Lanes d;
  for_each_pack(d, batch, [&](const PackedMixture& packed, std::size_t b, std::size_t h) {
    const Targets targets = targets_of(d, batch, b, h);
    const Vec score = hn::Sub(absolute_error(d, packed, targets.y), half_difference(d, packed));
    store_steps(d, hn::IfThenElseZero(targets.observed, score), crps + b * batch.mean.cols, h, batch.mean.cols);
  });
}

void MixtureAbsoluteError(const MixtureBatch<float>& batch, float* error) {
  const Lanes d;
  for_each_pack(d, batch, [&](const PackedMixture& packed, std::size_t b, std::size_t h) {
    const Targets targets = targets_of(d, batch, b, h);
    const Vec miss = hn::IfThenElseZero(targets.observed, absolute_error(d, packed, targets.y));
    store_steps(d, miss, error + b * batch.mean.cols, h, batch.mean.cols);
  });
}

void MixtureHalfDifference(const MixtureBatch<float>& batch, float* half) {
  const Lanes d;
  for_each_pack(d, batch, [&](const PackedMixture& packed, std::size_t b, std::size_t h) {
    store_steps(d, half_difference(d, packed), half + b * batch.mean.cols, h, batch.mean.cols);
  });
}

/// Derivatives of the packed steps' scores by the mean and the scale of component j:
///   w_j (2 Phi(x_jy) - 1 - sum_k w_k (2 Phi(x_jk) - 1)) and w_j (2 phi(x_jy) - sum_k w_k 2 phi(x_jk) s_j / s_jk).
struct ByComponent {
  Vec mean, scale;
};
ByComponent crps_derivatives(Lanes d, const PackedMixture& packed, std::size_t j, Vec y) {
  const Vec mean = packed.mean(d, j), variance = packed.variance(d, j);
  const Vec two = hn::Set(d, 2.0f), one = hn::Set(d, 1.0f);
  const Vec own = inverse_root(d, hn::Max(variance, hn::Set(d, 1e-30f)));
  const Normal at_target = normal(d, hn::Mul(hn::Sub(mean, y), own));
  Vec by_mean = hn::MulSub(two, at_target.cdf, one), by_scale = hn::Zero(d);
  for (std::size_t k = 0; k < packed.components(); ++k) {
    const Vec inverse = inverse_root(d, hn::Max(hn::Add(variance, packed.variance(d, k)), hn::Set(d, 1e-30f)));
    const Normal pair = normal(d, hn::Mul(hn::Sub(mean, packed.mean(d, k)), inverse));
    const Vec weight = hn::Set(d, packed.weight(k));
    by_mean = hn::NegMulAdd(weight, hn::MulSub(two, pair.cdf, one), by_mean);
    by_scale = hn::NegMulAdd(hn::Mul(weight, inverse), pair.density, by_scale);
  }
  by_scale = hn::MulAdd(by_scale, hn::Mul(variance, own), at_target.density);
  const Vec weight = hn::Set(d, packed.weight(j));
  return {hn::Mul(weight, by_mean), hn::Mul(hn::Mul(weight, two), by_scale)};
}

void MixtureCrpsGradient(const MixtureBatch<float>& batch, float* crps, float* dmean, float* dscale) {
  const Lanes d;
  const std::size_t components = batch.log_weight.cols, horizon = batch.mean.cols;
  MixtureCrps(batch, crps);
  for_each_pack(d, batch, [&](const PackedMixture& packed, std::size_t b, std::size_t h) {
    const Targets targets = targets_of(d, batch, b, h);
    for (std::size_t j = 0; j < components; ++j) {
      const ByComponent by = crps_derivatives(d, packed, j, targets.y);
      const std::size_t row = (b * components + j) * horizon;
      store_steps(d, hn::IfThenElseZero(targets.observed, by.mean), dmean + row, h, horizon);
      store_steps(d, hn::IfThenElseZero(targets.observed, by.scale), dscale + row, h, horizon);
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(MixtureCrps);
HWY_EXPORT(MixtureAbsoluteError);
HWY_EXPORT(MixtureHalfDifference);
HWY_EXPORT(MixtureCrpsGradient);

template <>
void mixture_crps<float>(const MixtureBatch<float>& batch, Matrix<float> crps) {
  HWY_DYNAMIC_DISPATCH(MixtureCrps)(batch, crps.data);
}

template <>
void mixture_absolute_error<float>(const MixtureBatch<float>& batch, Matrix<float> absolute_error) {
  HWY_DYNAMIC_DISPATCH(MixtureAbsoluteError)(batch, absolute_error.data);
}

template <>
void mixture_half_difference<float>(const MixtureBatch<float>& batch, Matrix<float> half_difference) {
  HWY_DYNAMIC_DISPATCH(MixtureHalfDifference)(batch, half_difference.data);
}

template <>
void mixture_crps_gradient<float>(const MixtureBatch<float>& batch, Matrix<float> crps, Matrix<float> dmean,
                                  Matrix<float> dscale) {
  HWY_DYNAMIC_DISPATCH(MixtureCrpsGradient)(batch, crps.data, dmean.data, dscale.data);
}

}  // namespace vdn::kernels
#endif
