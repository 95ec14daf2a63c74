#include <vdn/study/measure.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "support/small_data.hpp"

namespace vdn {
namespace {

struct Stop : TrainingObserver {
  bool stop_requested() override { return true; }
};

TEST(MeasureTrial, GivesEveryFigureItPromises) {
  const LoadedData data = test::small_data();
  Scheduler scheduler(2);
  TrainingObserver silent;
  const Trial trial{"arm", "small", "default", test::small_settings()};
  const TrialResult r = measure_trial("study", trial, data, scheduler, silent,
                                      {.paths = 8, .whole_validation = true, .disturbances = true, .origins = true});
  EXPECT_EQ(r.key, trial.key("study"));
  EXPECT_EQ(r.seed, 7u);
  EXPECT_GT(r.seconds, 0);
  for (const char* name : {"validation_nll",
                           "validation_mse",
                           "epochs",
                           "best_epoch",
                           "fit_seconds",
                           "parameters",
                           "inside",
                           "frac_low",
                           "frac_high",
                           "alive",
                           "info",
                           "kl",
                           "mu2",
                           "sigma",
                           "mse",
                           "crps",
                           "nll",
                           "joint_nll",
                           "coverage_80",
                           "coverage_90",
                           "energy",
                           "sum_coverage_80",
                           "sum_coverage_90",
                           "crps_noise",
                           "crps_missing",
                           "crps_shift"}) {
    EXPECT_TRUE(std::isfinite(r.figure(name))) << name;
  }
  EXPECT_NEAR(r.figure("inside") + r.figure("frac_low") + r.figure("frac_high"), 1, 1e-12);
  EXPECT_GT(r.figure("crps_noise"), r.figure("crps"));
  for (const char* name : {"validation_nll", "outside", "info", "alive"})
    EXPECT_EQ(r.traces.at(name).size(), 2u) << name;
  EXPECT_EQ(r.traces.at("origin").size(), r.traces.at("origin.energy").size());
  EXPECT_EQ(r.traces.at("origin").size(), r.traces.at("origin.crps").size());
}

TEST(MeasureTrial, AnInterruptedOneIsNotKept) {
  Scheduler scheduler(2);
  Stop stop;
  EXPECT_EQ(measure_trial("study", {"arm", "small", "default", test::small_settings()}, test::small_data(), scheduler,
                          stop, {})
                .key,
            "");
}

}  // namespace
}  // namespace vdn
