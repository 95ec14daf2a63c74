// Against the mixture of each step, asked one by one.

#include <vdn/predictive/mixture_moments.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/predictive/mixture.hpp>
#include <vdn/predictive/spread_nodes.hpp>

#include "predictive/mixture_support.hpp"

namespace vdn {
namespace {

TEST(MixtureMoments, AreThoseOfEveryStepsMixture) {
  test::OwnedBatch batch(2, 3, 2);
  batch.mean = {-2, 100, .5f, 101, 1, 103, 0, 0, 1, 1, 5, -5};
  batch.scale = {.5f, 1, 1, 2, .2f, 3, 1, 1, 1, 2, 3, 4};
  batch.log_weight = {std::log(.2f), std::log(.5f), std::log(.3f), std::log(.1f), std::log(.1f), std::log(.8f)};
  for (std::size_t b = 0; b < 2; ++b) {
    const auto view = batch.view();
    const MixtureMoments all = mixture_moments(view, b, 2);
    for (std::size_t h = 0; h < 2; ++h) {
      const StepMixture step(view, b, h);
      EXPECT_NEAR(all.mean[h], step.view().mean(), 1e-5);
      EXPECT_NEAR(all.within[h] + all.latent[h], step.view().variance(), 1e-4);
    }
    const MixtureMoments first = mixture_moments(view, b, 1);
    EXPECT_EQ(first.latent, std::vector<double>{all.latent[0]});
    EXPECT_EQ(first.within, std::vector<double>{all.within[0]});
  }
}

TEST(MixtureMoments, OfComponentsWithNodesAreThoseOfTheirNormals) {
  test::OwnedBatch batch(2, 3, 2), normals(2, 6, 2);
  batch.mean = {-2, 100, .5f, 101, 1, 103, 0, 0, 1, 1, 5, -5};
  batch.scale = {.5f, 1, 1, 2, .2f, 3, 1, 1, 1, 2, 3, 4};
  batch.log_weight = {std::log(.2f), std::log(.5f), std::log(.3f), std::log(.1f), std::log(.1f), std::log(.8f)};
  auto view = batch.view();
  view.nodes = {.count = 2, .scale = {.5, 3}, .log_weight = {std::log(.9), std::log(.1)}};
  spread_nodes(view, {normals.mean.data(), 12, 2}, {normals.scale.data(), 12, 2}, {normals.log_weight.data(), 2, 6});
  EXPECT_EQ(normals.mean[2 * 2 + 1], 101);
  EXPECT_EQ(normals.scale[3 * 2 + 1], 3 * 2);
  EXPECT_NEAR(normals.log_weight[6 + 5], std::log(.8 * .1), 1e-6);
  for (std::size_t b = 0; b < 2; ++b) {
    const MixtureMoments with = mixture_moments(view, b, 2), spread = mixture_moments(normals.view(), b, 2);
    for (std::size_t h = 0; h < 2; ++h) {
      EXPECT_NEAR(with.mean[h], spread.mean[h], 1e-4);
      EXPECT_NEAR(with.within[h], spread.within[h], 1e-4);
      EXPECT_NEAR(with.latent[h], spread.latent[h], 1e-4);
    }
  }
}

}  // namespace
}  // namespace vdn
