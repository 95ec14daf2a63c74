// Products on several threads at once: OpenBLAS's serial build must not share its scratch memory (blas_scratch.cpp).
#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include <kernels/op_case.hpp>

#include <vdn/kernels/linear.hpp>

namespace vdn::test {
namespace {

TEST(Linear, ConcurrentProductsEqualTheSingleThreadedOnes) {
  constexpr std::size_t threads = 4, calls = 2000, rows = 48, inputs = 67, outputs = 40;
  std::vector<std::vector<float>> x(threads), w(threads), expected(threads);
  for (std::size_t t = 0; t < threads; ++t) {
    const auto x_values = normal_values(rows * inputs, 100 + t), w_values = normal_values(outputs * inputs, 200 + t);
    x[t].assign(x_values.begin(), x_values.end());
    w[t].assign(w_values.begin(), w_values.end());
    expected[t].resize(rows * outputs);
    kernels::linear_forward<float>({x[t].data(), rows, inputs}, {w[t].data(), outputs, inputs}, {},
                                   {expected[t].data(), rows, outputs});
  }
  std::vector<std::size_t> wrong(threads, 0);
  std::vector<std::thread> pool;
  for (std::size_t t = 0; t < threads; ++t) {
    pool.emplace_back([&, t] {
      std::vector<float> y(rows * outputs);
      for (std::size_t call = 0; call < calls; ++call) {
        kernels::linear_forward<float>({x[t].data(), rows, inputs}, {w[t].data(), outputs, inputs}, {},
                                       {y.data(), rows, outputs});
        if (std::memcmp(y.data(), expected[t].data(), y.size() * sizeof(float)) != 0) ++wrong[t];
      }
    });
  }
  for (auto& thread : pool) thread.join();
  for (std::size_t t = 0; t < threads; ++t) EXPECT_EQ(wrong[t], 0u) << "thread " << t;
}

TEST(Linear, EmptyProductsLeaveTheBias) {
  const std::vector<float> bias{1, 2};
  std::vector<float> y(4, 9);
  kernels::linear_forward<float>({nullptr, 2, 0}, {nullptr, 2, 0}, bias, {y.data(), 2, 2});
  EXPECT_EQ(y, (std::vector<float>{1, 2, 1, 2}));
  kernels::linear_forward<float>({nullptr, 0, 0}, {nullptr, 0, 0}, {}, {nullptr, 0, 0});
}

}  // namespace
}  // namespace vdn::test
