// Pieces of the fast mixture kernels, compiled once per target (Highway's include guard).
// Lanes are horizon steps.

#if defined(VDN_KERNELS_CPU_MIXTURE_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_MIXTURE_INL_HPP_
#undef VDN_KERNELS_CPU_MIXTURE_INL_HPP_
#else
#define VDN_KERNELS_CPU_MIXTURE_INL_HPP_
#endif

#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels/mixture_objective.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// At most 16 lanes: what mixture_nll_workspace rounds a horizon up to.
using Lanes = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Lanes>;
using LaneMask = hn::Mask<Lanes>;
inline constexpr std::size_t max_lanes = 16;

/// values[h ...] of a row of `size`; lanes past its end are `fill`.
HWY_INLINE Vec load_steps(Lanes d, const float* row, std::size_t h, std::size_t size, float fill) {
  if (HWY_LIKELY(h + hn::Lanes(d) <= size)) return hn::LoadU(d, row + h);
  float part[max_lanes];
  for (std::size_t i = 0; i < max_lanes; ++i) part[i] = h + i < size ? row[h + i] : fill;
  return hn::LoadU(d, part);
}

/// The other way; lanes past the end are dropped.
HWY_INLINE void store_steps(Lanes d, Vec values, float* row, std::size_t h, std::size_t size) {
  if (HWY_LIKELY(h + hn::Lanes(d) <= size)) return hn::StoreU(values, d, row + h);
  float part[max_lanes];
  hn::StoreU(values, d, part);
  for (std::size_t i = 0; h + i < size; ++i) row[h + i] = part[i];
}

/// Targets and masks of the steps from h on: y is 0 where unobserved or past the end.
struct Targets {
  Vec y;
  LaneMask observed;
};
HWY_INLINE Targets load_targets(Lanes d, const float* target, const std::uint8_t* observed, std::size_t h,
                                std::size_t size) {
  float y[max_lanes], known[max_lanes];
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
    const bool here = h + i < size && observed[h + i];
    y[i] = here ? target[h + i] : 0.0f;
    known[i] = here ? 1.0f : 0.0f;
  }
  return {hn::LoadU(d, y), hn::Gt(hn::LoadU(d, known), hn::Zero(d))};
}

/// (y - mean)/scale, kept where its square is finite.
HWY_INLINE Vec standardise(Lanes d, Vec y, Vec mean, Vec scale) {
  const Vec largest = hn::Set(d, 1e15f);
  return hn::Min(hn::Max(hn::Div(hn::Sub(y, mean), scale), hn::Neg(largest)), largest);
}

/// log N(y; mean, scale^2).
HWY_INLINE Vec log_normal(Lanes d, Vec y, Vec mean, Vec scale) {
  const Vec z = standardise(d, y, mean, scale);
  const Vec log_part = hn::Add(hn::Log(d, scale), hn::Set(d, static_cast<float>(log_root_two_pi)));
  return hn::NegMulSub(hn::Mul(z, hn::Set(d, 0.5f)), z, log_part);
}

/// log(sum of exp) of a stream of terms, one exponential each.
struct LogSumExp {
  Vec largest, sum;
  HWY_INLINE explicit LogSumExp(Lanes d) : largest(hn::Set(d, -3e38f)), sum(hn::Zero(d)) {}
  HWY_INLINE void add(Lanes d, Vec term) {
    const LaneMask larger = hn::Gt(term, largest);
    const Vec ratio = hn::Exp(d, hn::Neg(hn::AbsDiff(term, largest)));
    sum = hn::IfThenElse(larger, hn::MulAdd(sum, ratio, hn::Set(d, 1.0f)), hn::Add(sum, ratio));
    largest = hn::Max(term, largest);
  }
  HWY_INLINE Vec value(Lanes d) const { return hn::Add(largest, hn::Log(d, sum)); }
};

/// The sum of all lanes in double.
HWY_INLINE double sum_lanes(Lanes d, Vec values) {
  float part[max_lanes];
  hn::StoreU(values, d, part);
  double sum = 0;
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) sum += part[i];
  return sum;
}

/// Phi(x) and phi(x) with one exponential; absolute error of Phi below 2e-7
/// (Abramowitz and Stegun 26.2.17: Q(x) = phi(x) P(1/(1 + 0.2316419 x)), x >= 0).
struct Normal {
  Vec cdf, density;
};
HWY_INLINE Normal normal(Lanes d, Vec x) {
  const Vec size = hn::Min(hn::Abs(x), hn::Set(d, 13.0f));
  const Vec one = hn::Set(d, 1.0f);
  const Vec exponent = hn::Mul(hn::Mul(size, size), hn::Set(d, -0.5f));
  const Vec density = hn::Mul(hn::Exp(d, exponent), hn::Set(d, 0.398942280f));
  const Vec t = hn::Div(one, hn::MulAdd(size, hn::Set(d, 0.2316419f), one));
  Vec p = hn::Set(d, 1.330274429f);
  p = hn::MulAdd(p, t, hn::Set(d, -1.821255978f));
  p = hn::MulAdd(p, t, hn::Set(d, 1.781477937f));
  p = hn::MulAdd(p, t, hn::Set(d, -0.356563782f));
  p = hn::MulAdd(p, t, hn::Set(d, 0.319381530f));
  const Vec tail = hn::Mul(hn::Mul(p, t), density);
  return {hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(one, tail)), density};
}

}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#endif
