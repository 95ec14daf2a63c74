// Products and solutions in double precision, and OpenBLAS on several threads at once: its serial build must not share
// its scratch memory (blas_scratch.cpp).
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

#include <kernels/op_case.hpp>

#include <vdn/kernels/dense.hpp>

namespace vdn::test {
namespace {

using Values = std::vector<double>;

/// The largest difference of out and a b, or a b^T where b is transposed.
double product_error(ConstMatrix<double> a, ConstMatrix<double> b, bool transposed, ConstMatrix<double> out) {
  double worst = 0;
  for (std::size_t r = 0; r < out.rows; ++r) {
    for (std::size_t c = 0; c < out.cols; ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < a.cols; ++i) sum += a(r, i) * (transposed ? b(c, i) : b(i, c));
      worst = std::max(worst, std::abs(sum - out(r, c)));
    }
  }
  return worst;
}

TEST(Dense, ProductsAreThoseOfTheDefinition) {
  for (const auto& [rows, inner, cols] : {std::tuple{1u, 1u, 1u}, {3u, 5u, 7u}, {17u, 33u, 4u}}) {
    const Values a = normal_values(rows * inner, 1), b = normal_values(inner * cols, 2);
    Values out(rows * cols);
    const ConstMatrix<double> left(a.data(), rows, inner);
    kernels::dense_product(left, {b.data(), inner, cols}, {out.data(), rows, cols});
    EXPECT_LT(product_error(left, {b.data(), inner, cols}, false, {out.data(), rows, cols}), 1e-12);
    kernels::dense_product_transposed(left, {b.data(), cols, inner}, {out.data(), rows, cols});
    EXPECT_LT(product_error(left, {b.data(), cols, inner}, true, {out.data(), rows, cols}), 1e-12);
  }
  kernels::dense_product({nullptr, 0, 3}, {nullptr, 3, 0}, {nullptr, 0, 0});
}

TEST(Dense, SolvesOrSaysThatItCannot) {
  constexpr std::size_t n = 9, right_sides = 2;
  const Values root = normal_values(n * n, 3), wanted = normal_values(right_sides * n, 4);
  Values a(n * n), b(right_sides * n);
  kernels::dense_product_transposed({root.data(), n, n}, {root.data(), n, n}, {a.data(), n, n});
  for (std::size_t i = 0; i < n; ++i) a[i * n + i] += 1;
  kernels::dense_product({wanted.data(), right_sides, n}, {a.data(), n, n}, {b.data(), right_sides, n});
  ASSERT_TRUE(kernels::solve_positive_definite({a.data(), n, n}, {b.data(), right_sides, n}));
  for (std::size_t i = 0; i < b.size(); ++i) EXPECT_NEAR(b[i], wanted[i], 1e-10);
  Values indefinite{1, 0, 0, -1}, right{1, 1};
  EXPECT_FALSE(kernels::solve_positive_definite({indefinite.data(), 2, 2}, {right.data(), 1, 2}));
}

TEST(Dense, ConcurrentProductsEqualTheSingleThreadedOnes) {
  constexpr std::size_t threads = 4, calls = 2000, rows = 48, inner = 67, cols = 40;
  std::vector<Values> a(threads), b(threads), expected(threads);
  for (std::size_t t = 0; t < threads; ++t) {
    a[t] = normal_values(rows * inner, 100 + t);
    b[t] = normal_values(inner * cols, 200 + t);
    expected[t].resize(rows * cols);
    kernels::dense_product({a[t].data(), rows, inner}, {b[t].data(), inner, cols}, {expected[t].data(), rows, cols});
  }
  std::vector<std::size_t> wrong(threads, 0);
  std::vector<std::thread> pool;
  for (std::size_t t = 0; t < threads; ++t) {
    pool.emplace_back([&, t] {
      Values out(rows * cols);
      for (std::size_t call = 0; call < calls; ++call) {
        kernels::dense_product({a[t].data(), rows, inner}, {b[t].data(), inner, cols}, {out.data(), rows, cols});
        if (std::memcmp(out.data(), expected[t].data(), out.size() * sizeof(double)) != 0) ++wrong[t];
      }
    });
  }
  for (auto& thread : pool) thread.join();
  for (std::size_t t = 0; t < threads; ++t) EXPECT_EQ(wrong[t], 0u) << "thread " << t;
}

}  // namespace
}  // namespace vdn::test
