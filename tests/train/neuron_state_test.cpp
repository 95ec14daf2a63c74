#include <vdn/train/neuron_state.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/train/validation.hpp>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;
using diagnostics::CollapseMode;

TEST(InitialState, IsWhatSettingsSay) {
  Settings settings = small_settings();
  settings.band_target = 0.1;
  settings.beta = 0.25;
  EXPECT_TRUE(initial_state(settings).phi.empty());
  settings.prior = Prior::ar1;
  const NeuronState state = initial_state(settings);
  EXPECT_EQ(state.beta, std::vector<double>(8, 0.25));
  EXPECT_EQ(state.phi, std::vector<double>(8, 0.95));
  EXPECT_NEAR(state.bands.high[7], 0.16, 1e-12);
}

TEST(AddState, ActiveUnitsGoByTheTargetsAsSet) {
  Settings settings = small_settings();
  settings.band_target = 0.05;
  RegimeRecord regime;
  regime.mu2.assign(8, 0.5f);
  regime.variance = {0.0004f, 0.0006f, 1, 1, 1, 1, 0, 0};
  NeuronState state = initial_state(settings);
  for (double& high : state.bands.high) high = 1.0;  // calibrated away
  add_state(regime, settings, state);
  EXPECT_DOUBLE_EQ(regime.active_units, 5.0 / 8);
  EXPECT_DOUBLE_EQ(regime.inside, 1.0);
  EXPECT_EQ(regime.band_high, std::vector<float>(8, 1.0f));
  EXPECT_EQ(regime.beta.size(), 8u);
}

TEST(CollapseContext, FollowsModeAndPrior) {
  Settings settings = small_settings();
  EXPECT_FALSE(collapse_context(settings, {}).band);
  EXPECT_EQ(collapse_context(settings, {}).sigma_lowest, neuron::sigma_lowest);
  settings.mode = control::parse_mode("guard+thermostat");
  EXPECT_FALSE(collapse_context(settings, {}).band);
  EXPECT_EQ(collapse_context(settings, {}).sigma_lowest, 0.15);
  for (const char* mode : {"penalty", "projection", "homeostasis", "homeostat+"}) {
    settings.mode = control::parse_mode(mode);
    EXPECT_TRUE(collapse_context(settings, {}).band) << mode;
  }
  settings.prior = Prior::ar1;
  settings.ar_form = ArForm::kl;
  settings.band_target = 0.05;
  RegimeRecord regime;
  regime.mu2.assign(8, 0.1f);
  regime.variance.assign(8, 0.1f);
  add_state(regime, settings, initial_state(settings));
  const auto context = collapse_context(settings, regime);
  ASSERT_EQ(context.prior_sigma.size(), 8u);
  const double tau = 0.8 * std::sqrt(0.05 * std::sqrt(0.8 * 1.6));
  EXPECT_NEAR(context.prior_sigma[0], tau / std::sqrt(1 - 0.95 * 0.95), 1e-5);
}

/// Every epoch's collapses of a fit.
struct CollapseRecorder : Recorder {
  std::vector<diagnostics::CollapseChange> changes;
  void on_collapse(const diagnostics::CollapseChange& change) override { changes.push_back(change); }
  bool began(CollapseMode mode, std::size_t epoch) const {
    for (const auto& change : changes) {
      if (change.begins && change.collapse.mode == mode && change.epoch == epoch) return true;
    }
    return false;
  }
};

TEST(Collapse, NoneIsNamedInAHealthyFit) {
  CollapseRecorder recorder;
  Settings settings = small_settings();
  settings.epochs = 4;
  fit_small(settings, recorder);
  EXPECT_TRUE(recorder.changes.empty());
}

