#include <vdn/nn/linear.hpp>

#include <vdn/kernels/layer_norm.hpp>
#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include "nn/weight_tiles.hpp"

namespace vdn::nn {

Linear::Linear(ParameterLayout& layout, const std::string& name, std::size_t inputs, std::size_t outputs)
    : Linear(layout, name, inputs, outputs, Initial::linear(inputs), Initial::linear(inputs)) {}

Linear::Linear(ParameterLayout& layout, const std::string& name, std::size_t inputs, std::size_t outputs,
               Initial weight_start, Initial bias_start, bool folded)
    : weight(folded ? layout.add(name + ".weight", outputs, inputs, weight_start)
                    : layout.add_weight(name + ".weight", outputs, inputs, weight_start)),
      bias(layout.add(name + ".bias", 1, outputs, bias_start)) {}

template <class Real>
void Linear::forward(const ConstParameters<Real>& p, ConstMatrix<Real> x, Matrix<Real> y) const {
  if (p.panels.empty()) {
    kernels::linear_forward<Real>(x, p.matrix(weight), p.vector(bias), y);
  } else {
    kernels::packed_linear_forward<Real>(x, {p.panels.data() + weight.panels, outputs(), inputs()}, p.vector(bias), y);
  }
}

template <class Real>
void Linear::backward_input(const ConstParameters<Real>& p, ConstMatrix<Real> dy, Matrix<Real> dx,
                            bool accumulate) const {
  if (p.transposed.empty()) {
    kernels::linear_backward_input<Real>(dy, p.matrix(weight), dx, accumulate);
  } else {
    kernels::packed_linear_backward_input<Real>(dy, {p.transposed.data() + weight.transposed, outputs(), inputs()}, dx,
                                                accumulate);
  }
}

template <class Real>
void Linear::add_weight_tasks(TaskList& tasks, ConstMatrix<Real> x, ConstMatrix<Real> dy,
                              const Parameters<Real>& gradient) const {
  const auto dw = gradient.matrix(weight);
  for_tiles(outputs(), weight_tile,
            [&](Range outputs) { tasks.add([=] { kernels::linear_backward_weight<Real>(x, dy, outputs, dw); }); });
  add_column_sums<Real>(tasks, dy, gradient.vector(bias));
}

LayerNorm::LayerNorm(ParameterLayout& layout, const std::string& name, std::size_t columns)
    : gain(layout.add(name + ".gain", 1, columns, Initial::constant(1.0))),
      bias(layout.add(name + ".bias", 1, columns, Initial::constant(0.0))) {}

template <class Real>
void LayerNorm::forward(const ConstParameters<Real>& p, ConstMatrix<Real> x, Matrix<Real> y, std::span<Real> mean,
                        std::span<Real> inverse_deviation) const {
  kernels::layer_norm_forward<Real>(x, p.vector(gain), p.vector(bias), y, mean, inverse_deviation);
}

template <class Real>
void LayerNorm::backward_input(const ConstParameters<Real>& p, ConstMatrix<Real> x, std::span<const Real> mean,
                               std::span<const Real> inverse_deviation, ConstMatrix<Real> dy, Matrix<Real> dx) const {
  kernels::layer_norm_backward_input<Real>(x, mean, inverse_deviation, p.vector(gain), dy, dx);
}

template <class Real>
void LayerNorm::add_weight_tasks(TaskList& tasks, ConstMatrix<Real> x, std::span<const Real> mean,
                                 std::span<const Real> inverse_deviation, ConstMatrix<Real> dy,
                                 const Parameters<Real>& gradient) const {
  const auto dgain = gradient.vector(gain);
  const auto dbias = gradient.vector(bias);
  for_tiles(gain.cols, column_tile, [&](Range columns) {
    tasks.add(
        [=] { kernels::layer_norm_backward_weight<Real>(x, mean, inverse_deviation, dy, columns, dgain, dbias); });
  });
}

#define VDN_INSTANTIATE(Real)                                                                                        \
  template void Linear::forward<Real>(const ConstParameters<Real>&, ConstMatrix<Real>, Matrix<Real>) const;          \
  template void Linear::backward_input<Real>(const ConstParameters<Real>&, ConstMatrix<Real>, Matrix<Real>, bool)    \
      const;                                                                                                         \
  template void Linear::add_weight_tasks<Real>(TaskList&, ConstMatrix<Real>, ConstMatrix<Real>,                      \
                                               const Parameters<Real>&) const;                                       \
  template void LayerNorm::forward<Real>(const ConstParameters<Real>&, ConstMatrix<Real>, Matrix<Real>,              \
                                         std::span<Real>, std::span<Real>) const;                                    \
  template void LayerNorm::backward_input<Real>(const ConstParameters<Real>&, ConstMatrix<Real>,                     \
                                                std::span<const Real>, std::span<const Real>, ConstMatrix<Real>,     \
                                                Matrix<Real>) const;                                                 \
  template void LayerNorm::add_weight_tasks<Real>(TaskList&, ConstMatrix<Real>, std::span<const Real>,               \
                                                  std::span<const Real>, ConstMatrix<Real>, const Parameters<Real>&) \
      const;
VDN_INSTANTIATE(float)
VDN_INSTANTIATE(double)
#undef VDN_INSTANTIATE

}  // namespace vdn::nn
