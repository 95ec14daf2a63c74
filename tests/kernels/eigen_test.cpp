// Eigenvectors against their definition.

#include <gtest/gtest.h>

#include <vector>

#include <vdn/kernels/eigen.hpp>

#include "support/finite_difference.hpp"

namespace vdn {
namespace {

TEST(SymmetricEigen, VectorsAreStretchedByTheirValues) {
  constexpr std::size_t n = 7;
  std::vector<double> full(n * n), values(n);
  const std::vector<double> draws = test::numbers(n * n, 4);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) full[i * n + j] = full[j * n + i] = draws[i * n + j];
  }
  std::vector<double> lower = full;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) lower[i * n + j] = 1e9;  // not read
  }
  const Matrix<double> vectors(lower.data(), n, n);
  kernels::symmetric_eigen(vectors, values);
  for (std::size_t k = 0; k < n; ++k) {
    EXPECT_TRUE(k == 0 || values[k - 1] <= values[k]);
    EXPECT_NEAR(test::dot(vectors.row(k), vectors.row(k)), 1, 1e-12);
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(test::dot({full.data() + i * n, n}, vectors.row(k)), values[k] * vectors(k, i), 1e-12);
    }
  }
}

}  // namespace
}  // namespace vdn
