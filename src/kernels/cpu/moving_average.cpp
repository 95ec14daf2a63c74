#include <vdn/kernels/moving_average.hpp>

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/moving_average.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

// A window of `width` reaches `left` steps back and `right` ahead. Where it lies inside the row, whole vectors of
// windows are summed directly: for the usual widths (25) that beats a running sum, which is one long chain. At the ends
// running sums in double.

void AverageRow(const float* x, std::size_t length, std::size_t width, float* trend) {
  const Floats d;
  const std::size_t left = (width - 1) / 2, right = width / 2;
  const double share = 1.0 / static_cast<double>(width);
  double sum = 0;  // of x[0 .. i + right]
  for (std::size_t j = 0; j < right; ++j) sum += x[j];
  for (std::size_t i = 0; i < left; ++i) {
    sum += x[i + right];
    trend[i] = static_cast<float>((sum + static_cast<double>(left - i) * x[0]) * share);
  }
  float* inside = trend + left;
  ForEachVector(0, length + 1 - width, [=](auto part) HWY_ATTR {
    auto even = part.Load(d, x), odd = hn::Zero(d);
    std::size_t o = 1;
    for (; o + 2 <= width; o += 2) {
      odd = hn::Add(odd, part.Load(d, x + o));
      even = hn::Add(even, part.Load(d, x + o + 1));
    }
    if (o < width) odd = hn::Add(odd, part.Load(d, x + o));
    part.Store(hn::Mul(hn::Add(even, odd), hn::Set(d, static_cast<float>(share))), d, inside);
  });
  sum = 0;  // of x[i - left ..]
  for (std::size_t j = length - left; j < length; ++j) sum += x[j];
  for (std::size_t i = length; i-- > length - right;) {
    sum += x[i - left];
    trend[i] = static_cast<float>((sum + static_cast<double>(i + right + 1 - length) * x[length - 1]) * share);
  }
}

void DecomposeRows(const ConstMatrix<float>& x, std::size_t width, const Matrix<float>& seasonal,
                   const Matrix<float>& trend) {
  const Floats d;
  for (std::size_t r = 0; r < x.rows; ++r) {
    const float* from = x.data + r * x.cols;
    float *smooth = trend.data + r * x.cols, *rest = seasonal.data + r * x.cols;
    AverageRow(from, x.cols, width, smooth);
    ForEachVector(0, x.cols,
                  [=](auto part) HWY_ATTR { part.Store(hn::Sub(part.Load(d, from), part.Load(d, smooth)), d, rest); });
  }
}

/// dx = ds + A^T g, g = dt - ds. Entry j inside the row is averaged by the steps j - right .. j + left; the two end
/// entries stand in for what lies beyond them as well.
void DecomposeRowBackward(const float* ds, const float* dt, std::size_t length, std::size_t width, float* dx) {
  const Floats d;
  const std::size_t left = (width - 1) / 2, right = width / 2;
  const double share = 1.0 / static_cast<double>(width);
  const auto g = [=](std::size_t i) { return static_cast<double>(dt[i]) - static_cast<double>(ds[i]); };
  double sum = 0, edge = 0;  // sum: of g[0 .. j + left]
  for (std::size_t i = 0; i <= left; ++i) {
    sum += g(i);
    edge += static_cast<double>(left + 1 - i) * g(i);
  }
  dx[0] = static_cast<float>(ds[0] + share * edge);
  for (std::size_t j = 1; j < right; ++j) {
    sum += g(j + left);
    dx[j] = static_cast<float>(ds[j] + share * sum);
  }
  const std::size_t begin = std::max<std::size_t>(1, right), end = std::min(length - left, length - 1);
  if (begin < end) {
    const float *from_s = ds + (begin - right), *from_t = dt + (begin - right), *same = ds + begin;
    float* to = dx + begin;
    ForEachVector(0, end - begin, [=](auto part) HWY_ATTR {
      auto total = hn::Zero(d);
      for (std::size_t o = 0; o < width; ++o) {
        total = hn::Add(total, hn::Sub(part.Load(d, from_t + o), part.Load(d, from_s + o)));
      }
      part.Store(hn::MulAdd(total, hn::Set(d, static_cast<float>(share)), part.Load(d, same)), d, to);
    });
  }
  sum = edge = 0;  // sum: of g[j - right ..]
  for (std::size_t i = length - 1 - right; i < length; ++i) {
    sum += g(i);
    edge += static_cast<double>(i + right + 2 - length) * g(i);
  }
  if (length > 1) dx[length - 1] = static_cast<float>(ds[length - 1] + share * edge);
  for (std::size_t j = length - 1; j-- > std::max(end, begin);) {
    sum += g(j - right);
    dx[j] = static_cast<float>(ds[j] + share * sum);
  }
}

void DecomposeRowsBackward(const ConstMatrix<float>& ds, const ConstMatrix<float>& dt, std::size_t width,
                           const Matrix<float>& dx) {
  for (std::size_t r = 0; r < dx.rows; ++r) {
    const std::size_t at = r * dx.cols;
    DecomposeRowBackward(ds.data + at, dt.data + at, dx.cols, width, dx.data + at);
  }
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vdn::kernels {

HWY_EXPORT(DecomposeRows);
HWY_EXPORT(DecomposeRowsBackward);

template <>
void decompose_forward<float>(ConstMatrix<float> x, std::size_t width, Matrix<float> seasonal, Matrix<float> trend) {
  HWY_DYNAMIC_DISPATCH(DecomposeRows)(x, width, seasonal, trend);
}
template <>
void decompose_backward<float>(ConstMatrix<float> dseasonal, ConstMatrix<float> dtrend, std::size_t width,
                               Matrix<float> dx) {
  HWY_DYNAMIC_DISPATCH(DecomposeRowsBackward)(dseasonal, dtrend, width, dx);
}

}  // namespace vdn::kernels
#endif  // HWY_ONCE
