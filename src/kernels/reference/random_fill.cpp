#include <vdn/kernels/random_fill.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace vdn::kernels {
namespace {

std::array<std::uint32_t, 4> words(const DrawKey& key, std::size_t block) {
  return philox(key.stream, {static_cast<std::uint32_t>(block), key.draw, key.origin, key.series});
}

/// Two normals from two words.
void box_muller(std::uint32_t a, std::uint32_t b, double* pair) {
  const double radius = std::sqrt(-2 * std::log(to_uniform(a)));
  const double angle = 2 * std::numbers::pi * to_uniform(b);
  pair[0] = radius * std::cos(angle);
  pair[1] = radius * std::sin(angle);
}

}  // namespace

template <>
void fill_normal<double>(DrawKey key, std::span<double> out) {
  for (std::size_t at = 0; at < out.size(); at += 4) {
    const auto w = words(key, at / 4);
    double four[4];
    box_muller(w[0], w[1], four);
    box_muller(w[2], w[3], four + 2);
    std::copy_n(four, std::min<std::size_t>(4, out.size() - at), out.data() + at);
  }
}

template <>
void fill_dropout_mask<double>(DrawKey key, double p, std::span<double> out) {
  for (std::size_t at = 0; at < out.size(); at += 4) {
    const auto w = words(key, at / 4);
    for (std::size_t i = at; i < std::min(at + 4, out.size()); ++i) {
      out[i] = to_uniform(w[i - at]) < p ? 0 : 1 / (1 - p);
    }
  }
}

}  // namespace vdn::kernels
