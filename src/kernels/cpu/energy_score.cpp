// The energy score of an ensemble of paths: the fast form. Paths and target are packed into whole vectors, unobserved
// steps set to 0, so that the sum over pairs needs no masks.

#include <vector>

#include <vdn/kernels/mixture.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/energy_score.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Rows of `stride` numbers; row P is the target.
struct PackedPaths {
  std::size_t paths, horizon, stride;
  std::vector<float> values;

  PackedPaths(const float* target, const std::uint8_t* observed, ConstMatrix<float> from)
      : paths(from.rows),
        horizon(from.cols),
        stride((horizon + max_lanes - 1) / max_lanes * max_lanes),
        values((paths + 1) * stride) {
    for (std::size_t p = 0; p <= paths; ++p)
      for (std::size_t h = 0; h < horizon; ++h)
        values[p * stride + h] = !observed[h] ? 0.0f : p < paths ? from(p, h) : target[h];
  }
  const float* row(std::size_t p) const { return values.data() + p * stride; }
};

float distance(Lanes d, const PackedPaths& packed, std::size_t p, std::size_t q) {
  const float *a = packed.row(p), *b = packed.row(q);
  Vec sum = hn::Zero(d);
  for (std::size_t h = 0; h < packed.stride; h += hn::Lanes(d)) {
    const Vec difference = hn::Sub(hn::LoadU(d, a + h), hn::LoadU(d, b + h));
    sum = hn::MulAdd(difference, difference, sum);
  }
  return std::sqrt(hn::GetLane(hn::SumOfLanes(d, sum)));
}

/// out[H] += factor * (row p - row q).
void add_difference(Lanes d, const PackedPaths& packed, std::size_t p, std::size_t q, float factor, float* out) {
  const float *a = packed.row(p), *b = packed.row(q);
  for (std::size_t h = 0; h < packed.horizon; h += hn::Lanes(d)) {
    const Vec difference = hn::Sub(hn::LoadU(d, a + h), hn::LoadU(d, b + h));
    const Vec sum = hn::MulAdd(hn::Set(d, factor), difference, load_steps(d, out, h, packed.horizon, 0.0f));
    store_steps(d, sum, out, h, packed.horizon);
  }
}

/// The score, and its gradient unless dpaths is null.
float EnergyScore(const float* target, const std::uint8_t* observed, ConstMatrix<float> paths, float* dpaths) {
  const Lanes d;
  const PackedPaths packed(target, observed, paths);
  const auto count = static_cast<double>(paths.rows);
  double to_target = 0, apart = 0;
  if (dpaths) std::fill_n(dpaths, paths.size(), 0.0f);
  for (std::size_t p = 0; p < paths.rows; ++p) {
    // q = P is the target; pairs of paths are visited once.
    for (std::size_t q = p + 1; q <= paths.rows; ++q) {
      const bool with_target = q == paths.rows;
      const double length = distance(d, packed, p, q);
      (with_target ? to_target : apart) += length;
      if (!dpaths || length == 0) continue;
      const auto factor = static_cast<float>((with_target ? 1 / count : -1 / (count * count)) / length);
      add_difference(d, packed, p, q, factor, dpaths + p * packed.horizon);
      if (!with_target) add_difference(d, packed, q, p, factor, dpaths + q * packed.horizon);
    }
  }
  return static_cast<float>(to_target / count - apart / (count * count));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(EnergyScore);

template <>
float energy_score<float>(std::span<const float> target, std::span<const std::uint8_t> observed,
                          ConstMatrix<float> paths) {
  return HWY_DYNAMIC_DISPATCH(EnergyScore)(target.data(), observed.data(), paths, nullptr);
}

template <>
float energy_score_gradient<float>(std::span<const float> target, std::span<const std::uint8_t> observed,
                                   ConstMatrix<float> paths, Matrix<float> dpaths) {
  return HWY_DYNAMIC_DISPATCH(EnergyScore)(target.data(), observed.data(), paths, dpaths.data);
}

}  // namespace vdn::kernels
#endif
