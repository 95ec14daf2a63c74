#include <vdn/search/sampler.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <vdn/core/error.hpp>

namespace vdn::search {
namespace {

using Point = std::vector<double>;

std::uint32_t leading_bits(double value, int bits) {
  return static_cast<std::uint32_t>(std::ldexp(value, bits));
}

TEST(Sampler, SobolFillsEveryDyadicIntervalOnce) {
  for (const std::size_t dimensions : {1u, 2u, 7u, 18u, 40u}) {
    for (int m = 0; m <= 8; ++m) {
      std::vector<std::set<std::uint32_t>> hit(dimensions);
      for (std::uint64_t number = 0; number < (1u << m); ++number) {
        const Point point = unit_point(Sampler::sobol, 5, number, dimensions);
        for (std::size_t d = 0; d < dimensions; ++d) hit[d].insert(leading_bits(point[d], m));
      }
      for (std::size_t d = 0; d < dimensions; ++d) EXPECT_EQ(hit[d].size(), 1u << m) << d << " of " << dimensions;
    }
  }
}

TEST(Sampler, SobolFillsTheSquareEvenly) {
  // The first two dimensions are a (0, m, 2)-net: of 64 points one is in each box of 2^-a times 2^-b, a + b = 6.
  for (int a = 0; a <= 6; ++a) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> boxes;
    for (std::uint64_t number = 0; number < 64; ++number) {
      const Point point = unit_point(Sampler::sobol, 11, number, 2);
      boxes.emplace(leading_bits(point[0], a), leading_bits(point[1], 6 - a));
    }
    EXPECT_EQ(boxes.size(), 64u) << a;
  }
}

TEST(Sampler, SobolIsTheKnownSequenceUnderADigitalShift) {
  // 0, 1/2, 3/4 1/4, ... in eighths; a shift flips the same bits of all points.
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> known{{0, 0}, {4, 4}, {6, 2}, {2, 6},
                                                                   {3, 3}, {7, 7}, {5, 1}, {1, 5}};
  const Point origin = unit_point(Sampler::sobol, 9, 0, 2);
  for (std::uint64_t number = 0; number < known.size(); ++number) {
    const Point point = unit_point(Sampler::sobol, 9, number, 2);
    EXPECT_EQ(leading_bits(point[0], 3) ^ leading_bits(origin[0], 3), known[number].first) << number;
    EXPECT_EQ(leading_bits(point[1], 3) ^ leading_bits(origin[1], 3), known[number].second) << number;
  }
}

TEST(Sampler, PointsDependOnTheirNumberAlone) {
  for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
    std::vector<Point> forward;
    for (std::uint64_t number = 0; number < 50; ++number) forward.push_back(unit_point(sampler, 1, number, 6));
    for (std::uint64_t number = 50; number-- > 0;) EXPECT_EQ(unit_point(sampler, 1, number, 6), forward[number]);
    EXPECT_EQ(std::set<Point>(forward.begin(), forward.end()).size(), 50u);
  }
}

TEST(Sampler, AFurtherDimensionChangesNoOther) {
  for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
    const Point few = unit_point(sampler, 4, 13, 3), many = unit_point(sampler, 4, 13, 30);
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  }
}

TEST(Sampler, EverythingIsInTheUnitCubeAndSeedsDiffer) {
  for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
    for (std::size_t dimensions = 1; dimensions <= 40; ++dimensions) {
      for (const std::uint64_t number : {0ull, 1ull, 2ull, 1000ull, 1ull << 40, ~0ull}) {
        const Point point = unit_point(sampler, 2, number, dimensions);
        ASSERT_EQ(point.size(), dimensions);
        for (const double x : point) {
          EXPECT_GE(x, 0.0);
          EXPECT_LT(x, 1.0);
        }
        const Point other = unit_point(sampler, 3, number, dimensions);
        for (std::size_t d = 0; d < dimensions; ++d) EXPECT_NE(point[d], other[d]);
        EXPECT_NE(point, unit_point(sampler, 2 + (1ull << 32), number, dimensions)) << "all 64 bits of a seed count";
      }
    }
    EXPECT_TRUE(unit_point(sampler, 2, 1, 0).empty());
  }
}

TEST(Sampler, RandomPointsAreUniform) {
  const std::size_t n = 4000;
  Point sum(3, 0.0), squares(3, 0.0);
  double product = 0.0;
  for (std::uint64_t number = 0; number < n; ++number) {
    const Point point = unit_point(Sampler::random, 8, number, 3);
    for (std::size_t d = 0; d < 3; ++d) {
      sum[d] += point[d] / n;
      squares[d] += point[d] * point[d] / n;
    }
    product += point[0] * point[1] / n;
  }
  for (std::size_t d = 0; d < 3; ++d) {
    EXPECT_NEAR(sum[d], 0.5, 4 * std::sqrt(1.0 / 12 / n));
    EXPECT_NEAR(squares[d], 1.0 / 3, 4 * std::sqrt(4.0 / 45 / n));
  }
  EXPECT_NEAR(product, 0.25, 0.015);
}

TEST(Sampler, ConfigurationZeroIsTheSettingsAsTheyAre) {
  const SearchSpace space = preset_space("default");
  for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
    EXPECT_TRUE(sample_configuration(space, sampler, 1, 0).empty());
    EXPECT_EQ(sample_configuration(space, sampler, 1, 5),
              configuration_at(space, unit_point(sampler, 1, 4, space.dimensions.size())));
  }
}

TEST(Sampler, Words) {
  for (const Sampler sampler : {Sampler::random, Sampler::sobol}) {
    EXPECT_EQ(parse_sampler(sampler_name(sampler)), sampler);
  }
  try {
    parse_sampler("sobel");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(error.hint(), "did you mean 'sobol'?");
  }
}

}  // namespace
}  // namespace vdn::search
