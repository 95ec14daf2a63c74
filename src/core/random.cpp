#include <vdn/core/random.hpp>

#include <Random123/philox.h>

namespace vdn {

std::array<std::uint32_t, 4> philox(StreamKey key, std::array<std::uint32_t, 4> counter) {
  r123::Philox4x32_R<10>::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  r123::Philox4x32_R<10>::key_type k = {{key.word[0], key.word[1]}};
  const auto out = r123::Philox4x32_R<10>()(c, k);
  return {out[0], out[1], out[2], out[3]};
}

StreamKey stream_key(std::uint64_t seed, Purpose purpose, std::uint64_t step) {
  const StreamKey seed_key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto bits = philox(seed_key, {static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
                                      static_cast<std::uint32_t>(purpose), 0x76646e21u});
  return {{bits[0], bits[1]}};
}

std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

Permutation::Permutation(StreamKey key, std::uint64_t size) : key_(key), size_(size), half_bits_(1) {
  while ((std::uint64_t{1} << (2 * half_bits_)) < size_) ++half_bits_;
}

std::uint64_t Permutation::operator()(std::uint64_t index) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {  // the network permutes a power of four >= size; walk on until the value falls inside
    std::uint64_t left = index >> half_bits_, right = index & mask;
    for (std::uint32_t round = 0; round < 4; ++round) {
      const auto bits =
          philox(key_, {static_cast<std::uint32_t>(right), static_cast<std::uint32_t>(right >> 32), round, 0});
      const std::uint64_t mixed = left ^ ((bits[0] | (std::uint64_t{bits[1]} << 32)) & mask);
      left = right;
      right = mixed;
    }
    index = (left << half_bits_) | right;
  } while (index >= size_);
  return index;
}

}  // namespace vdn
