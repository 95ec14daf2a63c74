#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

#include <algorithm>

namespace vdn::kernels {

template <>
void linear_forward<double>(ConstMatrix<double> x, ConstMatrix<double> w, std::span<const double> bias,
                            Matrix<double> y) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t o = 0; o < w.rows; ++o) {
      double sum = bias.empty() ? 0 : bias[o];
      for (std::size_t i = 0; i < w.cols; ++i) sum += x(r, i) * w(o, i);
      y(r, o) = sum;
    }
  }
}

template <>
void pack_weight<double>(ConstMatrix<double> w, Range outputs, std::span<double> panels) {
  const auto rows = w.slice(outputs).flat();
  std::copy(rows.begin(), rows.end(), panels.begin() + static_cast<std::ptrdiff_t>(outputs.begin * w.cols));
}

template <>
void packed_linear_forward<double>(ConstMatrix<double> x, PackedWeight<double> w, std::span<const double> bias,
                                   Matrix<double> y) {
  linear_forward<double>(x, {w.panels, w.outputs, w.inputs}, bias, y);
}

template <>
void linear_backward_input<double>(ConstMatrix<double> dy, ConstMatrix<double> w, Matrix<double> dx, bool accumulate) {
  for (std::size_t r = 0; r < dy.rows; ++r) {
    for (std::size_t i = 0; i < w.cols; ++i) {
      double sum = accumulate ? dx(r, i) : 0;
      for (std::size_t o = 0; o < w.rows; ++o) sum += dy(r, o) * w(o, i);
      dx(r, i) = sum;
    }
  }
}

template <>
void pack_transposed_weight<double>(ConstMatrix<double> w, Range outputs, std::span<double> panels) {
  pack_weight<double>(w, outputs, panels);
}

template <>
void packed_linear_backward_input<double>(ConstMatrix<double> dy, PackedWeight<double> w, Matrix<double> dx,
                                          bool accumulate) {
  linear_backward_input<double>(dy, {w.panels, w.outputs, w.inputs}, dx, accumulate);
}

template <>
void linear_backward_weight<double>(ConstMatrix<double> x, ConstMatrix<double> dy, Range outputs, Matrix<double> dw) {
  for (std::size_t o = outputs.begin; o < outputs.end; ++o) {
    for (std::size_t i = 0; i < x.cols; ++i) {
      double sum = 0;
      for (std::size_t r = 0; r < x.rows; ++r) sum += dy(r, o) * x(r, i);
      dw(o, i) = sum;
    }
  }
}

template <>
void column_sum<double>(ConstMatrix<double> x, Range columns, std::span<double> sums) {
  for (std::size_t c = columns.begin; c < columns.end; ++c) {
    sums[c] = 0;
    for (std::size_t r = 0; r < x.rows; ++r) sums[c] += x(r, c);
  }
}

}  // namespace vdn::kernels
