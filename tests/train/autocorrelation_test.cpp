#include <vdn/train/autocorrelation.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

std::vector<Window> grid(std::uint32_t first, std::uint32_t origins, std::uint32_t series) {
  std::vector<Window> windows;
  for (std::uint32_t o = 0; o < origins; ++o) {
    for (std::uint32_t d = 0; d < series; ++d) windows.push_back({d, first + o, 0});
  }
  return windows;
}

TEST(SamplePairs, PairsWindowsOfASeries) {
  const auto pairs = sample_pairs(grid(100, 10, 3), 24, 4, 16, 1024);
  ASSERT_EQ(pairs.size(), 3u);
  ASSERT_EQ(pairs[1].size(), 10u);
  EXPECT_EQ(pairs[1][2].now, (Window{1, 102, 0}));
  EXPECT_EQ(pairs[1][2].before, (Window{1, 98, 0}));
}

TEST(SamplePairs, IsABoundedSample) {
  const auto pairs = sample_pairs(grid(100, 500, 40), 24, 4, 16, 64);
  ASSERT_EQ(pairs.size(), 16u);
  for (const auto& list : pairs) EXPECT_EQ(list.size(), 4u);
  EXPECT_EQ(pairs[1][0].now.series, 2u) << "every other or third series";
  EXPECT_EQ(pairs[0][1].now.origin, 225u) << "a quarter of the way";
}

TEST(SamplePairs, LeavesOutWhatWouldBePadded) {
  EXPECT_EQ(sample_pairs(grid(24, 10, 1), 24, 4, 16, 1024)[0].size(), 6u);
  EXPECT_TRUE(sample_pairs(grid(20, 5, 1), 24, 4, 16, 1024).empty());
}

/// Against mu gathered window by window.
TEST(NeuronAutocorrelation, IsThatOfMu) {
  Settings settings = small_settings();
  settings.dims = 2;
  settings.stride_ar = 3;
  Forecaster f = fit_small(settings);
  const LoadedData data = small_data();
  const auto values = scale_for(f, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const auto windows = grid(100, 30, 2);
  Scheduler one(1), four(4);
  const auto found = neuron_autocorrelation(f, scaled, windows, one);
  ASSERT_EQ(found.size(), 8u);
  EXPECT_TRUE(same_bits(found, neuron_autocorrelation(f, scaled, windows, four)));

  const auto mu_of = [&](const Window& window) {
    std::vector<double> mu;
    const std::vector<Window> single{window};
    f.scan(scaled, single, false, one, [&](const Network::Workspace<float>& w, Range, std::size_t, std::size_t) {
      const auto row = w.neurons.posterior.mu.row(0);
      mu.assign(row.begin(), row.end());
    });
    return mu;
  };
  std::vector<double> covariance(8), now_variance(8), before_variance(8);
  for (std::uint32_t d = 0; d < 2; ++d) {
    for (std::size_t c = 0; c < 16; ++c) {
      double now_sum = 0, before_sum = 0, products = 0, now_squares = 0, before_squares = 0;
      for (std::uint32_t o = 100; o < 130; ++o) {
        const double a = mu_of({d, o, 0})[c], b = mu_of({d, o - 3, 0})[c];
        now_sum += a;
        before_sum += b;
        products += a * b;
        now_squares += a * a;
        before_squares += b * b;
      }
      covariance[c / 2] += products - now_sum * before_sum / 30;
      now_variance[c / 2] += now_squares - now_sum * now_sum / 30;
      before_variance[c / 2] += before_squares - before_sum * before_sum / 30;
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(found[i], covariance[i] / std::sqrt(now_variance[i] * before_variance[i]), 1e-4) << i;
  }
}

}  // namespace
}  // namespace vdn
