#include <vdn/kernels/adamw.hpp>

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/adamw.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/vectors-inl.hpp"

#ifndef VDN_KERNELS_CPU_ADAMW_FACTORS
#define VDN_KERNELS_CPU_ADAMW_FACTORS
namespace vdn::kernels {

/// What one step multiplies by, formed in double.
struct AdamWFactors {
  float gradient_scale, keep, beta1, rest1, beta2, rest2, rate, inverse_correction2, epsilon;
};

}  // namespace vdn::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

void AdamWStep(const AdamWFactors& factors, const float* gradient, float* parameter, float* first, float* second,
               std::size_t count) {
  const Floats d;
  const AdamWFactors f = factors;
  ForEachVector(0, count, [=](auto part) HWY_ATTR {
    const auto g = hn::Mul(hn::Set(d, f.gradient_scale), part.Load(d, gradient));
    const auto m = hn::MulAdd(hn::Set(d, f.beta1), part.Load(d, first), hn::Mul(hn::Set(d, f.rest1), g));
    const auto v = hn::MulAdd(hn::Set(d, f.beta2), part.Load(d, second), hn::Mul(hn::Mul(hn::Set(d, f.rest2), g), g));
    const auto deviation = hn::MulAdd(hn::Sqrt(v), hn::Set(d, f.inverse_correction2), hn::Set(d, f.epsilon));
    const auto decayed = hn::Mul(part.Load(d, parameter), hn::Set(d, f.keep));
    part.Store(hn::Sub(decayed, hn::Div(hn::Mul(hn::Set(d, f.rate), m), deviation)), d, parameter);
    part.Store(m, d, first);
    part.Store(v, d, second);
  });
}

double SquaredNorm(const float* values, std::size_t count) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, hn::ScalableTag<double>> half;
  const std::size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  const auto square = [=](std::size_t at, auto sum) HWY_ATTR {
    const auto v = hn::PromoteTo(d, hn::LoadU(half, values + at));
    return hn::MulAdd(v, v, sum);
  };
  std::size_t at = 0;
  for (; at + 4 * lanes <= count; at += 4 * lanes) {
    sum0 = square(at, sum0);
    sum1 = square(at + lanes, sum1);
    sum2 = square(at + 2 * lanes, sum2);
    sum3 = square(at + 3 * lanes, sum3);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
  for (; at < count; ++at) sum += static_cast<double>(values[at]) * static_cast<double>(values[at]);
  return sum;
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(AdamWStep);
HWY_EXPORT(SquaredNorm);

template <>
void adamw<float>(const AdamWSettings& settings, std::uint64_t step, float gradient_scale,
                  std::span<const float> gradient, std::span<float> parameter, std::span<float> first_moment,
                  std::span<float> second_moment) {
  const auto& [rate, beta1, beta2, epsilon, decay] = settings;
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  const AdamWFactors factors{.gradient_scale = gradient_scale,
                             .keep = static_cast<float>(1 - rate * decay),
                             .beta1 = static_cast<float>(beta1),
                             .rest1 = static_cast<float>(1 - beta1),
                             .beta2 = static_cast<float>(beta2),
                             .rest2 = static_cast<float>(1 - beta2),
                             .rate = static_cast<float>(rate / correction1),
                             .inverse_correction2 = static_cast<float>(1 / correction2),
                             .epsilon = static_cast<float>(epsilon)};
  HWY_DYNAMIC_DISPATCH(AdamWStep)
  (factors, gradient.data(), parameter.data(), first_moment.data(), second_moment.data(), parameter.size());
}

template <>
double squared_norm<float>(std::span<const float> values) {
  return HWY_DYNAMIC_DISPATCH(SquaredNorm)(values.data(), values.size());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
