#include <vdn/train/trainer.hpp>
#include <vdn/train/validation.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

TEST(Fit, ReportsValidation) {
  Recorder recorder;
  const Forecaster f = fit_small(small_settings(), recorder);
  ASSERT_EQ(recorder.epochs.size(), 2u);
  for (std::size_t e = 0; e < 2; ++e) {
    const EpochReport& report = recorder.epochs[e];
    EXPECT_EQ(report.epoch, e + 1);
    EXPECT_EQ(report.epochs, 2u);
    EXPECT_EQ(report.steps, 10 * (e + 1));
    EXPECT_TRUE(std::isfinite(report.train_loss) && std::isfinite(report.train_nll));
    EXPECT_TRUE(std::isfinite(report.validation_nll));
    EXPECT_GT(report.validation_mse, 0.0);
    EXPECT_GT(report.train_kl, 0.0);
    EXPECT_GT(report.gradient_norm, 0.0);
    EXPECT_GT(report.sigma_mean, 0.0);
    EXPECT_GT(report.mu2_mean, 0.0);
    EXPECT_GT(report.kl_mean, 0.0);
    EXPECT_GT(report.info_sum, 0.0);
    EXPECT_GE(report.alive, 0.0);
    EXPECT_LE(report.alive, 1.0 + 1e-12);
    EXPECT_GT(report.step_seconds, 0.0);
    EXPECT_GT(report.validation_seconds, 0.0);
    EXPECT_GT(report.seconds, report.step_seconds + report.validation_seconds);
  }
  const EpochReport& best = recorder.epochs[f.training().best_epoch - 1];
  EXPECT_TRUE(best.best);
  EXPECT_EQ(best.validation_nll, f.training().validation_nll);
  EXPECT_EQ(best.validation_mse, f.training().validation_mse);
}

TEST(Fit, KeepsTheRegimeOfTheBestEpoch) {
  Settings settings = small_settings();
  settings.dims = 2;
  settings.epochs = 4;
  settings.learning_rate = 0.05;
  Recorder recorder;
  const Forecaster f = fit_small(settings, recorder);
  const RegimeRecord& r = f.regime();
  const EpochReport& best = recorder.epochs.at(f.training().best_epoch - 1);
  EXPECT_EQ(r.mu2_mean, best.mu2_mean);
  EXPECT_EQ(r.alive, best.alive);
  // The means are those of the neurons.
  const auto sum = [](const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0); };
  ASSERT_EQ(r.mu2.size(), 8u);
  EXPECT_NEAR(sum(r.mu2) / 8, best.mu2_mean, 1e-6);
  EXPECT_NEAR(sum(r.sigma) / 8, best.sigma_mean, 1e-6);
  EXPECT_NEAR(sum(r.kl) / 8, best.kl_mean, 1e-6);
  EXPECT_NEAR(sum(r.info), best.info_sum, 1e-6);
  const auto alive = std::count_if(r.info.begin(), r.info.end(), [](float info) { return info > 0.01f; });
  EXPECT_NEAR(static_cast<double>(alive) / 8, best.alive, 1e-12);
}

TEST(Fit, ReportsEveryNeuron) {
  Recorder recorder;
  const Settings settings = small_settings();
  fit_small(settings, recorder);
  for (const EpochReport& report : recorder.epochs) {
    const NeuronFigures& n = report.neurons;
    ASSERT_EQ(n.info.size(), settings.neurons);
    double info = 0, mu2 = 0, kl = 0, sigma = 0, alive = 0;
    for (std::size_t i = 0; i < settings.neurons; ++i) {
      info += double{n.info[i]};
      alive += n.info[i] > 0.01f;
      mu2 += n.mu2[i];
      kl += n.kl[i];
      sigma += n.sigma[i];
      const double mean_part = 0.5 * static_cast<double>(settings.dims) * double{n.mu2[i]};
      EXPECT_GE(double{n.kl[i]}, mean_part * (1 - 1e-5)) << "a KL is what the mean costs and something positive";
    }
    const double N = static_cast<double>(settings.neurons);
    EXPECT_NEAR(info, report.info_sum, 1e-5 * info);
    EXPECT_NEAR(mu2 / N, report.mu2_mean, 1e-6);
    EXPECT_NEAR(kl / N, report.kl_mean, 1e-6);
    EXPECT_NEAR(sigma / N, report.sigma_mean, 1e-6);
    EXPECT_NEAR(alive / N, report.alive, 1e-6);
  }
}

