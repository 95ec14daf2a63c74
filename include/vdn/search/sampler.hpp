#pragma once
// Which configuration comes next.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <vdn/search/space.hpp>

namespace vdn::search {

/// random: Philox, independent points. sobol: the Sobol sequence (Joe and Kuo's direction numbers, from Boost.Random)
/// with a random digital shift, whose points fill the cube evenly. tpe: Sobol at first, then what looks like the best
/// trials so far (tpe.hpp).
enum class Sampler { random, sobol, tpe };
const char* sampler_name(Sampler sampler);
/// Throws Error (usage) for another word.
Sampler parse_sampler(const std::string& word);

/// Point `number` of [0, 1)^dimensions: a pure function of its arguments. That of tpe is its Sobol point.
std::vector<double> unit_point(Sampler sampler, std::uint64_t seed, std::uint64_t number, std::size_t dimensions);

/// Configuration `number` of a study: number 0 is the settings as they are (empty), k is the point k - 1 of the
/// sampler. `known`, which tpe looks at, are the configurations tried so far but number 0, best first.
Configuration sample_configuration(const SearchSpace& space, Sampler sampler, std::uint64_t seed, std::uint64_t number,
                                   const std::vector<Configuration>& known = {});

}  // namespace vdn::search
