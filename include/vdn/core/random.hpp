#pragma once
// Counter-based random numbers: a draw is a pure function of what it is for, so results depend neither on the order of
// the batch, nor on its size, nor on threads. There is no global generator.

#include <array>
#include <cstdint>
#include <string_view>

namespace vdn {

/// What a random number is for; streams of different purpose never meet.
enum class Purpose : std::uint32_t {
  latent = 1,
  dropout = 2,
  shuffle = 3,
  initial_weights = 4,
  paths = 5,
  bootstrap = 6,
  windows = 7,
  bands = 8,
  macro = 9,
  disturbance = 10,
  search = 11
};

/// Names one stream: everything but the position inside it.
struct StreamKey {
  std::uint32_t word[2];
};

/// The key of (seed, purpose, step). One call of Philox spreads all bits of the three over the key.
StreamKey stream_key(std::uint64_t seed, Purpose purpose, std::uint64_t step = 0);

/// Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC 2011; via Random123).
/// counter = {block of 4 numbers, draw, window origin, series}: the layout every caller uses.
std::array<std::uint32_t, 4> philox(StreamKey key, std::array<std::uint32_t, 4> counter);

/// Uniform in (0, 1), never 0 or 1: (bits + 0.5) / 2^32.
constexpr double to_uniform(std::uint32_t bits) {
  return (static_cast<double>(bits) + 0.5) * 0x1p-32;
}

/// 64-bit FNV-1a hash of a name; used to key initial weights by parameter name.
std::uint64_t hash_name(std::string_view name);

/// A random permutation of 0..size-1, computed one index at a time without storing it (cycle-walking Feistel network of
/// four rounds keyed by Philox). Used to shuffle millions of windows in no memory.
class Permutation {
 public:
  Permutation(StreamKey key, std::uint64_t size);
  std::uint64_t operator()(std::uint64_t index) const;
  std::uint64_t size() const { return size_; }

 private:
  StreamKey key_;
  std::uint64_t size_;
  unsigned half_bits_;
};

}  // namespace vdn