TEST(Fit, TunesTheLineAtItsOwnRate) {
  Settings settings = small_settings();
  settings.line = LineMode::tuned;
  settings.epochs = 1;
  settings.average = 1.0;
  settings.windows_per_epoch = settings.batch;  // one step: AdamW's first moves a number by its rate at most
  for (const double rate : {0.0, 0.01, 0.5}) {
    settings.line_rate = rate;
    const Forecaster f = fit_small(settings);
    const ConstParameters<float> p{f.parameters()};
    double largest = 0;
    for (const float w : p.matrix(f.network().layout().find("line.change.weight").slot).flat()) {
      largest = std::max(largest, std::abs(double{w}));
    }
    EXPECT_NEAR(largest, rate * settings.learning_rate, 1e-3 * rate * settings.learning_rate);
  }
}

TEST(Fit, AnUntouchedTunedLineIsTheFrozenOne) {
  Settings frozen = small_settings(), tuned = small_settings();
  frozen.line = LineMode::frozen;
  tuned.line = LineMode::tuned;
  tuned.line_rate = 0.0;
  frozen.clip = tuned.clip = 0.0;  // the gradient of what does not move counts towards the norm
  EXPECT_EQ(fit_small(tuned).training().validation_nll, fit_small(frozen).training().validation_nll);
}

TEST(Fit, KeepsTheBestEpochWhenInterrupted) {
  Settings one = small_settings(), long_run = small_settings();
  one.epochs = 1;
  long_run.epochs = 50;
  Recorder recorder;
  recorder.stop_after = 13;  // in the middle of the second epoch
  const Forecaster stopped = fit_small(long_run, recorder);
  EXPECT_TRUE(stopped.training().interrupted);
  EXPECT_EQ(stopped.training().best_epoch, 1u);
  EXPECT_EQ(stopped.training().steps, 13u);
  EXPECT_EQ(recorder.epochs.size(), 1u);
  EXPECT_TRUE(same_bits(parameters_of(stopped), parameters_of(fit_small(one))));
}

TEST(Fit, KeepsThePresentWeightsWhenInterruptedBeforeTheFirstValidation) {
  Settings few = small_settings();
  few.epochs = 1;
  few.windows_per_epoch = 3 * few.batch;
  Recorder recorder;
  recorder.stop_after = 3;
  const Forecaster stopped = fit_small(small_settings(), recorder);
  EXPECT_TRUE(stopped.training().interrupted);
  EXPECT_EQ(stopped.training().best_epoch, 0u);
  EXPECT_EQ(stopped.training().steps, 3u);
  EXPECT_TRUE(recorder.epochs.empty());
  EXPECT_TRUE(same_bits(parameters_of(stopped), parameters_of(fit_small(few))));
}

TEST(Fit, StopsBetweenEpochs) {
  Settings settings = small_settings();
  settings.epochs = 9;
  Recorder recorder;
  recorder.stop_epoch = 2;
  const Forecaster f = fit_small(settings, recorder);
  EXPECT_EQ(recorder.epochs.size(), 2u);
  EXPECT_EQ(f.training().steps, 20u);
  EXPECT_TRUE(f.training().interrupted);
}

