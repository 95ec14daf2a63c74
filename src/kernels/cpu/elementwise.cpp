#include <vdn/kernels/elementwise.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/elementwise.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/math-inl.hpp"
#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

void GeluForward(const float* x, float* y, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, x);
    part.Store(hn::Mul(v, NormalCdf(d, v)), d, y);
  });
}

void GeluBackward(const float* x, const float* dy, float* dx, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, x);
    const auto slope = hn::MulAdd(v, NormalDensity(d, v), NormalCdf(d, v));
    part.Store(hn::Mul(part.Load(d, dy), slope), d, dx);
  });
}

void Multiply(const float* x, const float* mask, float* y, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR { part.Store(hn::Mul(part.Load(d, x), part.Load(d, mask)), d, y); });
}

void SigmoidGateForward(const float* base, const float* gate, const float* delta, float* y, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto open = Sigmoid(d, part.Load(d, gate));
    part.Store(hn::MulAdd(open, part.Load(d, delta), part.Load(d, base)), d, y);
  });
}

void SigmoidGateBackward(const float* gate, const float* delta, const float* dy, float* dgate, float* ddelta,
                         std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto open = Sigmoid(d, part.Load(d, gate));
    const auto slope = hn::Mul(open, hn::Sub(hn::Set(d, 1.0f), open));
    const auto change = part.Load(d, delta), cotangent = part.Load(d, dy);
    part.Store(hn::Mul(hn::Mul(cotangent, change), slope), d, dgate);
    part.Store(hn::Mul(cotangent, open), d, ddelta);
  });
}

void SoftplusScaleForward(const float* rho, float factor, float floor, float cap, float* r, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto value = hn::MulAdd(hn::Set(d, factor), Softplus(d, part.Load(d, rho)), hn::Set(d, floor));
    part.Store(KeepNaN(value, hn::Min(value, hn::Set(d, cap))), d, r);
  });
}

void SoftplusScaleBackward(const float* rho, float factor, float floor, float cap, const float* dr, float* drho,
                           std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, rho);
    const auto value = hn::MulAdd(hn::Set(d, factor), Softplus(d, v), hn::Set(d, floor));
    const auto slope = hn::Mul(hn::Set(d, factor), Sigmoid(d, v));
    const auto capped = hn::Gt(value, hn::Set(d, cap));
    part.Store(hn::IfThenZeroElse(capped, hn::Mul(part.Load(d, dr), slope)), d, drho);
  });
}

void ExpClampedForward(const float* log_sigma, float lo, float hi, float* sigma, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, log_sigma);
    const auto clamped = hn::Min(hn::Max(v, hn::Set(d, lo)), hn::Set(d, hi));
    part.Store(KeepNaN(v, Exponential(d, clamped)), d, sigma);
  });
}

void ExpClampedBackward(const float* log_sigma, float lo, float hi, const float* sigma, const float* dsigma,
                        float* dlog_sigma, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, log_sigma);
    const auto clamped = hn::Or(hn::Lt(v, hn::Set(d, lo)), hn::Gt(v, hn::Set(d, hi)));
    const auto slope = hn::Mul(part.Load(d, dsigma), part.Load(d, sigma));
    part.Store(hn::IfThenZeroElse(clamped, slope), d, dlog_sigma);
  });
}

void AddScaled(float alpha, const float* x, float* y, std::size_t count) {
  const Floats d;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    part.Store(hn::MulAdd(hn::Set(d, alpha), part.Load(d, x), part.Load(d, y)), d, y);
  });
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(GeluForward);
HWY_EXPORT(GeluBackward);
HWY_EXPORT(Multiply);
HWY_EXPORT(SigmoidGateForward);
HWY_EXPORT(SigmoidGateBackward);
HWY_EXPORT(SoftplusScaleForward);
HWY_EXPORT(SoftplusScaleBackward);
HWY_EXPORT(ExpClampedForward);
HWY_EXPORT(ExpClampedBackward);
HWY_EXPORT(AddScaled);

template <>
void gelu_forward<float>(std::span<const float> x, std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(GeluForward)(x.data(), y.data(), x.size());
}
template <>
void gelu_backward<float>(std::span<const float> x, std::span<const float> dy, std::span<float> dx) {
  HWY_DYNAMIC_DISPATCH(GeluBackward)(x.data(), dy.data(), dx.data(), x.size());
}
template <>
void dropout<float>(std::span<const float> x, std::span<const float> mask, std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(Multiply)(x.data(), mask.data(), y.data(), x.size());
}
template <>
void sigmoid_gate_forward<float>(std::span<const float> base, std::span<const float> gate, std::span<const float> delta,
                                 std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(SigmoidGateForward)(base.data(), gate.data(), delta.data(), y.data(), y.size());
}
template <>
void sigmoid_gate_backward<float>(std::span<const float> gate, std::span<const float> delta, std::span<const float> dy,
                                  std::span<float> dgate, std::span<float> ddelta) {
  HWY_DYNAMIC_DISPATCH(SigmoidGateBackward)
  (gate.data(), delta.data(), dy.data(), dgate.data(), ddelta.data(), dy.size());
}
template <>
void softplus_scale_forward<float>(std::span<const float> rho, float factor, float floor, float cap,
                                   std::span<float> r) {
  HWY_DYNAMIC_DISPATCH(SoftplusScaleForward)(rho.data(), factor, floor, cap, r.data(), rho.size());
}
template <>
void softplus_scale_backward<float>(std::span<const float> rho, float factor, float floor, float cap,
                                    std::span<const float> dr, std::span<float> drho) {
  HWY_DYNAMIC_DISPATCH(SoftplusScaleBackward)(rho.data(), factor, floor, cap, dr.data(), drho.data(), rho.size());
}
template <>
void exp_clamped_forward<float>(std::span<const float> log_sigma, float lo, float hi, std::span<float> sigma) {
  HWY_DYNAMIC_DISPATCH(ExpClampedForward)(log_sigma.data(), lo, hi, sigma.data(), log_sigma.size());
}
template <>
void exp_clamped_backward<float>(std::span<const float> log_sigma, float lo, float hi, std::span<const float> sigma,
                                 std::span<const float> dsigma, std::span<float> dlog_sigma) {
  HWY_DYNAMIC_DISPATCH(ExpClampedBackward)
  (log_sigma.data(), lo, hi, sigma.data(), dsigma.data(), dlog_sigma.data(), log_sigma.size());
}
template <>
void add_scaled<float>(float alpha, std::span<const float> x, std::span<float> y) {
  HWY_DYNAMIC_DISPATCH(AddScaled)(alpha, x.data(), y.data(), x.size());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
