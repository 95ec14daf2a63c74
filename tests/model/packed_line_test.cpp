// The line of blocks of normalised windows against the double-precision line.

#include <vdn/model/packed_line.hpp>

#include <gtest/gtest.h>

#include <vector>

#include "support/finite_difference.hpp"

namespace vdn {
namespace {

constexpr std::size_t lookback = 21, horizon = 19, series = 3;

LinearPath some_line(std::size_t rank) {
  LinearPath line{lookback, horizon, test::numbers(horizon * lookback, 1), test::numbers(horizon, 2), rank};
  if (rank == 0) return line;
  line.series_in = test::numbers(series * rank * lookback, 3);
  line.series_out = test::numbers(series * horizon * rank, 4);
  line.series_bias = test::numbers(series * horizon, 5);
  return line;
}

TEST(PackedLine, ForecastsAsTheLineItself) {
  for (const std::size_t rank : {0u, 1u, 8u}) {
    for (const std::size_t stride : {1u, 2u}) {  // 2: pairs of windows, of which the first is forecast
      const LinearPath line = some_line(rank);
      const PackedLine packed(line);
      const std::vector<Window> windows{{2, 0, 0}, {0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
      const std::vector<double> normal = test::numbers(windows.size() * stride * lookback, 6);
      const std::vector<float> x(normal.begin(), normal.end()), factor{.5f, 1.0f, 3.0f, .1f}, centre{0, -2, 7, 100};
      std::vector<float> product(windows.size() * stride * horizon), offset;
      for (const float c : centre) offset.insert(offset.end(), horizon, c);
      packed.forecast({x.data(), windows.size() * stride, lookback}, stride, windows, factor,
                      {product.data(), windows.size() * stride, horizon}, {offset.data(), windows.size(), horizon});
      for (std::size_t b = 0; b < windows.size(); ++b) {
        std::vector<double> context(lookback), want(horizon);
        for (std::size_t l = 0; l < lookback; ++l) {
          context[l] = double{factor[b]} * double{x[b * stride * lookback + l]} + double{centre[b]};
        }
        line.forecast(windows[b].series, std::span<const double>(context), std::span<double>(want));
        for (std::size_t h = 0; h < horizon; ++h) {
          EXPECT_NEAR(double{offset[b * horizon + h]}, want[h], 2e-5 * (10 + std::abs(want[h])));
        }
      }
    }
  }
}

}  // namespace
}  // namespace vdn
