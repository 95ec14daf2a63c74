#include <vdn/predictive/correlation_root.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <vdn/kernels/eigen.hpp>

namespace vdn {

void take_correlation_root(Matrix<double> c) {
  const std::size_t n = c.rows;
  std::vector<double> values(n), root(n * n);
  kernels::symmetric_eigen(c, values);  // row k: the eigenvector of values[k]
  for (std::size_t h = 0; h < n; ++h) {
    double square = 0;
    for (std::size_t k = 0; k < n; ++k) square += c(k, h) * c(k, h) * std::max(values[k], 0.0);
    const double length = std::sqrt(square);
    for (std::size_t k = 0; k < n; ++k) root[h * n + k] = c(k, h) * std::sqrt(std::max(values[k], 0.0)) / length;
  }
  std::copy(root.begin(), root.end(), c.flat().begin());
}

}  // namespace vdn
