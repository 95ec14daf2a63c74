// Loops over arrays by vectors, without touching what lies behind their ends. Included once per target, like
// math-inl.hpp.

#if defined(VDN_KERNELS_CPU_VECTORS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_VECTORS_INL
#undef VDN_KERNELS_CPU_VECTORS_INL
#else
#define VDN_KERNELS_CPU_VECTORS_INL
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using FloatVec = hn::Vec<Floats>;

/// Entries [at, at + lanes) of an array.
struct WholePart {
  std::size_t at;
  HWY_INLINE FloatVec Load(Floats d, const float* from) const { return hn::LoadU(d, from + at); }
  HWY_INLINE void Store(FloatVec v, Floats d, float* to) const { hn::StoreU(v, d, to + at); }
};

/// The last entries [at, at + count), fewer than a vector holds; lanes beyond read as 0 and are not stored.
struct LastPart {
  std::size_t at, count;
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2  // masked loads and stores that do not fault
  HWY_INLINE FloatVec Load(Floats d, const float* from) const {
    return hn::MaskedLoad(hn::FirstN(d, count), d, from + at);
  }
  HWY_INLINE void Store(FloatVec v, Floats d, float* to) const {
    hn::BlendedStore(v, hn::FirstN(d, count), d, to + at);
  }
#else
  HWY_INLINE FloatVec Load(Floats d, const float* from) const {
    HWY_ALIGN float lanes[hn::MaxLanes(d)] = {};
    std::memcpy(lanes, from + at, count * sizeof(float));
    return hn::Load(d, lanes);
  }
  HWY_INLINE void Store(FloatVec v, Floats d, float* to) const {
    HWY_ALIGN float lanes[hn::MaxLanes(d)];
    hn::Store(v, d, lanes);
    std::memcpy(to + at, lanes, count * sizeof(float));
  }
#endif
};

/// Calls body(part) over [begin, end) in order: whole vectors, then what is left.
template <class Body>
HWY_INLINE void ForEachVector(std::size_t begin, std::size_t end, const Body& body) {
  const std::size_t lanes = hn::Lanes(Floats());
  std::size_t at = begin;
  for (; at + lanes <= end; at += lanes) body(WholePart{at});
  if (at < end) body(LastPart{at, end - at});
}

/// `count` entries, at most a vector; lanes beyond are 0.
HWY_INLINE FloatVec LoadPart(const float* from, std::size_t count) {
  const Floats d;
  if (count == 0) return hn::Zero(d);
  return count >= hn::Lanes(d) ? hn::LoadU(d, from) : LastPart{0, count}.Load(d, from);
}
HWY_INLINE void StorePart(FloatVec v, std::size_t count, float* to) {
  const Floats d;
  if (count >= hn::Lanes(d)) {
    hn::StoreU(v, d, to);
  } else if (count > 0) {
    LastPart{0, count}.Store(v, d, to);
  }
}

HWY_INLINE float SumLanes(FloatVec v) {
  return hn::GetLane(hn::SumOfLanes(Floats(), v));
}

/// The sum of term(part) over [0, count); term must be 0 in the lanes a last part does not have, which holds for sums
/// of products of what was loaded. Two chains of additions.
template <class Term>
HWY_INLINE float SumOver(std::size_t count, const Term& term) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  FloatVec even = hn::Zero(d), odd = hn::Zero(d);
  std::size_t at = 0;
  for (; at + 2 * lanes <= count; at += 2 * lanes) {
    even = hn::Add(even, term(WholePart{at}));
    odd = hn::Add(odd, term(WholePart{at + lanes}));
  }
  for (; at + lanes <= count; at += lanes) even = hn::Add(even, term(WholePart{at}));
  if (at < count) odd = hn::Add(odd, term(LastPart{at, count - at}));
  return SumLanes(hn::Add(even, odd));
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VDN_KERNELS_CPU_VECTORS_INL
