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

/// The error function to 1.5e-7 absolute, 2e-7 relative near 0. Chebyshev fits:
/// |x| < 1: x + x P(x^2); above: 1 - e^Q(|x|) with Q = log erfc on [1, 4]; at 4 erf is 1 to a float.
template <class D, class V>
HWY_INLINE V Erf(D d, V x) {
  constexpr float near[] = {7.8758750627e-5f, -8.0168642872e-4f, 5.1890874234e-3f, -2.6854212011e-2f,
                            1.1283594715e-1f, -3.7612626667e-1f, 1.2837916585e-1f};
  constexpr float tail[] = {-1.3272361811e-5f, 3.1693702249e-4f,  -3.4323513807e-3f, 2.2604772238e-2f,
                            -1.0328111760e-1f, -6.3914125765e-1f, -1.1258936524f,    -7.6589777970e-4f};
  const V one = hn::Set(d, 1.0f);
  const V size = hn::Abs(x);
  const V inner = hn::MulAdd(x, Polynomial(d, hn::Mul(x, x), near), x);
  const V clipped = hn::Min(size, hn::Set(d, 4.0f));
  const V outer = hn::CopySign(hn::Sub(one, hn::Exp(d, Polynomial(d, clipped, tail))), x);
  return KeepNaN(x, hn::IfThenElse(hn::Lt(size, one), inner, outer));
}

/// Distribution function of the standard normal, to 1e-7 absolute.
template <class D, class V>
HWY_INLINE V NormalCdf(D d, V x) {
  const V half = hn::Set(d, 0.5f);
  return hn::MulAdd(half, Erf(d, hn::Mul(x, hn::Set(d, 0.70710678118654752f))), half);
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