TEST(Collapse, OfThePosteriorIsNamedUnderAHighPrice) {
  CollapseRecorder recorder;
  Settings settings = small_settings();
  settings.beta = 1.0;
  settings.learning_rate = 0.02;
  settings.epochs = 12;
  settings.patience = 12;
  fit_small(settings, recorder);
  ASSERT_FALSE(recorder.changes.empty());
  EXPECT_EQ(recorder.changes[0].collapse.mode, CollapseMode::posterior);
  // Named in the very epoch in which most neurons have fallen back.
  const auto shows = [](const EpochReport& e) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 8; ++i) count += e.neurons.info[i] < 0.01f && std::abs(e.neurons.sigma[i] - 1) <= 0.1f;
    return count > 4;
  };
  for (const EpochReport& e : recorder.epochs) {
    if (!shows(e)) continue;
    EXPECT_EQ(recorder.changes[0].epoch, e.epoch);
    break;
  }
}

TEST(Collapse, DeterministicIsNamedAtTheFloorOfSigma) {
  CollapseRecorder recorder;
  Settings settings = small_settings();
  settings.sigma_start = 1e-4;
  settings.beta = 0.0;
  fit_small(settings, recorder);
  EXPECT_TRUE(recorder.began(CollapseMode::deterministic, 1));
}

/// A penalty without weight: neurons are held against a band that nothing takes them to.
TEST(Collapse, MeanAndExplosionAreNamedOutsideTheBand) {
  for (const double target : {1e3, 1e-4}) {
    CollapseRecorder recorder;
    Settings settings = small_settings();
    settings.mode = control::parse_mode("penalty+");
    settings.penalty_weight = 0.0;
    settings.band_target = target;
    fit_small(settings, recorder);
    EXPECT_TRUE(recorder.began(target > 1 ? CollapseMode::mean : CollapseMode::explosion, 1)) << target;
  }
}

/// Weights of mu scaled by 100: found by a validation without any band.
TEST(Collapse, ExplosionIsFoundWithoutABand) {
  Forecaster f = fit_small(small_settings());
  const LoadedData data = small_data();
  const auto values = scale_for(f, data.series);
  const std::vector<Window> windows =
      thin_windows(fit_windows(data.series, Split::automatic, f.data().borders, f.settings()).validation, 64);
  const auto share = [&] {
    Scheduler scheduler(2);
    const auto regime = validate(f, {values.data(), data.series.count(), data.series.length()}, windows, scheduler,
                                 initial_state(f.settings()))
                            .regime;
    return diagnostics::collapse_shares(regime, collapse_context(f.settings(), regime), f.settings())[3].share;
  };
  EXPECT_EQ(share(), 0.0);
  const Parameters<float> p{f.edit_parameters()};
  for (float& weight : p.matrix(f.network().neurons().posterior().mu().weight).flat()) weight *= 100.0f;
  EXPECT_GT(share(), 0.5);
}

/// Without forecasts the regime is what validation reports, bit for bit.
TEST(MeasureRegime, IsThatOfValidation) {
  Settings settings = small_settings();
  settings.prior = Prior::hierarchical;
  Forecaster f = fit_small(settings);
  const LoadedData data = small_data();
  const auto values = scale_for(f, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const std::vector<Window> windows =
      thin_windows(fit_windows(data.series, Split::automatic, f.data().borders, f.settings()).validation, 64);
  Scheduler scheduler(2);
  const NeuronState state = initial_state(f.settings());
  const RegimeRecord one = validate(f, scaled, windows, scheduler, state).regime;
  const RegimeRecord other = measure_regime(f, scaled, windows, scheduler, state);
  EXPECT_EQ(one.mu2, other.mu2);
  EXPECT_EQ(one.kl, other.kl);
  EXPECT_EQ(one.info, other.info);
  EXPECT_EQ(one.autocorrelation, other.autocorrelation);
  EXPECT_EQ(one.inside, other.inside);
  EXPECT_EQ(one.macro_kl, other.macro_kl);
  EXPECT_GT(one.macro_kl, 0.0);
}

TEST(Collapse, TwinsWithoutDrawsHaveNone) {
  CollapseRecorder recorder;
  Settings settings = small_settings();
  settings.sigma_start = 1e-4;
  fit_small(with_twin(settings, Twin::deterministic), recorder);
  EXPECT_TRUE(recorder.changes.empty());
}

}  // namespace
}  // namespace vdn
