// Vector functions shared by the fast kernels. Included once per target by a file with HWY_TARGET_INCLUDE (the idiom of
// hwy/contrib/math/math-inl.h); everything is float. NaN stays NaN in all of them, so that a failed step shows.

#if defined(VDN_KERNELS_CPU_MATH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_MATH_INL
#undef VDN_KERNELS_CPU_MATH_INL
#else
#define VDN_KERNELS_CPU_MATH_INL
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// c[0] x^(n-1) + ... + c[n-1], the highest power first.
template <class D, class V, std::size_t n>
HWY_INLINE V Polynomial(D d, V x, const float (&c)[n]) {
  V sum = hn::Set(d, c[0]);
  for (std::size_t i = 1; i < n; ++i) sum = hn::MulAdd(sum, x, hn::Set(d, c[i]));
  return sum;
}

/// `result` where x is a number, else x.
template <class V>
HWY_INLINE V KeepNaN(V x, V result) {
  return hn::IfThenElse(hn::Eq(x, x), result, x);
}

/// e^x to 1 ulp or so; infinity above 88.72, 0 below -104. (hn::Exp returns 0 for NaN and garbage far above.)
template <class D, class V>
HWY_INLINE V Exponential(D d, V x) {
  const V top = hn::Set(d, 88.722839f);
  const V value = hn::Exp(d, hn::Min(x, top));
  const V infinity = hn::BitCast(d, hn::Set(hn::RebindToUnsigned<D>(), 0x7F800000u));
  return KeepNaN(x, hn::IfThenElse(hn::Gt(x, top), infinity, value));
}

/// erf(x) - x for |x| < 1, as x P(x^2); 2e-9 relative before rounding (Chebyshev fit).
template <class D, class V>
HWY_INLINE V ErfMinusX(D d, V x) {
  constexpr float fit[] = {7.8758750627e-5f, -8.0168642872e-4f, 5.1890874234e-3f, -2.6854212011e-2f,
                           1.1283594715e-1f, -3.7612626667e-1f, 1.2837916585e-1f};
  return hn::Mul(x, Polynomial(d, hn::Mul(x, x), fit));
}

/// 1 - erf(size) for size >= 1, as e^Q(size) with a Chebyshev fit Q of log erfc on [1, 5]; 6e-6 relative. Held
/// at 1.5e-12 above 5.
template <class D, class V>
HWY_INLINE V ErfTail(D d, V size) {
  constexpr float fit[] = {1.1258323481e-6f,  -3.5263672284e-5f, 4.9979039093e-4f, -4.2760815794e-3f, 2.4963638493e-2f,
                           -1.0736639661e-1f, -6.3486642568e-1f, -1.1283627173f,   -1.6337430187e-4f};
  return hn::Exp(d, Polynomial(d, hn::Min(size, hn::Set(d, 5.0f)), fit));
}

/// The error function to 1.5e-7 absolute, 2e-7 relative near 0.
template <class D, class V>
HWY_INLINE V Erf(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V size = hn::Abs(x);
  const V outer = hn::CopySign(hn::Sub(one, ErfTail(d, size)), x);
  return KeepNaN(x, hn::IfThenElse(hn::Lt(size, one), hn::Add(x, ErfMinusX(d, x)), outer));
}

/// Distribution function of the standard normal, to 1e-7 absolute and 8e-6 relative down to x = -7.
template <class D, class V>
HWY_INLINE V NormalCdf(D d, V x) {
  const V half = hn::Set(d, 0.5f), one = hn::Set(d, 1.0f);
  const V scaled = hn::Mul(x, hn::Set(d, 0.70710678118654752f));
  const V size = hn::Abs(scaled);
  const V tail = hn::Mul(half, ErfTail(d, size));
  const V inner = hn::MulAdd(half, hn::Add(scaled, ErfMinusX(d, scaled)), half);
  const V outer = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(one, tail));
  return KeepNaN(x, hn::IfThenElse(hn::Lt(size, one), inner, outer));
}

/// Density of the standard normal.
template <class D, class V>
HWY_INLINE V NormalDensity(D d, V x) {
  const V exponent = hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5f));
  return KeepNaN(x, hn::Mul(hn::Set(d, 0.39894228040143268f), hn::Exp(d, exponent)));
}

/// 1 / (1 + e^-x), without overflow on either side.
template <class D, class V>
HWY_INLINE V Sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V small = hn::Exp(d, hn::Neg(hn::Abs(x)));
  return KeepNaN(x, hn::Div(hn::IfThenElse(hn::Ge(x, hn::Zero(d)), one, small), hn::Add(one, small)));
}

/// ln(1 + e^x), x itself above 20.
template <class D, class V>
HWY_INLINE V Softplus(D d, V x) {
  const V small = hn::Exp(d, hn::Neg(hn::Abs(x)));
  const V value = hn::Add(hn::Max(x, hn::Zero(d)), hn::Log1p(d, small));
  return KeepNaN(x, hn::IfThenElse(hn::Gt(x, hn::Set(d, 20.0f)), x, value));
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VDN_KERNELS_CPU_MATH_INL
