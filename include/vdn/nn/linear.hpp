#pragma once
// A linear map with its parameters, and a layer norm with its own: what every layer around the neuron is made of.
//
// The contract of all layers. A layer declares its parameters in a ParameterLayout and keeps slots, no memory.
//   forward(parameters, inputs..., outputs...)            any block of rows; blocks may run on different threads
//   backward_input(parameters, output gradients..., ...)  the same blocks
//   add_weight_tasks(tasks, saved inputs, output gradients, gradients)
//     once per plan: tasks that fill the parameter gradients from the whole batch, each its own tile of outputs, so
//     that no gradient is shared between threads and the sums have one fixed order.
// Buffers come from the caller and outlive the tasks.

#include <string>

#include <vdn/core/matrix.hpp>
#include <vdn/core/parameter_store.hpp>
#include <vdn/core/task_list.hpp>

namespace vdn::nn {

/// y[R,O] = x[R,I] W[O,I]^T + b[O].
class Linear {
 public:
  Linear() = default;
  /// Declares name.weight and name.bias, both starting as PyTorch's nn.Linear.
  Linear(ParameterLayout& layout, const std::string& name, std::size_t inputs, std::size_t outputs);
  /// The same with other starts. A weight that is `folded` into others before it is used is not packed itself.
  Linear(ParameterLayout& layout, const std::string& name, std::size_t inputs, std::size_t outputs, Initial weight,
         Initial bias, bool folded = false);

  std::size_t inputs() const { return weight.cols; }
  std::size_t outputs() const { return weight.rows; }

  template <class Real>
  void forward(const ConstParameters<Real>& p, ConstMatrix<Real> x, Matrix<Real> y) const;
  /// dx[R,I] = dy[R,O] W, or dx += when accumulate.
  template <class Real>
  void backward_input(const ConstParameters<Real>& p, ConstMatrix<Real> dy, Matrix<Real> dx,
                      bool accumulate = false) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, ConstMatrix<Real> x, ConstMatrix<Real> dy,
                        const Parameters<Real>& gradient) const;

  Slot weight, bias;
};

/// Layer normalisation with gain (from 1) and bias (from 0) over C columns.
class LayerNorm {
 public:
  LayerNorm() = default;
  LayerNorm(ParameterLayout& layout, const std::string& name, std::size_t columns);

  /// mean[R] and inverse_deviation[R] are kept for the backward pass.
  template <class Real>
  void forward(const ConstParameters<Real>& p, ConstMatrix<Real> x, Matrix<Real> y, std::span<Real> mean,
               std::span<Real> inverse_deviation) const;
  template <class Real>
  void backward_input(const ConstParameters<Real>& p, ConstMatrix<Real> x, std::span<const Real> mean,
                      std::span<const Real> inverse_deviation, ConstMatrix<Real> dy, Matrix<Real> dx) const;
  template <class Real>
  void add_weight_tasks(TaskList& tasks, ConstMatrix<Real> x, std::span<const Real> mean,
                        std::span<const Real> inverse_deviation, ConstMatrix<Real> dy,
                        const Parameters<Real>& gradient) const;

  Slot gain, bias;
};

}  // namespace vdn::nn
