#include <vdn/search/sampler.hpp>

#include <algorithm>
#include <array>

#include <boost/random/sobol.hpp>

#include <vdn/core/error.hpp>
#include <vdn/core/random.hpp>
#include <vdn/search/tpe.hpp>

#include "search/words.hpp"

namespace vdn::search {
namespace {

constexpr std::array<const char*, 3> names{"random", "sobol", "tpe"};

/// Streams of one seed: independent points, and shifts of the Sobol sequence.
enum class Stream : std::uint64_t { points, shifts };

/// 64 random bits of (seed, stream, number, dimension).
std::uint64_t random_bits(std::uint64_t seed, Stream stream, std::uint64_t number, std::size_t dimension) {
  const auto words = philox(stream_key(seed, Purpose::search, static_cast<std::uint64_t>(stream)),
                            {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32),
                             static_cast<std::uint32_t>(dimension), 0});
  return words[0] | (std::uint64_t{words[1]} << 32);
}

/// Point `number` of the Sobol sequence as binary fractions of 64 bits. Boost leaves out the point 0 the sequence
/// begins with; its engine, seeded with s, begins at point s + 1.
std::vector<std::uint64_t> sobol_bits(std::uint64_t number, std::size_t dimensions) {
  std::vector<std::uint64_t> bits(dimensions, 0);
  if (number == 0) return bits;
  boost::random::sobol engine(dimensions);
  engine.seed(number - 1);
  engine.generate(bits.begin(), bits.end());
  return bits;
}

/// The first 53 of 64 bits after the binary point: in [0, 1).
double to_unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

const char* sampler_name(Sampler sampler) {
  return names.at(static_cast<std::size_t>(sampler));
}

Sampler parse_sampler(const std::string& word) {
  return static_cast<Sampler>(index_of_word(word, names, "--sampler", "sampler"));
}

std::vector<double> unit_point(Sampler sampler, std::uint64_t seed, std::uint64_t number, std::size_t dimensions) {
  std::vector<double> point(dimensions);
  if (sampler == Sampler::random) {
    for (std::size_t d = 0; d < dimensions; ++d) point[d] = to_unit(random_bits(seed, Stream::points, number, d));
    return point;
  }
  if (dimensions == 0) return point;
  const std::vector<std::uint64_t> bits = sobol_bits(number, dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) point[d] = to_unit(bits[d] ^ random_bits(seed, Stream::shifts, 0, d));
  return point;
}

Configuration sample_configuration(const SearchSpace& space, Sampler sampler, std::uint64_t seed, std::uint64_t number,
                                   const std::vector<Configuration>& known) {
  if (number == 0) return {};
  if (sampler == Sampler::tpe && known.size() >= least_known_trials) {
    return tpe_configuration(space, known, seed, number);
  }
  return configuration_at(space, unit_point(sampler, seed, number - 1, space.dimensions.size()));
}

}  // namespace vdn::search
