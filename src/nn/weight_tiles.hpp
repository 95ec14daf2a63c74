#pragma once
// How weight gradients are cut into tasks.

#include <algorithm>
#include <cstddef>

#include <vdn/core/matrix.hpp>
#include <vdn/core/task_list.hpp>
#include <vdn/kernels/linear.hpp>

namespace vdn::nn {

// Output rows per weight-gradient task: as many as share one copy of the inputs (kernels/cpu/linear_backward.cpp), and
// small enough to balance two cores.
inline constexpr std::size_t weight_tile = 96;
// Columns per task of a column sum: whole cache lines, so that no line is written by two threads.
inline constexpr std::size_t column_tile = 256;

template <class Visit>
void for_tiles(std::size_t count, std::size_t tile, Visit&& visit) {
  for (std::size_t begin = 0; begin < count; begin += tile) visit(Range{begin, std::min(begin + tile, count)});
}

/// Tasks for sums[c] = sum over rows of x: the gradient of a bias.
template <class Real>
void add_column_sums(TaskList& tasks, ConstMatrix<Real> x, std::span<Real> sums) {
  for_tiles(x.cols, column_tile,
            [&](Range columns) { tasks.add([=] { kernels::column_sum<Real>(x, columns, sums); }); });
}

}  // namespace vdn::nn
