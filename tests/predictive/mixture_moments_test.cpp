// Against the mixture of each step, asked one by one.

#include <vdn/predictive/mixture_moments.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/predictive/mixture.hpp>

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
    const MixtureMoments all = mixture_moments(view.log_weight, view.mean, view.scale, b, 2);
    for (std::size_t h = 0; h < 2; ++h) {
      const StepMixture step(view, b, h);
      EXPECT_NEAR(all.mean[h], step.view().mean(), 1e-5);
      EXPECT_NEAR(all.within[h] + all.latent[h], step.view().variance(), 1e-4);
    }
    const MixtureMoments first = mixture_moments(view.log_weight, view.mean, view.scale, b, 1);
    EXPECT_EQ(first.latent, std::vector<double>{all.latent[0]});
    EXPECT_EQ(first.within, std::vector<double>{all.within[0]});
  }
}

}  // namespace
}  // namespace vdn
