#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <vdn/kernels/random_fill.hpp>

namespace vdn::kernels {
namespace {

DrawKey key() {
  return {stream_key(42, Purpose::latent, 17), 3, 500, 1};
}

template <class Real>
std::vector<Real> normals(DrawKey of, std::size_t count) {
  std::vector<Real> out(count);
  fill_normal<Real>(of, out);
  return out;
}

TEST(FillNormal, HasTheMomentsOfANormal) {
  const auto values = normals<float>(key(), 1000000);
  const double count = static_cast<double>(values.size());
  double moment[5] = {};
  double neighbours = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double v = values[i];
    double power = 1;
    for (double& m : moment) m += power / count, power *= v;
    if (i > 0) neighbours += v * static_cast<double>(values[i - 1]) / count;
  }
  // Five standard errors of each mean: sqrt(Var(v^k) / 1e6).
  EXPECT_NEAR(moment[1], 0, 5e-3);
  EXPECT_NEAR(moment[2], 1, 5 * std::sqrt(2.0) * 1e-3);
  EXPECT_NEAR(moment[3], 0, 5 * std::sqrt(15.0) * 1e-3);
  EXPECT_NEAR(moment[4], 3, 5 * std::sqrt(96.0) * 1e-3);
  EXPECT_NEAR(neighbours, 0, 5e-3);
  const auto beyond = std::count_if(values.begin(), values.end(), [](float v) { return std::abs(v) > 1.959964f; });
  EXPECT_NEAR(static_cast<double>(beyond) / count, 0.05, 5 * 2.2e-4);
}

TEST(FillNormal, FloatAgreesWithDouble) {
  constexpr std::size_t count = 2000000;
  const auto fast = normals<float>(key(), count);
  const auto plain = normals<double>(key(), count);
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(fast[i]) - plain[i]));
    largest = std::max(largest, std::abs(plain[i]));
  }
  EXPECT_LT(worst, 2e-6);
  EXPECT_GT(largest, 4.5);
  RecordProperty("worst", std::to_string(worst * 1e6) + "e-6");
}

TEST(FillNormal, ShortFillsAreAPrefixOfLongOnes) {
  const auto whole = normals<float>(key(), 301);
  const auto whole_plain = normals<double>(key(), 301);
  for (std::size_t count = 0; count <= 300; ++count) {
    std::vector<float> guarded(count + 1, -77.0f);
    fill_normal<float>(key(), std::span<float>(guarded).first(count));
    ASSERT_EQ(std::memcmp(guarded.data(), whole.data(), count * sizeof(float)), 0) << count;
    ASSERT_EQ(guarded[count], -77.0f) << "wrote behind the end of " << count;
    const auto plain = normals<double>(key(), count);
    ASSERT_TRUE(std::equal(plain.begin(), plain.end(), whole_plain.begin())) << count;
  }
}

TEST(FillNormal, EveryPartOfTheKeyChangesTheStream) {
  const auto stream = [](std::uint64_t seed, Purpose purpose, std::uint64_t step, std::uint32_t series,
                         std::uint32_t origin, std::uint32_t draw) {
    return normals<float>({stream_key(seed, purpose, step), series, origin, draw}, 64);
  };
  const std::vector<std::vector<float>> streams{
      stream(1, Purpose::latent, 1, 1, 1, 1),  stream(2, Purpose::latent, 1, 1, 1, 1),
      stream(1, Purpose::dropout, 1, 1, 1, 1), stream(1, Purpose::latent, 2, 1, 1, 1),
      stream(1, Purpose::latent, 1, 2, 1, 1),  stream(1, Purpose::latent, 1, 1, 2, 1),
      stream(1, Purpose::latent, 1, 1, 1, 2),  stream(std::uint64_t{1} << 32 | 1, Purpose::latent, 1, 1, 1, 1)};
  for (std::size_t a = 0; a < streams.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      std::size_t equal = 0;
      for (std::size_t i = 0; i < 64; ++i) equal += streams[a][i] == streams[b][i];
      EXPECT_EQ(equal, 0u) << a << " and " << b;
    }
  }
}

/// A mask at p = u drops exactly the words below u: the vector Philox is probed bit by bit against core's.
TEST(FillDropoutMask, UsesTheBitsOfCorePhilox) {
  constexpr std::size_t count = 523;
  for (const std::size_t probe : {0u, 1u, 2u, 3u, 64u, 129u, 522u}) {
    const auto words =
        philox(key().stream, {static_cast<std::uint32_t>(probe / 4), key().draw, key().origin, key().series});
    const double u = to_uniform(words[probe % 4]);
    std::vector<float> at(count), above(count);
    fill_dropout_mask<float>(key(), u, at);
    fill_dropout_mask<float>(key(), u + 0x1p-34, above);
    EXPECT_GT(at[probe], 0) << probe;
    EXPECT_EQ(above[probe], 0) << probe;
  }
}

TEST(FillDropoutMask, BothFormsDropTheSamePlaces) {
  constexpr std::size_t count = 200003;
  for (const double p : {0.0, 1e-9, 0.1, 0.5, 0.9, 1 - 0x1p-53}) {
    std::vector<float> fast(count);
    std::vector<double> plain(count);
    fill_dropout_mask<float>(key(), p, fast);
    fill_dropout_mask<double>(key(), p, plain);
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(fast[i] == 0, plain[i] == 0) << i << " at p = " << p;
      ASSERT_FLOAT_EQ(fast[i], static_cast<float>(plain[i]));
      dropped += fast[i] == 0;
    }
    EXPECT_NEAR(static_cast<double>(dropped) / count, p, 5 * std::sqrt(p * (1 - p) / count) + 1e-8);
  }
}

}  // namespace
}  // namespace vdn::kernels
