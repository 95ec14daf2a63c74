// What the table cannot say: the ends of the line, and values that are no numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <vdn/kernels/adamw.hpp>
#include <vdn/kernels/elementwise.hpp>

namespace vdn::kernels {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// gelu / x is Phi: checked everywhere at 1e-7 or so, through the map that uses it.
TEST(Gelu, IsAccurateOverTheWholeLine) {
  std::vector<float> x;
  for (int i = -120000; i <= 120000; ++i) x.push_back(static_cast<float>(i) * 1e-4f);
  std::vector<float> y(x.size());
  gelu_forward<float>(x, y);
  double worst = 0, worst_relative = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == 0) continue;
    const double exact = 0.5 * std::erfc(-static_cast<double>(x[i]) / std::sqrt(2.0));
    const double error = std::abs(static_cast<double>(y[i]) / static_cast<double>(x[i]) - exact);
    worst = std::max(worst, error);
    if (x[i] > -7) worst_relative = std::max(worst_relative, error / exact);
  }
  EXPECT_LT(worst, 1.5e-7);
  EXPECT_LT(worst_relative, 8e-6);
}

TEST(Elementwise, FarValuesStaySane) {
  const std::vector<float> x{-infinity, -1e30f, -1000.0f, -90.0f, 90.0f, 1000.0f, 1e30f};
  const std::vector<float> ones(x.size(), 1.0f), zeros(x.size(), 0.0f);
  std::vector<float> y(x.size());
  sigmoid_gate_forward<float>(zeros, x, ones, y);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], x[i] > 0 ? 1 : 0, 1e-30) << x[i];
  softplus_scale_forward<float>(x, 1.0f, 0.25f, 500.0f, y);
  EXPECT_EQ(y, (std::vector<float>{0.25f, 0.25f, 0.25f, 0.25f, 90.25f, 500.0f, 500.0f}));
  exp_clamped_forward<float>(x, -5.0f, 2.0f, y);
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], std::exp(x[i] > 0 ? 2.0 : -5.0), 1e-5) << x[i];
  exp_clamped_forward<float>(x, -1e30f, 1e30f, y);
  EXPECT_EQ(y[2], 0.0f);
  EXPECT_EQ(y[5], infinity);
}

TEST(Elementwise, NotANumberIsNotSwallowed) {
  const std::vector<float> x{1.0f, nan, 2.0f}, ones(3, 1.0f);
  const auto check = [](const std::vector<float>& y, const char* what) {
    EXPECT_TRUE(std::isfinite(y[0]) && std::isnan(y[1]) && std::isfinite(y[2])) << what;
  };
  std::vector<float> y(3), other(3);
  gelu_forward<float>(x, y);
  check(y, "gelu");
  gelu_backward<float>(x, ones, y);
  check(y, "gelu backward");
  sigmoid_gate_forward<float>(ones, x, ones, y);
  check(y, "gate");
  sigmoid_gate_backward<float>(x, ones, ones, y, other);
  check(y, "dgate");
  check(other, "ddelta");
  softplus_scale_forward<float>(x, 1.0f, 0.1f, 10.0f, y);
  check(y, "scale");
  exp_clamped_forward<float>(x, -5.0f, 2.0f, y);
  check(y, "exp");
}

TEST(ClipFactor, BringsTheNormDown) {
  EXPECT_EQ(clip_factor(0.5, 1.0), 1.0);
  EXPECT_NEAR(clip_factor(4.0, 1.0), 0.25, 1e-6);
  EXPECT_EQ(clip_factor(4.0, 0.0), 1.0);
  EXPECT_EQ(clip_factor(0.0, 1.0), 1.0);
}

/// Two steps of torch.optim.AdamW, worked out by hand: with a constant gradient m/(1-b1^t) = g and v/(1-b2^t) = g^2.
TEST(AdamW, ConstantGradientMovesByTheRate) {
  std::vector<double> p{1.0}, m{0.0}, v{0.0};
  const std::vector<double> g{0.3};
  const AdamWSettings settings{.learning_rate = 0.1, .epsilon = 0.0, .weight_decay = 0.5};
  adamw<double>(settings, 1, 1.0, g, p, m, v);
  EXPECT_NEAR(p[0], 0.95 - 0.1, 1e-12);
  adamw<double>(settings, 2, 1.0, g, p, m, v);
  EXPECT_NEAR(p[0], 0.85 * 0.95 - 0.1, 1e-12);
}

}  // namespace
}  // namespace vdn::kernels
