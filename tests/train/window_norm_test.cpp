#include <vdn/train/window_norm.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

/// What a fit is told of its choice.
struct Listener : TrainingObserver {
  void on_norms(std::span<const NormTrial> all) override { trials.assign(all.begin(), all.end()); }
  bool stop_requested() override { return stops; }
  std::vector<NormTrial> trials;
  bool stops = false;
};

FitJob open_job() {
  FitJob job;
  job.settings = test::small_settings();
  job.settings.line = LineMode::none;  // the normalisation is all there is
  job.settings.window_norm.reset();
  job.settings.epochs = 4;
  return job;
}

/// Sines on levels that wander far: without the level taken off a network sees nothing else.
LoadedData wandering() {
  LoadedData data = test::small_data();
  double level = 0;
  std::uint32_t bits = 3;
  for (double& value : data.series.values) {
    bits = bits * 1664525u + 1013904223u;
    level += 60.0 * (static_cast<double>(bits >> 8) * 0x1p-24 - 0.5);
    value += level;
  }
  return data;
}

TEST(WindowNorm, IsTheOneOfTheSmallestValidationNll) {
  Scheduler scheduler(2);
  Listener listener;
  const LoadedData data = wandering();
  const Forecaster model = fit_forecaster(data, open_job(), scheduler, listener);
  ASSERT_EQ(listener.trials.size(), 4u);
  EXPECT_TRUE(std::is_sorted(listener.trials.begin(), listener.trials.end(),
                             [](const auto& a, const auto& b) { return a.nll < b.nll; }));
  EXPECT_EQ(model.settings().window_norm, listener.trials.front().norm);
  EXPECT_NE(model.settings().window_norm, WindowNorm::none);
  EXPECT_EQ(model.origins().at("window.norm"), "chosen by validation");
  for (const NormTrial& trial : listener.trials) {  // each is what that fit by itself reaches
    FitJob job = open_job();
    job.settings.window_norm = trial.norm;
    Listener quiet;
    EXPECT_EQ(fit_forecaster(data, job, scheduler, quiet).training().validation_nll, trial.nll);
    EXPECT_TRUE(quiet.trials.empty()) << "nothing was left open";
  }
}

TEST(WindowNorm, TrialsAreShort) {
  FitJob job = open_job();
  job.settings.epochs = 12;
  job.settings.patience = 12;
  Scheduler scheduler(2);
  Listener listener;
  fit_forecaster(test::small_data(), job, scheduler, listener);
  job.settings.epochs = 8;
  job.settings.window_norm = listener.trials.front().norm;
  Listener quiet;
  EXPECT_EQ(fit_forecaster(test::small_data(), job, scheduler, quiet).training().validation_nll,
            listener.trials.front().nll);
}

TEST(WindowNorm, StopsWithTheFirstTrial) {
  Scheduler scheduler(1);
  Listener listener;
  listener.stops = true;
  fit_forecaster(test::small_data(), open_job(), scheduler, listener);
  EXPECT_EQ(listener.trials.size(), 1u);
}

}  // namespace
}  // namespace vdn
