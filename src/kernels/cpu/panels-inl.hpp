// Products of rows by a panel, what every product of a linear map is made of. Included once per target, like
// math-inl.hpp.

#if defined(VDN_KERNELS_CPU_PANELS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef VDN_KERNELS_CPU_PANELS_INL
#undef VDN_KERNELS_CPU_PANELS_INL
#else
#define VDN_KERNELS_CPU_PANELS_INL
#endif

#include <algorithm>
#include <cstddef>
#include <new>
#include <type_traits>

#include <hwy/aligned_allocator.h>

#include <vdn/core/matrix.hpp>

#include "kernels/cpu/vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace vdn::kernels::HWY_NAMESPACE {

// y[r, c] = start[r, c] + sum_i x[r, i] panel[i, c], for the two vectors of columns c that a panel holds. Every sum is
// one chain of fused additions over i from its start on, however many rows are computed side by side: its bits depend
// neither on its place nor on the rows beside it, nor on how many numbers a vector holds.

constexpr std::size_t panel_block = 256;  // i of a panel at a time: it stays in the first cache while the rows go by
constexpr std::size_t side_by_side = HWY_TARGET <= HWY_AVX3 ? 12 : 6;  // rows of two sums that the registers hold

constexpr std::size_t max_panel_width = 2 * hn::MaxLanes(Floats());

HWY_INLINE std::size_t PanelWidth() {
  return 2 * hn::Lanes(Floats());
}

/// What a panel is multiplied by, x[r, i], whose rows lie `stride` apart ...
struct Rows {
  const float* at;
  std::size_t stride;
  HWY_INLINE float operator()(std::size_t r, std::size_t i) const { return at[r * stride + i]; }
  HWY_INLINE Rows From(std::size_t r) const { return {at + r * stride, stride}; }
};
/// ... or the other way around: the numbers i lie `stride` apart, the rows side by side.
struct Columns {
  const float* at;
  std::size_t stride;
  HWY_INLINE float operator()(std::size_t r, std::size_t i) const { return at[i * stride + r]; }
  HWY_INLINE Columns From(std::size_t r) const { return {at + r, stride}; }
};

/// What the sums start from: start[r, c] is at[r * stride + c].
struct Start {
  const float* at;
  std::size_t stride;
  HWY_INLINE Start From(std::size_t r) const { return {at + r * stride, stride}; }
};

/// Where they go: y[r, c] is at[r * stride + c], for the first `count` columns of the panel.
struct Sums {
  float* at;
  std::size_t stride, count;
  HWY_INLINE Sums From(std::size_t r) const { return {at + r * stride, stride, count}; }
  HWY_INLINE Start SoFar() const { return {at, stride}; }
};

/// From 0.
HWY_INLINE Start Nothing() {
  static constexpr float zeros[max_panel_width] = {};
  return {zeros, 0};
}

/// R rows of the product over `length` numbers i; `whole`: of all columns of the panel.
template <std::size_t R, bool whole, class Factor>
HWY_INLINE void PanelRows(Factor x, std::size_t length, const float* panel, Start start, Sums y) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t in_left = whole ? lanes : std::min(y.count, lanes), in_right = whole ? lanes : y.count - in_left;
  FloatVec left[R], right[R];
  for (std::size_t r = 0; r < R; ++r) {
    const float* row = start.at + r * start.stride;
    left[r] = whole ? hn::LoadU(d, row) : LoadPart(row, in_left);
    right[r] = whole ? hn::LoadU(d, row + lanes) : LoadPart(row + in_left, in_right);
  }
  for (std::size_t i = 0; i < length; ++i) {
    const auto first = hn::LoadU(d, panel + 2 * i * lanes), second = hn::LoadU(d, panel + (2 * i + 1) * lanes);
    for (std::size_t r = 0; r < R; ++r) {
      const auto value = hn::Set(d, x(r, i));
      left[r] = hn::MulAdd(value, first, left[r]);
      right[r] = hn::MulAdd(value, second, right[r]);
    }
  }
  for (std::size_t r = 0; r < R; ++r) {
    float* row = y.at + r * y.stride;
    if constexpr (whole) {
      hn::StoreU(left[r], d, row);
      hn::StoreU(right[r], d, row + lanes);
    } else {
      StorePart(left[r], in_left, row);
      StorePart(right[r], in_right, row + in_left);
    }
  }
}

/// All `rows` of it.
template <class Factor>
HWY_INLINE void PanelProduct(Factor x, std::size_t rows, std::size_t length, const float* panel, Start start, Sums y) {
  const auto run = [&](auto number, auto whole, std::size_t r)
                       HWY_ATTR { PanelRows<number, whole>(x.From(r), length, panel, start.From(r), y.From(r)); };
  const auto run_all = [&](auto whole) HWY_ATTR {
    std::size_t r = 0;
    for (; r + side_by_side <= rows; r += side_by_side) {
      run(std::integral_constant<std::size_t, side_by_side>(), whole, r);
    }
    for (; r + 4 <= rows; r += 4) run(std::integral_constant<std::size_t, 4>(), whole, r);
    for (; r < rows; ++r) run(std::integral_constant<std::size_t, 1>(), whole, r);
  };
  if (y.count == PanelWidth()) {
    run_all(std::true_type());
  } else {
    run_all(std::false_type());
  }
}

/// y = start + x times panels: a block of x's columns at a time, of each block every panel, the sums waiting in y
/// between blocks. start_of(c, sums) is what columns c ... start from, panel_of(c, block) their panel for those columns
/// of x.
template <class StartOf, class PanelOf>
HWY_INLINE void MultiplyPanels(const ConstMatrix<float>& x, const Matrix<float>& y, const StartOf& start_of,
                               const PanelOf& panel_of) {
  const std::size_t width = PanelWidth();
  for (std::size_t first = 0; first == 0 || first < x.cols; first += panel_block) {  // without columns the start
    const Range block{first, std::min(x.cols, first + panel_block)};
    for (std::size_t c = 0; c < y.cols; c += width) {
      const Sums sums{y.data + c, y.cols, std::min(width, y.cols - c)};
      PanelProduct(Rows{x.data + first, x.cols}, x.rows, block.size(), panel_of(c, block),
                   first > 0 ? sums.SoFar() : start_of(c, sums), sums);
    }
  }
}

/// panel[i, c] = from[i * stride + c] for `length` i and `count` columns c; the panel's other columns are 0.
HWY_INLINE void CopyPanel(const float* from, std::size_t stride, std::size_t length, std::size_t count, float* panel) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d), width = 2 * lanes;
  const std::size_t in_left = std::min(count, lanes), in_right = count - in_left;
  for (std::size_t i = 0; i < length; ++i) {
    hn::StoreU(LoadPart(from + i * stride, in_left), d, panel + i * width);
    hn::StoreU(LoadPart(from + i * stride + in_left, in_right), d, panel + i * width + lanes);
  }
}

/// A thread's own `size` numbers, one array for every Use.
template <class Use, std::size_t size>
float* ThreadRoom() {
  thread_local const auto room = hwy::AllocateAligned<float>(size);
  if (!room) throw std::bad_alloc();
  return room.get();
}

}  // namespace vdn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VDN_KERNELS_CPU_PANELS_INL
