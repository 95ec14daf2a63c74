// A window's forecast is the same in every batch: a row of a product has the same bits wherever it stands. A step's
// products are the same on every processor: their bits do not depend on how many numbers a vector holds.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include <hwy/highway.h>

#include <vdn/kernels/linear.hpp>
#include <vdn/kernels/packed_linear.hpp>

namespace vdn::kernels {
namespace {

std::vector<float> some(std::size_t count, std::uint32_t seed) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>((seed = seed * 1664525u + 1013904223u) >> 8) * 0x1p-24f - 0.5f;
  return values;
}

class LinearRows : public ::testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(LinearRows, AreTheSameWhereverTheyStand) {
  const auto [inputs, outputs] = GetParam();
  const auto weight = some(inputs * outputs, 1), bias = some(outputs, 2), row = some(inputs, 3);
  std::vector<float> alone(outputs);
  linear_forward<float>({row.data(), 1, inputs}, {weight.data(), outputs, inputs}, bias, {alone.data(), 1, outputs});
  for (const std::size_t rows : {2u, 7u, 12u, 13u, 32u, 128u, 481u, 2000u}) {
    std::vector<float> x, y(rows * outputs);
    for (std::size_t r = 0; r < rows; ++r) x.insert(x.end(), row.begin(), row.end());
    linear_forward<float>({x.data(), rows, inputs}, {weight.data(), outputs, inputs}, bias, {y.data(), rows, outputs});
    std::size_t different = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      different += std::memcmp(y.data() + r * outputs, alone.data(), outputs * sizeof(float)) != 0;
    }
    EXPECT_EQ(different, 0u) << "of " << rows << " rows";
  }
}

TEST_P(LinearRows, OfAPackedWeightHaveTheSameBits) {
  const auto [inputs, outputs] = GetParam();
  const auto weight = some(inputs * outputs, 1), bias = some(outputs, 2);
  const ConstMatrix<float> w(weight.data(), outputs, inputs);
  std::vector<float> panels(packed_size(outputs, inputs));
  pack_weight<float>(w, {0, outputs}, panels);
  for (const std::size_t rows : {1u, 7u, 48u}) {
    const auto x = some(rows * inputs, 4);
    std::vector<float> plain(rows * outputs), packed(rows * outputs);
    linear_forward<float>({x.data(), rows, inputs}, w, bias, {plain.data(), rows, outputs});
    packed_linear_forward<float>({x.data(), rows, inputs}, {panels.data(), outputs, inputs}, bias,
                                 {packed.data(), rows, outputs});
    EXPECT_EQ(plain, packed) << rows << " rows";
  }
}

TEST_P(LinearRows, OfATransposedWeightHaveTheSameBits) {
  const auto [inputs, outputs] = GetParam();
  const auto weight = some(inputs * outputs, 1);
  const ConstMatrix<float> w(weight.data(), outputs, inputs);
  std::vector<float> panels(packed_size(inputs, outputs));
  pack_transposed_weight<float>(w, {0, outputs}, panels);
  for (const std::size_t rows : {1u, 7u, 48u}) {
    const auto dy = some(rows * outputs, 4);
    auto plain = some(rows * inputs, 5), packed = plain;
    linear_backward_input<float>({dy.data(), rows, outputs}, w, {plain.data(), rows, inputs}, true);
    packed_linear_backward_input<float>({dy.data(), rows, outputs}, {panels.data(), outputs, inputs},
                                        {packed.data(), rows, inputs}, true);
    EXPECT_EQ(plain, packed) << rows << " rows";
  }
}

/// y, dx and dw of one product, one behind the other.
std::vector<float> three_products(std::size_t rows, std::size_t inputs, std::size_t outputs) {
  const auto x = some(rows * inputs, 1), w = some(inputs * outputs, 2), dy = some(rows * outputs, 3);
  std::vector<float> y(rows * outputs), dx(rows * inputs), dw(outputs * inputs);
  linear_forward<float>({x.data(), rows, inputs}, {w.data(), outputs, inputs}, {}, {y.data(), rows, outputs});
  linear_backward_input<float>({dy.data(), rows, outputs}, {w.data(), outputs, inputs}, {dx.data(), rows, inputs},
                               false);
  linear_backward_weight<float>({x.data(), rows, inputs}, {dy.data(), rows, outputs}, {0, outputs},
                                {dw.data(), outputs, inputs});
  y.insert(y.end(), dx.begin(), dx.end());
  y.insert(y.end(), dw.begin(), dw.end());
  return y;
}

TEST_P(LinearRows, HaveTheSameBitsOnEveryProcessorWithVectors) {
  if ((hwy::SupportedTargets() & HWY_AVX3) == 0) GTEST_SKIP() << "needs a processor with AVX-512, to compare AVX2 with";
  const auto [inputs, outputs] = GetParam();
  hwy::GetChosenTarget().Update(HWY_AVX2);
  const auto avx2 = three_products(300, inputs, outputs);
  hwy::GetChosenTarget().Update(HWY_AVX3);
  const auto avx512 = three_products(300, inputs, outputs);
  hwy::GetChosenTarget().DeInit();  // back to the best
  EXPECT_EQ(avx2, avx512);
}

TEST(Linear, EmptyProductsLeaveTheStart) {
  const std::vector<float> bias{1, 2};
  std::vector<float> y(4, 9);
  linear_forward<float>({nullptr, 2, 0}, {nullptr, 2, 0}, bias, {y.data(), 2, 2});
  EXPECT_EQ(y, (std::vector<float>{1, 2, 1, 2}));
  linear_forward<float>({nullptr, 0, 0}, {nullptr, 0, 0}, {}, {nullptr, 0, 0});
  linear_backward_input<float>({nullptr, 2, 0}, {nullptr, 0, 2}, {y.data(), 2, 2}, true);
  EXPECT_EQ(y, (std::vector<float>{1, 2, 1, 2}));
  linear_backward_input<float>({nullptr, 2, 0}, {nullptr, 0, 2}, {y.data(), 2, 2}, false);
  EXPECT_EQ(y, std::vector<float>(4, 0));
  y.assign(4, 9);
  linear_backward_weight<float>({nullptr, 0, 2}, {nullptr, 0, 2}, {0, 2}, {y.data(), 2, 2});
  EXPECT_EQ(y, std::vector<float>(4, 0));
}

INSTANTIATE_TEST_SUITE_P(Shapes, LinearRows,
                         ::testing::Values(std::pair{7, 3}, std::pair{24, 12}, std::pair{336, 256},
                                           std::pair{256, 1024}, std::pair{1024, 97}, std::pair{700, 33},
                                           std::pair{256, 4}));

}  // namespace
}  // namespace vdn::kernels
