// What a summary holds, against the mixtures one step at a time.

#include <gtest/gtest.h>

#include <vdn/predictive/mixture.hpp>
#include <vdn/predictive/mixture_summary.hpp>

#include "predictive/mixture_support.hpp"

namespace vdn {
namespace {

TEST(MixtureSummary, IsThatOfEveryStep) {
  test::OwnedBatch batch(4, 5, 19);
  test::Normals normal(2);
  for (float& place : batch.mean) place = static_cast<float>(2 * normal());
  for (float& scale : batch.scale) scale = static_cast<float>(std::exp(.5 * normal()));
  batch.observed.assign(batch.observed.size(), 0);  // nor does it look at targets
  const MixtureSummary summary(batch.view());
  ASSERT_EQ(summary.rows(), 4u);
  ASSERT_EQ(summary.horizon(), 19u);
  for (std::size_t b = 0; b < 4; ++b) {
    for (std::size_t h = 0; h < 19; ++h) {
      const StepMixture loaded(batch.view(), b, h);
      const GaussianMixture step = loaded.view();
      EXPECT_NEAR(summary.mean()(b, h), step.mean(), 1e-5);
      for (std::size_t l = 0; l < scoring_levels.size(); ++l) {
        const double place = double{summary.quantiles()(b * scoring_levels.size() + l, h)};
        EXPECT_NEAR(step.cdf(place), scoring_levels[l], 1.5e-6);
      }
      // CRPS = E|X - y| - 1/2 E|X - X'|, and E|X - y| is mean - y for a y far below.
      const double below = -1e3;
      EXPECT_NEAR(summary.half_difference()(b, h), step.mean() - below - step.crps(below), 1e-4);
    }
  }
}

}  // namespace
}  // namespace vdn
