#include <vdn/kernels/random_fill.hpp>

#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/random_fill.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/math-inl.hpp"
#include "kernels/cpu/philox-inl.hpp"
#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

/// (bits + 0.5) / 2^32 rounded to float.
HWY_INLINE FloatVec ToUniform(Floats d, WordVec bits) {
  return hn::Mul(hn::Add(hn::ConvertTo(d, bits), hn::Set(d, 0.5f)), hn::Set(d, 0x1p-32f));
}

/// sqrt(-2 ln u), u = (bits + 0.5) / 2^32, to 2e-7 relative. Near u = 1 a float u has lost what the logarithm needs, so
/// there f = u - 1 is formed from the complement of the bits; below sqrt(1/2), u = 2^e (1 + f) as usual.
/// ln(1 + f) = f - f^2/2 + f^3 P(f), P a Chebyshev fit on [sqrt(1/2) - 1, sqrt(2) - 1].
HWY_INLINE FloatVec NormalRadius(Floats d, WordVec bits) {
  constexpr float fit[] = {-0.079027437724f, 0.12622319849f, -0.12998183764f, 0.14214495924f,
                           -0.16641281463f,  0.20001045094f, -0.25000306423f, 0.33333330728f};
  const hn::RebindToSigned<Floats> di;
  const auto u = ToUniform(d, bits);
  const auto raw = hn::BitCast(di, u);
  const auto exponent = hn::ShiftRight<23>(hn::Sub(raw, hn::Set(di, 0x3F3504F3)));  // 0 from sqrt(1/2) on
  const auto mantissa = hn::BitCast(d, hn::Sub(raw, hn::ShiftLeft<23>(exponent)));
  const auto near_one = hn::Ge(u, hn::BitCast(d, hn::Set(di, 0x3F3504F3)));
  const auto f = hn::IfThenElse(near_one, hn::Neg(ToUniform(d, hn::Not(bits))), hn::Sub(mantissa, hn::Set(d, 1.0f)));
  const auto square = hn::Mul(f, f);
  const auto tail = hn::MulAdd(hn::Mul(square, f), Polynomial(d, f, fit), hn::Mul(square, hn::Set(d, -0.5f)));
  const auto log = hn::MulAdd(hn::ConvertTo(d, exponent), hn::Set(d, 0.69314718056f), hn::Add(f, tail));
  return hn::Sqrt(hn::Mul(hn::Set(d, -2.0f), log));
}

/// Cosine and sine of 2 pi (bits + 0.5) / 2^32, to 1e-7. The turn is split into quarters and a rest in integers: exact.
HWY_INLINE void UnitCircle(Floats d, WordVec bits, FloatVec& cosine, FloatVec& sine) {
  constexpr float sine_fit[] = {-0.0001958789088f, 0.0083327482706f, -0.16666664662f};
  constexpr float cosine_fit[] = {2.4547942085e-5f, -0.0013888303036f, 0.04166666466f};
  const Words du;
  const hn::RebindToSigned<Floats> di;
  const auto quarter = hn::ShiftRight<30>(hn::Add(bits, hn::Set(du, 1u << 29)));
  const auto rest = hn::BitCast(di, hn::Sub(bits, hn::ShiftLeft<30>(quarter)));
  const auto x = hn::Mul(hn::Add(hn::ConvertTo(d, rest), hn::Set(d, 0.5f)), hn::Set(d, 1.4629180792671596e-9f));
  const auto square = hn::Mul(x, x);
  const auto s = hn::MulAdd(hn::Mul(x, square), Polynomial(d, square, sine_fit), x);
  const auto c = hn::MulAdd(hn::Mul(square, square), Polynomial(d, square, cosine_fit),
                            hn::NegMulAdd(square, hn::Set(d, 0.5f), hn::Set(d, 1.0f)));
  const auto odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(du, 1u)));
  const auto top_bit = hn::Set(du, 0x80000000u);
  const auto sine_sign = hn::And(hn::ShiftLeft<30>(quarter), top_bit);
  const auto cosine_sign = hn::And(hn::ShiftLeft<30>(hn::Add(quarter, hn::Set(du, 1u))), top_bit);
  sine = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(d, sine_sign));
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(d, cosine_sign));
}

/// to[4 i + j] = four[j][i].
HWY_INLINE void StoreWoven(Floats d, const FloatVec (&four)[4], float* to) {
#if HWY_TARGET == HWY_SCALAR
  for (int i = 0; i < 4; ++i) hn::StoreU(four[i], d, to + i);
#else
  hn::StoreInterleaved4(four[0], four[1], four[2], four[3], d, to);
#endif
}

/// Fills `out` four numbers per Philox block; numbers(blocks, four) turns the words of a vector of blocks into four
/// vectors, which are woven into the order of the blocks.
template <class Numbers>
HWY_INLINE void FillByBlocks(const DrawKey& key, float* out, std::size_t count, const Numbers& numbers) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t at = 0; at < count; at += 4 * lanes) {
    const auto blocks = Philox(key.stream.word[0], key.stream.word[1], static_cast<std::uint32_t>(at / 4), key.draw,
                               key.origin, key.series);
    FloatVec four[4];
    numbers(blocks, four);
    if (at + 4 * lanes <= count) {
      StoreWoven(d, four, out + at);
    } else {
      HWY_ALIGN float rest[4 * hn::MaxLanes(d)];
      StoreWoven(d, four, rest);
      std::memcpy(out + at, rest, (count - at) * sizeof(float));
    }
  }
}

void FillNormal(const DrawKey& key, float* out, std::size_t count) {
  FillByBlocks(key, out, count, [](const PhiloxBlocks& blocks, FloatVec(&four)[4]) HWY_ATTR {
    const Floats d;
    for (int pair = 0; pair < 4; pair += 2) {
      const auto radius = NormalRadius(d, blocks.word[pair]);
      FloatVec cosine, sine;
      UnitCircle(d, blocks.word[pair + 1], cosine, sine);
      four[pair] = hn::Mul(radius, cosine);
      four[pair + 1] = hn::Mul(radius, sine);
    }
  });
}

/// Keeps where bits >= first_kept, which may be 2^32: nothing is kept.
void FillMask(const DrawKey& key, std::uint64_t first_kept, float keep, float* out, std::size_t count) {
  FillByBlocks(key, out, count, [=](const PhiloxBlocks& blocks, FloatVec(&four)[4]) HWY_ATTR {
    const Floats d;
    const Words du;
    const auto kept = hn::Set(d, first_kept >> 32 ? 0.0f : keep);
    const auto last_dropped = hn::Set(du, static_cast<std::uint32_t>(first_kept) - 1);
    for (int i = 0; i < 4; ++i) {
      const auto above = hn::RebindMask(d, hn::Gt(blocks.word[i], last_dropped));
      four[i] = first_kept == 0 ? kept : hn::IfThenElseZero(above, kept);
    }
  });
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(FillNormal);
HWY_EXPORT(FillMask);

template <>
void fill_normal<float>(DrawKey key, std::span<float> out) {
  HWY_DYNAMIC_DISPATCH(FillNormal)(key, out.data(), out.size());
}

template <>
void fill_dropout_mask<float>(DrawKey key, double p, std::span<float> out) {
  // u < p  <=>  bits + 0.5 < p 2^32  <=>  bits < ceil(p 2^32 - 0.5), exactly.
  const auto first_kept = static_cast<std::uint64_t>(std::ceil(p * 0x1p32 - 0.5));
  HWY_DYNAMIC_DISPATCH(FillMask)(key, first_kept, static_cast<float>(1 / (1 - p)), out.data(), out.size());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
