#pragma once
// A learned vector for each of a set of things, added to what a layer computes of one of them. See linear.hpp for the
// contract of layers.

#include <cstdint>
#include <span>
#include <string>

#include <vdn/core/matrix.hpp>
#include <vdn/core/parameter_store.hpp>
#include <vdn/core/task_list.hpp>

namespace vdn::nn {

/// y[r] += E[index[r]], E [count, width], from 0: at first all things are alike. Of no things it does nothing and has
/// no parameters.
class Embedding {
 public:
  Embedding() = default;
  /// Declares `name`, unless there are no things.
  Embedding(ParameterLayout& layout, const std::string& name, std::size_t count, std::size_t width);

  std::size_t count() const { return table.rows; }

  /// index[R], each below count(); y[R, width].
  template <class Real>
  void add_to(const ConstParameters<Real>& p, std::span<const std::uint32_t> index, Matrix<Real> y) const;
  /// dE[i] = sum of dy[r] over the rows r of thing i, in their order.
  template <class Real>
  void add_weight_tasks(TaskList& tasks, std::span<const std::uint32_t> index, ConstMatrix<Real> dy,
                        const Parameters<Real>& gradient) const;

  Slot table;
};

}  // namespace vdn::nn
