// Fits of the small table under control: what reaches the record, that it works, and that threads do not matter.

#include <vdn/control/band.hpp>
#include <vdn/train/trainer.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

Settings controlled(const std::string& mode) {
  Settings s = small_settings();
  s.mode = control::parse_mode(mode);
  s.epochs = 6;
  s.patience = 6;
  s.band_target = 0.2;
  s.every = 1;
  return s;
}

TEST(ControlledFit, HomeostasisBringsNeuronsIntoTheirBandAndNoneDoesNot) {
  Recorder homeostat, none;
  const Forecaster f = fit_small(controlled("penalty+homeostat+thermostat+guard"), homeostat);
  const Forecaster free = fit_small(controlled("none"), none);
  EXPECT_GE(homeostat.epochs.back().inside, 0.75);
  const std::vector<double> activity(free.regime().mu2.begin(), free.regime().mu2.end());
  EXPECT_LE(control::occupancy(control::make_bands(f.settings(), 8, 7), activity).inside(), 0.5);
}

TEST(ControlledFit, RecordsPricesBandsAndShares) {
  Recorder recorder;
  const Forecaster f = fit_small(controlled("homeostasis"), recorder);
  const RegimeRecord& r = f.regime();
  ASSERT_EQ(r.beta.size(), 8u);
  ASSERT_EQ(r.band_low.size(), 8u);
  ASSERT_EQ(r.band_high.size(), 8u);
  double low = 0.0, high = 0.0;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_GT(r.band_high[i], r.band_low[i]);
    low += r.mu2[i] < r.band_low[i] ? 0.125 : 0.0;
    high += r.mu2[i] > r.band_high[i] ? 0.125 : 0.0;
  }
  EXPECT_NEAR(r.frac_low, low, 1e-12);
  EXPECT_NEAR(r.frac_high, high, 1e-12);
  EXPECT_NEAR(r.inside, 1 - low - high, 1e-12);
  const EpochReport& best = recorder.epochs.at(f.training().best_epoch - 1);
  EXPECT_EQ(best.inside, r.inside);
  EXPECT_EQ(best.frac_low, r.frac_low);
  EXPECT_NEAR(best.beta_mean, std::accumulate(r.beta.begin(), r.beta.end(), 0.0) / 8, 1e-9);
}

TEST(ControlledFit, WithoutControlTheDeclaredBandIsAYardstick) {
  Recorder recorder;
  const Forecaster f = fit_small(controlled("none"), recorder);
  EXPECT_EQ(f.regime().band_low.size(), 8u);
  EXPECT_TRUE(std::isfinite(f.regime().inside));
  EXPECT_FALSE(recorder.epochs[0].band_held);
  for (const float beta : f.regime().beta) EXPECT_FLOAT_EQ(beta, 6e-4f);
}

TEST(ControlledFit, TheProjectedWeightsAreTheOnesValidated) {
  Recorder recorder;
  Settings settings = controlled("projection");
  settings.penalty_weight = 0.0;
  settings.learning_rate = 1e-4;
  const Forecaster f = fit_small(settings, recorder);
  EXPECT_GE(f.regime().inside + 1e-9, recorder.epochs.at(f.training().best_epoch - 1).inside);
  for (std::size_t i = 0; i < 8; ++i) {  // on its end, up to what validation windows differ from training windows by
    EXPECT_GT(f.regime().mu2[i], 0.6 * f.regime().band_low[i]);
    EXPECT_LT(f.regime().mu2[i], 1.6 * f.regime().band_high[i]);
  }
}

TEST(ControlledFit, ThreadsDoNotMatter) {
  for (const char* mode : {"homeostasis", "projection", "budget"}) {
    const Forecaster one = fit_small(controlled(mode), 1);
    for (const std::size_t threads : {2, 4}) {
      const Forecaster more = fit_small(controlled(mode), threads);
      EXPECT_TRUE(same_bits(parameters_of(one), parameters_of(more))) << mode << threads;
      EXPECT_TRUE(same_bits(one.regime().beta, more.regime().beta)) << mode << threads;
      EXPECT_TRUE(same_bits(one.regime().mu2, more.regime().mu2)) << mode << threads;
    }
  }
}

TEST(ControlledFit, ThePooledActivityIsTheOneRecorded) {
  Settings settings = controlled("homeostasis");
  settings.dims = 3;
  settings.pooling = neuron::Pooling::sum;
  settings.epochs = 1;
  settings.learning_rate = 1e-8;
  settings.homeostat_goal = control::Goal::stay;
  settings.warmup = 0.9;
  const Forecaster squares = fit_small(settings);
  settings.activity = control::Activity::pooled;
  const Forecaster pooled = fit_small(settings);
  double ratio = 0.0;
  for (std::size_t i = 0; i < 8; ++i) ratio += pooled.regime().mu2[i] / squares.regime().mu2[i] / 8;
  EXPECT_GT(ratio, 1.5);  // of three independent dimensions the sum's square is three times their mean square
  EXPECT_LT(ratio, 9.0);
}

TEST(ControlledFit, TheGuardHoldsSigmaInEveryMode) {
  for (const auto sigma : {neuron::SigmaMode::scalar, neuron::SigmaMode::per_unit, neuron::SigmaMode::per_unit_input}) {
    Settings settings = controlled("guard+");
    settings.sigma = sigma;
    settings.learning_rate = 0.05;
    settings.beta = 0.0;  // nothing else keeps sigma from falling
    settings.guard_lowest = 0.4;
    settings.guard_highest = 0.6;
    const Forecaster f = fit_small(settings);
    for (const float value : f.regime().sigma) {
      EXPECT_GE(value, 0.4f - 1e-6f);
      EXPECT_LE(value, 0.6f + 1e-6f);
    }
  }
}

TEST(ControlledFit, TheBudgetIsSpent) {
  for (const double nats : {2.0, 8.0}) {  // 10 without control; so few neurons swing about their shares
    Settings settings = controlled("budget");
    settings.budget = nats;
    settings.neurons = 16;
    settings.batch = 8;  // shares change once an epoch: let prices follow for fifty steps
    settings.epochs = settings.patience = 24;
    settings.budget_beta_highest = 1.0;
    Recorder recorder;
    fit_small(settings, recorder);
    double kl = 0.0;
    for (std::size_t e = 12; e < 24; ++e) kl += recorder.epochs.at(e).train_kl / 12;
    EXPECT_NEAR(kl, nats, 0.15 * nats);
  }
}

}  // namespace
}  // namespace vdn
