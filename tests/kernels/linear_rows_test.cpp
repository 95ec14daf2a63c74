// A window's forecast is the same in every batch: a row of a product has the same bits wherever it stands.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

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

INSTANTIATE_TEST_SUITE_P(Shapes, LinearRows,
                         ::testing::Values(std::pair{7, 3}, std::pair{24, 12}, std::pair{336, 256},
                                           std::pair{256, 1024}, std::pair{1024, 97}, std::pair{700, 33},
                                           std::pair{256, 4}));

}  // namespace
}  // namespace vdn::kernels
