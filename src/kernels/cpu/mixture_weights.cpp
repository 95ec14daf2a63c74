// Mixture weights from scores: the fast form. Lanes are the components of one group.

#include <vdn/kernels/mixture.hpp>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/mixture_weights.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/mixture-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels {
namespace HWY_NAMESPACE {
namespace {

void GroupLogSoftmaxForward(ConstMatrix<float> score, std::size_t group, Matrix<float> log_weight) {
  const Lanes d;
  const std::size_t groups = score.cols / group;
  const double log_groups = std::log(static_cast<double>(groups));
  for (std::size_t first = 0; first < score.size(); first += group) {
    const float* in = score.data + first;
    float* out = log_weight.data + first;
    const float largest = *std::max_element(in, in + group);
    Vec sum = hn::Zero(d);
    for (std::size_t m = 0; m < group; m += hn::Lanes(d))
      sum = hn::Add(sum, hn::Exp(d, hn::Sub(load_steps(d, in, m, group, -3e38f), hn::Set(d, largest))));
    const auto shift = static_cast<float>(largest + std::log(sum_lanes(d, sum)) + log_groups);
    for (std::size_t m = 0; m < group; ++m) out[m] = in[m] - shift;
  }
}

void GroupLogSoftmaxBackward(ConstMatrix<float> log_weight, std::size_t group, ConstMatrix<float> dlog_weight,
                             Matrix<float> dscore) {
  const Lanes d;
  const std::size_t group_count = log_weight.cols / group;
  const auto groups = static_cast<float>(group_count);
  for (std::size_t first = 0; first < log_weight.size(); first += group) {
    const float *in = log_weight.data + first, *dout = dlog_weight.data + first;
    float total = 0;
    for (std::size_t m = 0; m < group; ++m) total += dout[m];
    const Vec factor = hn::Set(d, groups * total);
    for (std::size_t m = 0; m < group; m += hn::Lanes(d)) {
      const Vec weight = hn::Exp(d, load_steps(d, in, m, group, -3e38f));
      store_steps(d, hn::NegMulAdd(weight, factor, load_steps(d, dout, m, group, 0.0f)), dscore.data + first, m, group);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace vdn::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(GroupLogSoftmaxForward);
HWY_EXPORT(GroupLogSoftmaxBackward);

template <>
void group_log_softmax_forward<float>(ConstMatrix<float> score, std::size_t group, Matrix<float> log_weight) {
  HWY_DYNAMIC_DISPATCH(GroupLogSoftmaxForward)(score, group, log_weight);
}

template <>
void group_log_softmax_backward<float>(ConstMatrix<float> log_weight, std::size_t group, ConstMatrix<float> dlog_weight,
                                       Matrix<float> dscore) {
  HWY_DYNAMIC_DISPATCH(GroupLogSoftmaxBackward)(log_weight, group, dlog_weight, dscore);
}

}  // namespace vdn::kernels
#endif
