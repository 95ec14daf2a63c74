// Philox4x32-10 by vectors: lane i computes block first + i. Same bits as philox() of core/random.hpp.

#if defined(VDN_KERNELS_CPU_PHILOX_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_PHILOX_INL
#undef VDN_KERNELS_CPU_PHILOX_INL
#else
#define VDN_KERNELS_CPU_PHILOX_INL
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::uint32_t>;
using WordVec = hn::Vec<Words>;

/// The four words of a counter or of an output block, one block per lane.
struct PhiloxBlocks {
  WordVec word[4];
};

/// High and low half of the 64-bit product of every lane.
HWY_INLINE void MultiplyWide(WordVec a, WordVec factor, WordVec& high, WordVec& low) {
  const Words d;
#if HWY_TARGET == HWY_SCALAR  // one lane: no wider vector to see it as
  const std::uint64_t product = std::uint64_t{hn::GetLane(a)} * hn::GetLane(factor);
  high = hn::Set(d, static_cast<std::uint32_t>(product >> 32));
  low = hn::Set(d, static_cast<std::uint32_t>(product));
#else
  const hn::RepartitionToWide<Words> wide;
  const auto even = hn::MulEven(a, factor);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a))), factor);
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
#endif
}

/// Counters {first + lane, draw, origin, series}, the order of fill_normal. Multipliers and Weyl constants of Salmon et
/// al. 2011, table 2.
HWY_INLINE PhiloxBlocks Philox(std::uint32_t key0, std::uint32_t key1, std::uint32_t first, std::uint32_t draw,
                               std::uint32_t origin, std::uint32_t series) {
  const Words d;
  WordVec c0 = hn::Iota(d, first), c1 = hn::Set(d, draw), c2 = hn::Set(d, origin), c3 = hn::Set(d, series);
  const WordVec factor0 = hn::Set(d, 0xD2511F53u), factor1 = hn::Set(d, 0xCD9E8D57u);
  for (int round = 0; round < 10; ++round) {
    WordVec high0, low0, high1, low1;
    MultiplyWide(c0, factor0, high0, low0);
    MultiplyWide(c2, factor1, high1, low1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key0));
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key1));
    c1 = low1;
    c3 = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VDN_KERNELS_CPU_PHILOX_INL
