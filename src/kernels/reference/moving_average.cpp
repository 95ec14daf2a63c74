#include <vdn/kernels/moving_average.hpp>

#include <algorithm>

namespace vdn::kernels {
namespace {

/// The entry that is averaged at offset o of step i, o counted from the window's left end: the ends are repeated.
std::size_t neighbour(std::size_t i, std::size_t o, std::size_t left, std::size_t length) {
  return i + o <= left ? 0 : std::min(i + o - left, length - 1);
}

}  // namespace

template <>
void decompose_forward<double>(ConstMatrix<double> x, std::size_t width, Matrix<double> seasonal,
                               Matrix<double> trend) {
  const std::size_t left = (width - 1) / 2;
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t i = 0; i < x.cols; ++i) {
      double sum = 0;
      for (std::size_t o = 0; o < width; ++o) sum += x(r, neighbour(i, o, left, x.cols));
      trend(r, i) = sum / static_cast<double>(width);
    }
    for (std::size_t i = 0; i < x.cols; ++i) seasonal(r, i) = x(r, i) - trend(r, i);
  }
}

template <>
void decompose_backward<double>(ConstMatrix<double> dseasonal, ConstMatrix<double> dtrend, std::size_t width,
                                Matrix<double> dx) {
  const std::size_t left = (width - 1) / 2;
  for (std::size_t r = 0; r < dx.rows; ++r) {
    for (std::size_t i = 0; i < dx.cols; ++i) dx(r, i) = dseasonal(r, i);
    for (std::size_t i = 0; i < dx.cols; ++i) {
      const double share = (dtrend(r, i) - dseasonal(r, i)) / static_cast<double>(width);
      for (std::size_t o = 0; o < width; ++o) dx(r, neighbour(i, o, left, dx.cols)) += share;
    }
  }
}

}  // namespace vdn::kernels
