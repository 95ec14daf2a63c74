#include <vdn/neuron/local_elbo.hpp>

#include <gtest/gtest.h>

#include <numeric>

#include "neuron/layer_rig.hpp"

namespace vdn::neuron {
namespace {

TEST(LocalElbo, TheLocalOnesSumToTheGlobalOne) {
  LayerRig rig(layer_shape(4, 7, 2), 5, 1);
  rig.forward();
  const double log_likelihood = -1.75;
  const auto beta = test::numbers(7, 9);
  std::vector<double> kl(7), elbo(7);
  double global = log_likelihood;
  for (std::size_t b = 0; b < 5; ++b) {
    for (std::size_t i = 0; i < 7; ++i) {
      kl[i] += rig.w.kl(b, i) / 5;
      global -= beta[i] * rig.w.kl(b, i) / 5;
    }
  }
  local_elbo(log_likelihood, beta, kl, elbo);
  EXPECT_NEAR(std::accumulate(elbo.begin(), elbo.end(), 0.0), global, 1e-13);
}

TEST(LocalElbo, SharesAreEqualAndThePriceIsTheNeuronsOwn) {
  const std::vector<double> beta{1, 2, 0}, kl{0.5, 0.25, 9};
  std::vector<double> elbo(3);
  local_elbo(-6.0, beta, kl, elbo);
  EXPECT_EQ(elbo, (std::vector<double>{-2.5, -2.5, -2.0}));
}

}  // namespace
}  // namespace vdn::neuron