TEST(Fit, LosesPatience) {
  Settings settings = small_settings();
  settings.epochs = 60;
  settings.patience = 2;
  settings.learning_rate = 0.3;
  settings.windows_per_epoch = 80;
  Recorder recorder;
  const Forecaster f = fit_small(settings, recorder);
  ASSERT_LT(recorder.epochs.size(), 60u);
  EXPECT_EQ(f.training().epochs, recorder.epochs.size());
  EXPECT_EQ(f.training().epochs, f.training().best_epoch + 2);
  EXPECT_FALSE(f.training().interrupted);
  double best = std::numeric_limits<double>::infinity();
  for (const EpochReport& report : recorder.epochs) {
    EXPECT_EQ(report.best, report.validation_nll < best);
    best = std::min(best, report.validation_nll);
  }
}

TEST(Fit, SelectsByMeanSquaredError) {
  Settings settings = small_settings();
  settings.epochs = 6;
  settings.selection = Selection::mse;
  settings.learning_rate = 0.1;
  Recorder recorder;
  const Forecaster f = fit_small(settings, recorder);
  for (const EpochReport& report : recorder.epochs) {
    EXPECT_GE(report.validation_mse, f.training().validation_mse);
  }
}

TEST(ThinWindows, AreSpreadEvenly) {
  EXPECT_EQ(thin_windows(Windows(10, 19, 2), 10).size(), 10u);
  const Windows runs = Windows::of_runs({{0, 0, 10, 60}, {1, 0, 10, 40}}, 2);
  const auto thin = thin_windows(runs, 10);
  ASSERT_EQ(thin.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(thin[i], runs[10 * i]);
  EXPECT_EQ(thin_windows(runs, 1000).size(), 100u);
}

/// Fits scaled values of which one training value is replaced; the error's text, or "" when it trains.
std::string fit_with_value(const Settings& settings, float value) {
  Scheduler scheduler(1);
  Recorder observer;
  const LoadedData data = small_data();
  Forecaster f = fit_small(settings, 1, data);
  auto values = scale_for(f, data.series);
  values[200] = value;
  try {
    const FitWindows windows = fit_windows(data.series, Split::automatic, f.data().borders, settings);
    fit(f, {values.data(), data.series.count(), data.series.length()}, windows, scheduler, observer);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::software);
    return error.what();
  }
  return {};
}

TEST(Fit, NamesStepAndTensorWhenTheLossIsNotFinite) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const std::string windows = "the first tensor with a NaN or an infinity is the scaled windows";
  for (const WindowNorm norm : {WindowNorm::none, WindowNorm::mean_deviation}) {
    Settings settings = small_settings();
    settings.window_norm = norm;
    for (const float value : {infinity, -infinity}) {
      const std::string text = fit_with_value(settings, value);
      expect_part(text, "training step ");
      // Weights are not named: a step that is not finite leaves them as they are.
      expect_part(text, windows);
    }
  }
}

TEST(Fit, StaysFiniteWithHugeValues) {
  Settings settings = small_settings();
  settings.epochs = 1;
  for (const WindowNorm norm : {WindowNorm::none, WindowNorm::last_deviation}) {
    settings.window_norm = norm;
    for (const float value : {1e10f, 1e15f, -1e20f}) EXPECT_EQ(fit_with_value(settings, value), "") << value;
  }
}

TEST(Fit, SurvivesOrRefusesAHugeLearningRate) {
  LoadedData data = small_data();
  for (std::size_t t = 200; t < 210; ++t) data.series.values[t] = t % 2 == 0 ? 1e30 : -1e30;
  Settings settings = small_settings();
  settings.learning_rate = 10;
  settings.clip = 0;
  settings.epochs = 20;
  try {
    const Forecaster f = fit_small(settings, 1, data);
    EXPECT_TRUE(std::isfinite(f.training().validation_nll));
    for (const float value : f.parameters()) ASSERT_TRUE(std::isfinite(value));
  } catch (const Error& error) {
    expect_part(error.what(), "finite");
  }
}

}  // namespace
}  // namespace vdn
