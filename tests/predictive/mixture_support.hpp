#pragma once
// Batches of mixtures for tests.

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <vdn/kernels/mixture.hpp>

namespace vdn::test {

/// B rows of J components over H steps that own their numbers; weights are equal, means 0 and scales 1 at first.
struct OwnedBatch {
  OwnedBatch(std::size_t rows, std::size_t components, std::size_t horizon)
      : B(rows),
        J(components),
        H(horizon),
        target(B * H),
        mean(B * J * H),
        scale(B * J * H, 1.0f),
        log_weight(B * J, static_cast<float>(-std::log(static_cast<double>(J)))),
        observed(B * H, 1) {}

  kernels::MixtureBatch<float> view() const {
    return {{target.data(), B, H},    {observed.data(), B, H},   {mean.data(), B * J, H},
            {scale.data(), B * J, H}, {log_weight.data(), B, J}, 1};
  }
  Matrix<float> means() { return {mean.data(), B * J, H}; }
  Matrix<float> scales() { return {scale.data(), B * J, H}; }
  Matrix<float> targets() { return {target.data(), B, H}; }
  ConstMatrix<float> log_weights() const { return {log_weight.data(), B, J}; }

  std::size_t B, J, H;
  std::vector<float> target, mean, scale, log_weight;
  std::vector<std::uint8_t> observed;
};

/// Standard normals, the same on every machine.
class Normals {
 public:
  explicit Normals(std::uint64_t seed) : bits_(seed) {}
  double operator()() {
    const auto uniform = [this] { return (static_cast<double>(bits_() >> 11) + .5) * 0x1p-53; };
    return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::acos(-1.0) * uniform());
  }

 private:
  std::mt19937_64 bits_;
};

}  // namespace vdn::test
