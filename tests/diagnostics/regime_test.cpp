#include <vdn/diagnostics/regime.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace vdn {
namespace {

/// Two neurons of `dims` dimensions.
neuron::NeuronLayer layer_of(std::size_t dims, neuron::Pooling pooling = neuron::Pooling::mean) {
  ParameterLayout layout;
  neuron::LayerShape shape;
  shape.posterior.context = 3;
  shape.posterior.neurons = 2;
  shape.posterior.dims = dims;
  shape.pooling = pooling;
  return {layout, "neuron", shape};
}

/// Three windows of two neurons: the first moves, the second stands at .5.
constexpr float mu[] = {1, 0.5f, 2, 0.5f, 3, 0.5f};
constexpr float sigma[] = {0.5f, 1, 0.5f, 1, 0.5f, 1};
constexpr float kl[] = {0.3f, 0, 0.6f, 0, 0.9f, 3e-4f};

RegimeRecord by_hand() {
  RegimeSums sums(layer_of(1), control::Activity::mean_square);
  sums.add({mu, 3, 2}, {sigma, 3, 2}, {kl, 3, 2}, {0, 3});
  return sums.record();
}

TEST(RegimeSums, FiguresOfANeuron) {
  const RegimeRecord r = by_hand();
  ASSERT_EQ(r.mu2.size(), 2u);
  EXPECT_NEAR(r.mu2[0], 14.0 / 3, 1e-6);
  EXPECT_NEAR(r.variance[0], 2.0 / 3, 1e-6);
  EXPECT_NEAR(r.info[0], 0.5 * std::log(1 + (2.0 / 3) / 0.25), 1e-6);
  EXPECT_NEAR(r.ratio[0], (4 + 16 + 36) / 3.0, 1e-5);
  EXPECT_NEAR(r.sigma[0], 0.5, 1e-6);
  EXPECT_NEAR(r.kl[0], 0.6, 1e-6);
  EXPECT_NEAR(r.mu2[1], 0.25, 1e-6);
  EXPECT_EQ(r.variance[1], 0.0f);
  EXPECT_EQ(r.info[1], 0.0f);
  EXPECT_NEAR(r.alive_kl[1], 1.0 / 3, 1e-6);
  EXPECT_EQ(r.alive_kl[0], 1.0f);
}

TEST(RegimeSums, MeansOverNeurons) {
  const RegimeRecord r = by_hand();
  EXPECT_NEAR(r.mu2_mean, (14.0 / 3 + 0.25) / 2, 1e-6);
  EXPECT_NEAR(r.sigma_mean, 0.75, 1e-6);
  EXPECT_NEAR(r.kl_mean, (0.6 + 1e-4) / 2, 1e-6);
  EXPECT_NEAR(r.alive, 0.5, 1e-12);
  EXPECT_NEAR(r.alive_kl_mean, 2.0 / 3, 1e-6);
  EXPECT_TRUE(std::isnan(r.inside)) << "no band yet";
}

TEST(RegimeSums, AddUpToTheWhole) {
  RegimeSums first(layer_of(1), control::Activity::mean_square), second = first;
  first.add({mu, 3, 2}, {sigma, 3, 2}, {kl, 3, 2}, {0, 2});
  second.add({mu, 3, 2}, {sigma, 3, 2}, {kl, 3, 2}, {2, 3});
  first.add(second);
  EXPECT_EQ(first.rows(), 3u);
  EXPECT_EQ(first.record().info, by_hand().info);
  EXPECT_EQ(first.record().ratio, by_hand().ratio);
}

/// One window of two neurons of two dimensions, mu = (3, -1 | 1, 1).
TEST(RegimeSums, ActivityFollowsItsMeasure) {
  constexpr float two[] = {3, -1, 1, 1}, ones[] = {1, 1, 1, 1}, price[] = {5, 1};
  const auto activity = [&](neuron::Pooling pooling, control::Activity measure) {
    RegimeSums sums(layer_of(2, pooling), measure);
    sums.add({two, 1, 4}, {ones, 1, 4}, {price, 1, 2}, {0, 1});
    return sums.record().mu2;
  };
  using control::Activity;
  using neuron::Pooling;
  EXPECT_EQ(activity(Pooling::sum, Activity::mean_square), (std::vector<float>{5, 1}));
  EXPECT_EQ(activity(Pooling::mean, Activity::pooled), (std::vector<float>{1, 1}));
  EXPECT_EQ(activity(Pooling::sum, Activity::pooled), (std::vector<float>{4, 4}));
  const auto scaled = activity(Pooling::sum_sqrtk, Activity::pooled);
  EXPECT_NEAR(scaled[0], 2, 1e-6);
}

TEST(AddBands, SharesAndActiveUnits) {
  RegimeRecord r;
  r.mu2 = {0.01f, 0.05f, 0.5f, 0.06f};
  r.variance = {0.0004f, 0.0006f, 0.4f, 0};
  const control::Bands bands{{0.04, 0.04, 0.04, 0.04}, {0.08, 0.08, 0.08, 0.08}};
  const std::vector<double> targets(4, 0.05);
  add_bands(r, bands, targets);
  EXPECT_DOUBLE_EQ(r.frac_low, 0.25);
  EXPECT_DOUBLE_EQ(r.frac_high, 0.25);
  EXPECT_DOUBLE_EQ(r.inside, 0.5);
  EXPECT_DOUBLE_EQ(r.active_units, 0.5) << "more than .0005";
  EXPECT_EQ(r.band_high, std::vector<float>(4, 0.08f));
  EXPECT_EQ(bands_of(r).low, std::vector<double>(4, static_cast<double>(0.04f)));
}

TEST(AddAutocorrelation, MeansTheNeuronsThatHaveOne) {
  RegimeRecord r;
  add_autocorrelation(r, {0.5f, std::nanf(""), 1.0f});
  EXPECT_DOUBLE_EQ(r.autocorrelation_mean, 0.75);
  add_autocorrelation(r, {std::nanf("")});
  EXPECT_TRUE(std::isnan(r.autocorrelation_mean));
}

}  // namespace
}  // namespace vdn
