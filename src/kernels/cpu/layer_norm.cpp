#include <vdn/kernels/layer_norm.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/layer_norm.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

/// One row; the deviations are squared after the mean is known, since the difference of large moments would cancel.
/// They stand in y until the scale is known, so that a last part's missing lanes add nothing (0 in y, not 0 - mean).
void NormRow(const float* x, const float* gain, const float* bias, std::size_t cols, float* y, float* mean,
             float* inverse) {
  const Floats d;
  const float count = static_cast<float>(cols);
  const float average = SumOver(cols, [=](auto part) HWY_ATTR { return part.Load(d, x); }) / count;
  ForEachVector(0, cols, [=](auto part) HWY_ATTR { part.Store(hn::Sub(part.Load(d, x), hn::Set(d, average)), d, y); });
  const float squares = SumOver(cols, [=](auto part) HWY_ATTR {
    const auto v = part.Load(d, y);
    return hn::Mul(v, v);
  });
  const float scale = 1.0f / std::sqrt(squares / count + static_cast<float>(layer_norm_epsilon));
  ForEachVector(0, cols, [=](auto part) HWY_ATTR {
    const auto v = hn::Mul(part.Load(d, y), hn::Set(d, scale));
    part.Store(hn::MulAdd(v, part.Load(d, gain), part.Load(d, bias)), d, y);
  });
  *mean = average;
  *inverse = scale;
}

void NormRowBackward(const float* x, float mean, float inverse, const float* gain, const float* dy, std::size_t cols,
                     float* dx) {
  const Floats d;
  const float count = static_cast<float>(cols);
  const float sum =
      SumOver(cols, [=](auto part) HWY_ATTR { return hn::Mul(part.Load(d, dy), part.Load(d, gain)); }) / count;
  const float projection = SumOver(cols,
                                   [=](auto part) HWY_ATTR {
                                     const auto xhat =
                                         hn::Mul(hn::Sub(part.Load(d, x), hn::Set(d, mean)), hn::Set(d, inverse));
                                     return hn::Mul(hn::Mul(part.Load(d, dy), part.Load(d, gain)), xhat);
                                   }) /
                           count;
  ForEachVector(0, cols, [=](auto part) HWY_ATTR {
    const auto xhat = hn::Mul(hn::Sub(part.Load(d, x), hn::Set(d, mean)), hn::Set(d, inverse));
    const auto centred = hn::MulSub(part.Load(d, dy), part.Load(d, gain), hn::Set(d, sum));
    part.Store(hn::Mul(hn::Set(d, inverse), hn::NegMulAdd(xhat, hn::Set(d, projection), centred)), d, dx);
  });
}

/// Adds R rows, `cols` apart, one after the other: as one row at a time would, but the sums are read and written once.
template <std::size_t R>
void AddWeightGradients(const float* x, const float* mean, const float* inverse, const float* dy, std::size_t cols,
                        Range columns, float* dgain, float* dbias) {
  const Floats d;
  ForEachVector(columns.begin, columns.end, [=](auto part) HWY_ATTR {
    auto gain = part.Load(d, dgain), bias = part.Load(d, dbias);
    for (std::size_t r = 0; r < R; ++r) {
      const auto xhat = hn::Mul(hn::Sub(part.Load(d, x + r * cols), hn::Set(d, mean[r])), hn::Set(d, inverse[r]));
      const auto cotangent = part.Load(d, dy + r * cols);
      gain = hn::MulAdd(cotangent, xhat, gain);
      bias = hn::Add(cotangent, bias);
    }
    part.Store(gain, d, dgain);
    part.Store(bias, d, dbias);
  });
}

void NormRows(const ConstMatrix<float>& x, const float* gain, const float* bias, const Matrix<float>& y, float* mean,
              float* inverse) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    NormRow(x.data + r * x.cols, gain, bias, x.cols, y.data + r * x.cols, mean + r, inverse + r);
  }
}

void NormRowsBackward(const ConstMatrix<float>& x, const float* mean, const float* inverse, const float* gain,
                      const ConstMatrix<float>& dy, const Matrix<float>& dx) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    const std::size_t at = r * x.cols;
    NormRowBackward(x.data + at, mean[r], inverse[r], gain, dy.data + at, x.cols, dx.data + at);
  }
}

void NormWeightBackward(const ConstMatrix<float>& x, const float* mean, const float* inverse,
                        const ConstMatrix<float>& dy, Range columns, float* dgain, float* dbias) {
  std::fill(dgain + columns.begin, dgain + columns.end, 0.0f);
  std::fill(dbias + columns.begin, dbias + columns.end, 0.0f);
  const auto add = [&](auto rows, std::size_t r) HWY_ATTR {
    const std::size_t at = r * x.cols;
    AddWeightGradients<rows>(x.data + at, mean + r, inverse + r, dy.data + at, x.cols, columns, dgain, dbias);
  };
  std::size_t r = 0;
  for (; r + 8 <= x.rows; r += 8) add(std::integral_constant<std::size_t, 8>(), r);
  for (; r < x.rows; ++r) add(std::integral_constant<std::size_t, 1>(), r);
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(NormRows);
HWY_EXPORT(NormRowsBackward);
HWY_EXPORT(NormWeightBackward);

template <>
void layer_norm_forward<float>(ConstMatrix<float> x, std::span<const float> gain, std::span<const float> bias,
                               Matrix<float> y, std::span<float> mean, std::span<float> inverse_deviation) {
  HWY_DYNAMIC_DISPATCH(NormRows)(x, gain.data(), bias.data(), y, mean.data(), inverse_deviation.data());
}
template <>
void layer_norm_backward_input<float>(ConstMatrix<float> x, std::span<const float> mean,
                                      std::span<const float> inverse_deviation, std::span<const float> gain,
                                      ConstMatrix<float> dy, Matrix<float> dx) {
  HWY_DYNAMIC_DISPATCH(NormRowsBackward)(x, mean.data(), inverse_deviation.data(), gain.data(), dy, dx);
}
template <>
void layer_norm_backward_weight<float>(ConstMatrix<float> x, std::span<const float> mean,
                                       std::span<const float> inverse_deviation, ConstMatrix<float> dy, Range columns,
                                       std::span<float> dgain, std::span<float> dbias) {
  HWY_DYNAMIC_DISPATCH(NormWeightBackward)
  (x, mean.data(), inverse_deviation.data(), dy, columns, dgain.data(), dbias.data());
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
