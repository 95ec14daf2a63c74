// Forecaster::contribution on a network made by hand, where it is known in closed form: every neuron says a constant,
// the head adds a multiple of each, and the scale is one number.

#include <vdn/model/forecaster.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "model/forecaster_support.hpp"

namespace vdn {
namespace {

constexpr double rho = 0.5, said = 2.0;

/// Neuron i adds effect[i] to the forecast of every step: mu = 2, sigma = 1e-4, base weight effect sqrt(N) / 2.
Forecaster hand_made(const std::vector<double>& effect, std::size_t dims = 1,
                     const std::function<void(Settings&)>& change = {}) {
  Settings s = test::small_settings();
  s.neurons = effect.size();
  s.dims = dims;
  s.window_norm = WindowNorm::none;
  s.line = LineMode::none;
  s.sigma = neuron::SigmaMode::per_unit;
  s.sigma_start = 1e-4;
  s.components = 1;
  s.weights = MixtureWeights::uniform;
  s.scale = nn::ScaleMode::per_step;
  if (change) change(s);
  Forecaster model = test::make_forecaster(s);
  const Parameters<float> p{model.edit_parameters()};
  const auto slot = [&](const std::string& name) { return model.network().layout().find(name).slot; };
  std::ranges::fill(p.vector(slot("neuron.mu.weight")), 0.0f);
  std::ranges::fill(p.vector(slot("neuron.mu.bias")), static_cast<float>(said));
  std::ranges::fill(p.vector(slot("head.rho")), static_cast<float>(rho));
  const auto base = p.matrix(slot("head.base.weight"));
  const double root = std::sqrt(static_cast<double>(effect.size()));
  for (std::size_t h = 0; h < base.rows; ++h) {
    for (std::size_t i = 0; i < effect.size(); ++i) base(h, i) = static_cast<float>(effect[i] * root / said);
  }
  return model;
}

/// ((y - all + effect)^2 - (y - all)^2) / (2 r^2), the mean over the targets of the windows.
double expected(const test::Table& table, const std::vector<Window>& windows, double all, double effect,
                std::size_t horizon) {
  const double scale = std::log1p(std::exp(rho)) + 0.01;
  double sum = 0;
  for (const Window& window : windows) {
    for (std::size_t h = 0; h < horizon; ++h) {
      const double residual = table.values[window.series * table.rows + window.origin + h] - all;
      sum += (std::pow(residual + effect, 2) - residual * residual) / (2 * scale * scale);
    }
  }
  return sum / static_cast<double>(windows.size() * horizon);
}

std::vector<Window> windows_of(std::size_t count) {
  std::vector<Window> windows;
  for (std::uint32_t i = 0; i < count; ++i) windows.push_back({i % 2, 40 + (i * 37) % 300});
  return windows;
}

/// Targets around 3, which neurons 0 and 2 say together.
test::Table raised() {
  test::Table table;
  for (float& value : table.values) value += 3.0f;
  return table;
}

TEST(Contribution, IsTheLikelihoodLostAtThePriorMean) {
  const auto table = raised();
  const std::vector<double> effect{2.0, 0.0, 1.0, -0.5, 0.0};
  for (const std::size_t dims : {1u, 3u}) {
    for (const std::size_t count : {1u, 8u, 45u}) {  // part of a block, a block, more than a scan
      auto model = hand_made(effect, dims);
      Scheduler scheduler(2);
      const auto windows = windows_of(count);
      const auto contribution = model.contribution(table.matrix(), windows, scheduler);
      ASSERT_EQ(contribution.size(), effect.size());
      for (std::size_t i = 0; i < effect.size(); ++i) {
        const double want = expected(table, windows, 2.5, effect[i], model.horizon());
        EXPECT_NEAR(contribution[i], want, 2e-3 * (1 + std::abs(want))) << i;
      }
      EXPECT_NEAR(contribution[1], 0.0, 1e-6);
      EXPECT_NEAR(contribution[4], 0.0, 1e-6);
    }
  }
}

// Under a prior of its own a neuron is set to that prior's mean: here the constant 1.5, half a unit below what it says.
TEST(Contribution, UnderAPriorOfItsOwnIsLostAtThatPriorsMean) {
  const auto table = raised();
  const std::vector<double> effect{2.0, 1.0, -0.5};
  for (const std::size_t dims : {1u, 3u}) {
    auto model = hand_made(effect, dims, [](Settings& s) { s.prior = Prior::hierarchical; });
    const Parameters<float> p{model.edit_parameters()};
    const auto& layout = model.network().layout();
    std::ranges::fill(p.vector(layout.find("neuron.prior_mean.weight").slot), 0.0f);
    std::ranges::fill(p.vector(layout.find("neuron.prior_mean.bias").slot), 1.5f);
    Scheduler scheduler(2);
    const auto windows = windows_of(45);
    const auto contribution = model.contribution(table.matrix(), windows, scheduler);
    for (std::size_t i = 0; i < effect.size(); ++i) {
      const double want = expected(table, windows, 2.5, effect[i] * (said - 1.5) / said, model.horizon());
      EXPECT_NEAR(contribution[i], want, 2e-3 * (1 + std::abs(want))) << i;
    }
  }
}

// Under ar1 as a KL that is phi times what the earlier window said, here the same constant: phi 1 would lose nothing.
TEST(Contribution, UnderAr1AsAKlIsLostAtPhiTimesTheEarlierMean) {
  const auto table = raised();
  const std::vector<double> effect{2.0, 1.0, -0.5};
  auto model = hand_made(effect, 1, [](Settings& s) {
    s.prior = Prior::ar1;
    s.ar_form = ArForm::kl;
    s.phi = 0.75;
  });
  Scheduler scheduler(2);
  const auto windows = windows_of(45);
  const auto contribution = model.contribution(table.matrix(), windows, scheduler);
  for (std::size_t i = 0; i < effect.size(); ++i) {
    const double want = expected(table, windows, 2.5, effect[i] * 0.25, model.horizon());
    EXPECT_NEAR(contribution[i], want, 2e-3 * (1 + std::abs(want))) << i;
  }
}

TEST(Contribution, IsPositiveForWhatHelpsAndNegativeForWhatMisleads) {
  auto model = hand_made({2.0, 1.0, -0.5});
  Scheduler scheduler(2);
  const auto contribution = model.contribution(raised().matrix(), windows_of(200), scheduler);
  EXPECT_GT(contribution[0], contribution[1]);
  EXPECT_GT(contribution[1], 0.1);
  EXPECT_LT(contribution[2], -0.05);
}

TEST(Contribution, LeavesForecastsAloneAndDoesNotDependOnThreads) {
  const auto table = raised();
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = test::make_forecaster(s);
  const auto windows = windows_of(45);
  const auto before = test::forecast_of(model, table, windows).everything();
  Scheduler one(1), two(2);
  const auto first = model.contribution(table.matrix(), windows, one);
  EXPECT_EQ(first, model.contribution(table.matrix(), windows, two));
  EXPECT_EQ(test::forecast_of(model, table, windows).everything(), before);
}

TEST(Contribution, OfANeuronTheHeadIgnoresIsNothing) {
  const auto table = raised();
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = test::make_forecaster(s);
  const Parameters<float> p{model.edit_parameters()};
  // The layer norm of the head's hidden path sees every neuron, so that path is closed; base keeps all but neuron 5.
  std::ranges::fill(p.vector(model.network().layout().find("head.hidden.weight").slot), 0.0f);
  const auto base = p.matrix(model.network().layout().find("head.base.weight").slot);
  for (std::size_t o = 0; o < base.rows; ++o) base(o, 5) = 0.0f;
  Scheduler scheduler(2);
  const auto contribution = model.contribution(table.matrix(), windows_of(45), scheduler);
  for (std::size_t i = 0; i < contribution.size(); ++i) {
    if (i == 5) {
      EXPECT_NEAR(contribution[i], 0.0, 1e-6);
    } else {
      EXPECT_GT(std::abs(contribution[i]), 1e-5) << i;
    }
  }
}

}  // namespace
}  // namespace vdn
