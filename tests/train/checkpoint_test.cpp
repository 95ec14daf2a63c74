#include <vdn/train/trainer.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

struct CutFit {
  Forecaster model;
  std::vector<EpochReport> epochs;
};

/// A fit that is taken up by a new session after every epoch.
CutFit fit_in_portions(const Settings& settings) {
  const LoadedData data = small_data();
  Scheduler scheduler(2);
  const FitJob job{.settings = settings};
  const auto prepared = std::make_shared<const PreparedFit>(prepare_fit(data, job, scheduler));
  std::vector<EpochReport> epochs;
  std::string checkpoint;
  while (true) {
    FitSession session(prepared, data, job);
    if (!checkpoint.empty()) session.trainer().restore(checkpoint);
    Recorder recorder;
    if (session.trainer().ended()) return {session.finish(scheduler, recorder), epochs};
    session.trainer().train(session.trainer().epochs() + 1, scheduler, recorder);
    EXPECT_EQ(recorder.epochs.size(), 1u);
    epochs.push_back(recorder.epochs.front());
    checkpoint = session.trainer().checkpoint();
  }
}

void expect_equal_regimes(const RegimeRecord& a, const RegimeRecord& b) {
  for (const NeuronFigure& figure : neuron_figures) {
    EXPECT_TRUE(same_bits(a.*figure.values, b.*figure.values)) << figure.name;
  }
  EXPECT_EQ(a.info_sum, b.info_sum);
  EXPECT_EQ(a.alive, b.alive);
}

class CheckpointTest : public testing::TestWithParam<const char*> {};

TEST_P(CheckpointTest, AFitInPortionsHasTheBitsOfAWholeOne) {
  Settings settings = small_settings();
  settings.epochs = 5;
  settings.average = 0.05;
  settings.calibration = CalibrationMode::split;
  settings.band_spread = control::Spread::shuffled;
  settings_table().set(settings, "control.warmup", "8", "test");
  settings_table().set(settings, "control.ramp", "20", "test");
  settings_table().set(settings, "control.mode", GetParam(), "test");
  if (settings.mode.has(control::Constraint::share)) settings.prior = Prior::ar1;
  Recorder recorder;
  const Forecaster whole = fit_small(settings, recorder);
  const CutFit cut = fit_in_portions(settings);

  EXPECT_TRUE(same_bits(parameters_of(cut.model), parameters_of(whole)));
  EXPECT_EQ(cut.model.training().epochs, whole.training().epochs);
  EXPECT_EQ(cut.model.training().best_epoch, whole.training().best_epoch);
  EXPECT_EQ(cut.model.training().steps, whole.training().steps);
  EXPECT_EQ(cut.model.training().validation_nll, whole.training().validation_nll);
  EXPECT_FALSE(cut.model.training().interrupted);
  expect_equal_regimes(cut.model.regime(), whole.regime());
  ASSERT_EQ(cut.epochs.size(), recorder.epochs.size());
  for (std::size_t e = 0; e < cut.epochs.size(); ++e) {
    EXPECT_EQ(cut.epochs[e].train_loss, recorder.epochs[e].train_loss) << e;
    EXPECT_EQ(cut.epochs[e].validation_nll, recorder.epochs[e].validation_nll) << e;
    EXPECT_EQ(cut.epochs[e].train_ar_share, recorder.epochs[e].train_ar_share) << e;
    EXPECT_TRUE(same_bits(cut.epochs[e].neurons.band_low, recorder.epochs[e].neurons.band_low)) << e;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryMode, CheckpointTest,
                         testing::Values("none", "penalty", "projection", "homeostasis", "budget",
                                         "penalty+homeostat+thermostat+guard"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == '+' ? '_' : c;
                           return name;
                         });

TEST(Checkpoint, PatienceGoesOnWhereItWas) {
  Settings settings = small_settings();
  settings.epochs = 30;
  settings.patience = 2;
  settings.learning_rate = 0.05;
  const Forecaster whole = fit_small(settings);
  ASSERT_LT(whole.training().epochs, 30u);
  const CutFit cut = fit_in_portions(settings);
  EXPECT_EQ(cut.model.training().epochs, whole.training().epochs);
  EXPECT_EQ(cut.model.training().best_epoch, whole.training().best_epoch);
}

TEST(Checkpoint, SaysTheShareOfThePersistencePenalty) {
  Settings settings = small_settings();
  settings.epochs = 4;
  settings.prior = Prior::ar1;
  settings_table().set(settings, "control.mode", "homeostasis", "test");
  Recorder recorder;
  fit_small(settings, recorder);
  EXPECT_GT(recorder.epochs.back().train_ar_share, 0.0);
  EXPECT_LT(recorder.epochs.back().train_ar_share, 1.0);
}

TEST(Checkpoint, OfAnotherNetworkOrCutOffIsRefused) {
  const LoadedData data = small_data();
  Scheduler scheduler(1);
  FitJob job{.settings = small_settings()};
  const auto prepared = std::make_shared<const PreparedFit>(prepare_fit(data, job, scheduler));
  Recorder recorder;
  FitSession session(prepared, data, job);
  session.trainer().train(1, scheduler, recorder);
  const std::string bytes = session.trainer().checkpoint();

  const auto refusal = [&](const FitJob& other, const std::string& text) {
    FitSession again(prepared, data, other);
    return message_of([&] { again.trainer().restore(text); }, ErrorKind::data);
  };
  expect_part(refusal(job, bytes.substr(0, bytes.size() / 2)), "ends early");
  expect_part(refusal(job, bytes + "more"), "longer");
  FitJob wider = job;
  wider.settings.neurons = 9;
  expect_part(refusal(wider, bytes), "another length");
}

TEST(Checkpoint, IsNotMadeWithinAnEpoch) {
  const LoadedData data = small_data();
  Scheduler scheduler(1);
  const FitJob job{.settings = small_settings()};
  const auto prepared = std::make_shared<const PreparedFit>(prepare_fit(data, job, scheduler));
  Recorder recorder;
  recorder.stop_after = 15;  // in the second epoch of ten steps
  FitSession session(prepared, data, job);
  session.trainer().train(Trainer::to_the_end, scheduler, recorder);
  EXPECT_EQ(session.trainer().epochs(), 1u);
  EXPECT_TRUE(session.trainer().ended());
  message_of([&] { session.trainer().checkpoint(); }, ErrorKind::software);
}

TEST(PreparationKey, TellsApartWhatTheLineDependsOn) {
  FitJob job{.settings = small_settings()};
  const std::string key = preparation_key(job);
  FitJob same = job;
  same.settings.neurons = 99;
  same.settings.seed = 5;
  same.settings.line_rate = 0.5;
  EXPECT_EQ(preparation_key(same), key);
  FitJob longer = job, heavier = job, paired = job;
  longer.settings.lookback = 48;
  heavier.settings.line_penalty = 2.0;
  paired.settings.pair = true;
  for (const FitJob& other : {longer, heavier, paired}) EXPECT_NE(preparation_key(other), key);
}

}  // namespace
}  // namespace vdn
