// The residuals' autocorrelation found on futures whose dependence is known.

#include <gtest/gtest.h>

#include <vdn/core/error.hpp>
#include <vdn/predictive/path_dependence.hpp>

#include "predictive/mixture_support.hpp"

namespace vdn {
namespace {

using test::Normals;
using test::OwnedBatch;

PathDependence fitted(const OwnedBatch& batch) {
  PathDependenceFit fit(batch.H, 3);
  fit.add(batch.view(), 0);
  return fit.finish();
}

/// An autoregressive residual of lag-1 correlation rho around one component.
OwnedBatch autoregressive(double rho, std::size_t rows = 3000, std::size_t horizon = 8) {
  OwnedBatch batch(rows, 1, horizon);
  Normals normal(11);
  for (std::size_t b = 0; b < rows; ++b) {
    double e = normal();
    for (std::size_t h = 0; h < horizon; ++h) {
      if (h > 0) e = rho * e + std::sqrt(1 - rho * rho) * normal();
      batch.targets()(b, h) = static_cast<float>(e);
    }
  }
  return batch;
}

TEST(PathDependence, FindsAnAutoregression) {
  const PathDependence found = fitted(autoregressive(.8));
  EXPECT_EQ(found.autocorrelation[0], 1);
  for (std::size_t l = 1; l < 8; ++l) EXPECT_NEAR(found.autocorrelation[l], std::pow(.8, static_cast<double>(l)), .05);
}

TEST(PathDependence, FindsNoneInNoise) {
  for (const double r : fitted(autoregressive(0)).autocorrelation) EXPECT_TRUE(r == 1 || std::abs(r) < .05) << r;
}

/// Futures that hold a component and add independent noise leave the residuals nothing to explain.
TEST(PathDependence, LeavesToComponentsWhatTheyBring) {
  constexpr std::size_t rows = 12000, components = 16, horizon = 6;
  OwnedBatch batch(rows, components, horizon);
  Normals normal(2);
  std::mt19937_64 bits(9);
  for (std::size_t b = 0; b < rows; ++b) {
    for (std::size_t j = 0; j < components; ++j) {
      const auto level = static_cast<float>(1.5 * normal());
      for (std::size_t h = 0; h < horizon; ++h) batch.means()(b * components + j, h) = level;
    }
    const std::size_t held = b * components + bits() % components;
    for (std::size_t h = 0; h < horizon; ++h) {
      batch.targets()(b, h) = batch.means()(held, h) + static_cast<float>(normal());
    }
  }
  const PathDependence found = fitted(batch);
  for (std::size_t l = 1; l < horizon; ++l) EXPECT_NEAR(found.autocorrelation[l], 0, .08) << l;
}

TEST(PathDependence, FactorHasTheCorrelationsAskedFor) {
  PathDependence wanted;
  for (int l = 0; l < 12; ++l) wanted.autocorrelation.push_back(std::pow(.7, l));
  const std::vector<float> factor = wanted.factor(12);
  for (std::size_t h = 0; h < 12; ++h) {
    for (std::size_t k = 0; k < 12; ++k) {
      double product = 0;
      for (std::size_t i = 0; i < 12; ++i) product += double{factor[h * 12 + i]} * factor[k * 12 + i];
      EXPECT_NEAR(product, wanted.autocorrelation[h > k ? h - k : k - h], 1e-5);
    }
  }
}

/// No correlation matrix has these entries; every step must keep its variance all the same.
TEST(PathDependence, FactorOfTheImpossibleKeepsVariances) {
  const PathDependence impossible{{1, .95, -.9, .95, -.9}};
  const std::vector<float> factor = impossible.factor(5);
  for (std::size_t h = 0; h < 5; ++h) {
    double square = 0;
    for (std::size_t i = 0; i < 5; ++i) square += double{factor[h * 5 + i]} * factor[h * 5 + i];
    EXPECT_NEAR(square, 1, 1e-5);
  }
}

TEST(PathDependence, HolesAreLeftOut) {
  OwnedBatch batch = autoregressive(.8);
  for (std::size_t i = 0; i < batch.observed.size(); i += 3) batch.observed[i] = 0;
  EXPECT_NEAR(fitted(batch).autocorrelation[1], .8, .06);
  std::fill(batch.observed.begin(), batch.observed.end(), std::uint8_t{0});
  EXPECT_EQ(fitted(batch).autocorrelation, (std::vector<double>{1, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(PathDependence, MergedPartsGiveTheWhole) {
  const OwnedBatch batch = autoregressive(.5, 200);
  PathDependenceFit whole(8, 3), first(8, 3), second(8, 3);
  whole.add(batch.view(), 0);
  kernels::MixtureBatch<float> v = batch.view();
  const auto part = [&](Range rows) {
    return kernels::MixtureBatch<float>{v.target.slice(rows), v.observed.slice(rows),   v.mean.slice(rows),
                                        v.scale.slice(rows),  v.log_weight.slice(rows), 1};
  };
  first.add(part({0, 120}), 0);
  second.add(part({120, 200}), 120);
  first.merge(second);
  for (std::size_t l = 0; l < 8; ++l) {
    EXPECT_NEAR(first.finish().autocorrelation[l], whole.finish().autocorrelation[l], 1e-6);
  }
}

TEST(PathDependence, RefusesAnotherHorizon) {
  EXPECT_THROW(PathDependenceFit(4, 0).add(autoregressive(0, 4).view(), 0), Error);
  EXPECT_THROW((PathDependence{{1, .5}}.factor(3)), Error);
}

}  // namespace
}  // namespace vdn
