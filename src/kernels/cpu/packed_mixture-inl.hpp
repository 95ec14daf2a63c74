// The mixture of a lane-full of steps, packed so that sums over components run over contiguous memory; compiled once
// per target (Highway's include guard).

#if defined(VDN_KERNELS_CPU_PACKED_MIXTURE_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_PACKED_MIXTURE_INL_HPP_
#undef VDN_KERNELS_CPU_PACKED_MIXTURE_INL_HPP_
#else
#define VDN_KERNELS_CPU_PACKED_MIXTURE_INL_HPP_
#endif

#include <numeric>
#include <span>
#include <vector>

#include <vdn/kernels/mixture.hpp>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {

/// The weights of row b, [J].
inline void fill_weights(const MixtureBatch<float>& batch, std::size_t b, std::span<float> weight) {
  const float* log_weight = batch.log_weight.data + b * weight.size();
  for (std::size_t j = 0; j < weight.size(); ++j) weight[j] = static_cast<float>(std::exp(double{log_weight[j]}));
}

/// The components of the steps [h, h + lanes) of one row; lanes past the end are standard normals.
class PackedMixture {
 public:
  explicit PackedMixture(std::size_t components)
      : weight_(components), mean_(components * max_lanes), scale_(mean_), variance_(mean_), inverse_(mean_) {}

  std::size_t components() const { return weight_.size(); }
  float weight(std::size_t j) const { return weight_[j]; }
  double total_weight() const { return total_; }
  HWY_INLINE Vec mean(Lanes d, std::size_t j) const { return hn::LoadU(d, mean_.data() + j * hn::Lanes(d)); }
  HWY_INLINE Vec scale(Lanes d, std::size_t j) const { return hn::LoadU(d, scale_.data() + j * hn::Lanes(d)); }
  HWY_INLINE Vec variance(Lanes d, std::size_t j) const { return hn::LoadU(d, variance_.data() + j * hn::Lanes(d)); }
  HWY_INLINE Vec inverse_scale(Lanes d, std::size_t j) const {
    return hn::LoadU(d, inverse_.data() + j * hn::Lanes(d));
  }

  void set_weights(const MixtureBatch<float>& batch, std::size_t b) {
    fill_weights(batch, b, weight_);
    total_ = std::accumulate(weight_.begin(), weight_.end(), 0.0);
  }
  void load(Lanes d, const MixtureBatch<float>& batch, std::size_t b, std::size_t h) {
    const std::size_t horizon = batch.mean.cols;
    for (std::size_t j = 0; j < components(); ++j) {
      const std::size_t row = (b * components() + j) * horizon, at = j * hn::Lanes(d);
      const Vec scale = load_steps(d, batch.scale.data + row, h, horizon, 1.0f);
      hn::StoreU(load_steps(d, batch.mean.data + row, h, horizon, 0.0f), d, mean_.data() + at);
      hn::StoreU(scale, d, scale_.data() + at);
      hn::StoreU(hn::Mul(scale, scale), d, variance_.data() + at);
      hn::StoreU(hn::Div(hn::Set(d, 1.0f), scale), d, inverse_.data() + at);
    }
  }

 private:
  std::vector<float> weight_;  ///< [J]
  double total_ = 0;
  std::vector<float> mean_, scale_, variance_, inverse_;  ///< [J, lanes]
};

/// Calls work(packed, row, step) for every row and every lane-full of its steps, packed.
template <class Work>
HWY_INLINE void for_each_pack(Lanes d, const MixtureBatch<float>& batch, const Work& work) {
  PackedMixture packed(batch.log_weight.cols);
  for (std::size_t b = 0; b < batch.log_weight.rows; ++b) {
    packed.set_weights(batch, b);
    for (std::size_t h = 0; h < batch.mean.cols; h += hn::Lanes(d)) {
      packed.load(d, batch, b, h);
      work(packed, b, h);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#endif
