#include <vdn/kernels/layer_norm.hpp>

#include <cmath>
#include <cstddef>

namespace vdn::kernels {

template <>
void layer_norm_forward<double>(ConstMatrix<double> x, std::span<const double> gain, std::span<const double> bias,
                                Matrix<double> y, std::span<double> mean, std::span<double> inverse_deviation) {
  const double count = static_cast<double>(x.cols);
  for (std::size_t r = 0; r < x.rows; ++r) {
    double sum = 0, squares = 0;
    for (std::size_t c = 0; c < x.cols; ++c) sum += x(r, c);
    mean[r] = sum / count;
    for (std::size_t c = 0; c < x.cols; ++c) squares += (x(r, c) - mean[r]) * (x(r, c) - mean[r]);
    inverse_deviation[r] = 1 / std::sqrt(squares / count + layer_norm_epsilon);
    for (std::size_t c = 0; c < x.cols; ++c) y(r, c) = (x(r, c) - mean[r]) * inverse_deviation[r] * gain[c] + bias[c];
  }
}

// With xhat = (x - mean) * inv and g = dy * gain:  dx = inv * (g - mean_c(g) - xhat * mean_c(g * xhat)).
template <>
void layer_norm_backward_input<double>(ConstMatrix<double> x, std::span<const double> mean,
                                       std::span<const double> inverse_deviation, std::span<const double> gain,
                                       ConstMatrix<double> dy, Matrix<double> dx) {
  const double count = static_cast<double>(x.cols);
  for (std::size_t r = 0; r < x.rows; ++r) {
    double sum = 0, projection = 0;
    for (std::size_t c = 0; c < x.cols; ++c) {
      const double g = dy(r, c) * gain[c];
      sum += g;
      projection += g * (x(r, c) - mean[r]) * inverse_deviation[r];
    }
    for (std::size_t c = 0; c < x.cols; ++c) {
      const double xhat = (x(r, c) - mean[r]) * inverse_deviation[r];
      dx(r, c) = inverse_deviation[r] * (dy(r, c) * gain[c] - sum / count - xhat * projection / count);
    }
  }
}

template <>
void layer_norm_backward_weight<double>(ConstMatrix<double> x, std::span<const double> mean,
                                        std::span<const double> inverse_deviation, ConstMatrix<double> dy,
                                        Range columns, std::span<double> dgain, std::span<double> dbias) {
  for (std::size_t c = columns.begin; c < columns.end; ++c) {
    dgain[c] = dbias[c] = 0;
    for (std::size_t r = 0; r < x.rows; ++r) {
      dgain[c] += dy(r, c) * (x(r, c) - mean[r]) * inverse_deviation[r];
      dbias[c] += dy(r, c);
    }
  }
}

}  // namespace vdn::kernels
