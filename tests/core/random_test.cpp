#include <gtest/gtest.h>

#include <set>
#include <vector>

#include <vdn/core/random.hpp>

namespace vdn {
namespace {

using Words = std::array<std::uint32_t, 4>;

/// The known answers of Random123 (kat_vectors, philox4x32 10).
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox({{0, 0}}, {0, 0, 0, 0}), (Words{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
  EXPECT_EQ(philox({{0xffffffffu, 0xffffffffu}}, {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu}),
            (Words{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}));
  EXPECT_EQ(philox({{0xa4093822u, 0x299f31d0u}}, {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}),
            (Words{0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u}));
}

TEST(StreamKey, DependsOnEveryPart) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
  const auto add = [&](std::uint64_t seed, Purpose purpose, std::uint64_t step) {
    const StreamKey key = stream_key(seed, purpose, step);
    keys.insert({key.word[0], key.word[1]});
  };
  add(1, Purpose::latent, 0);
  add(2, Purpose::latent, 0);
  add(std::uint64_t{1} << 32 | 1, Purpose::latent, 0);
  add(1, Purpose::dropout, 0);
  add(1, Purpose::latent, 1);
  add(1, Purpose::latent, std::uint64_t{1} << 32);
  EXPECT_EQ(keys.size(), 6u);
}

TEST(ToUniform, StaysInsideTheInterval) {
  EXPECT_EQ(to_uniform(0), 0x1p-33);
  EXPECT_LT(to_uniform(0xffffffffu), 1.0);
  EXPECT_EQ(to_uniform(0xffffffffu), 1.0 - 0x1p-33);
}

TEST(HashName, IsFnv1a) {
  EXPECT_EQ(hash_name(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash_name("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash_name("foobar"), 0x85944171f73967e8u);
}

std::vector<std::uint64_t> permuted(std::uint64_t size, std::uint64_t seed) {
  const Permutation permutation(stream_key(seed, Purpose::shuffle), size);
  std::vector<std::uint64_t> result;
  for (std::uint64_t i = 0; i < size; ++i) result.push_back(permutation(i));
  return result;
}

TEST(Permutation, IsABijection) {
  std::vector<std::uint64_t> sizes{1000};
  for (std::uint64_t size = 1; size <= 50; ++size) sizes.push_back(size);
  for (const std::uint64_t size : sizes) {
    const auto images = permuted(size, 5);
    const std::set<std::uint64_t> distinct(images.begin(), images.end());
    EXPECT_EQ(distinct.size(), size);
    EXPECT_LT(*distinct.rbegin(), size);
  }
}

TEST(Permutation, DependsOnTheKeyAndMovesThings) {
  EXPECT_NE(permuted(1000, 1), permuted(1000, 2));
  EXPECT_EQ(permuted(1000, 1), permuted(1000, 1));
  const auto images = permuted(1000, 3);
  std::size_t fixed = 0;
  for (std::size_t i = 0; i < images.size(); ++i) fixed += images[i] == i;
  EXPECT_LT(fixed, 10u);  // one is expected
}

}  // namespace
}  // namespace vdn
