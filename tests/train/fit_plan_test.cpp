#include <vdn/train/fit_plan.hpp>

#include <gtest/gtest.h>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

TEST(ChooseSplit, IsTheBenchmarksForItsSetsAndAutoForTheRest) {
  LoadedData data = small_data();
  EXPECT_EQ(choose_split("", data), Split::automatic);
  EXPECT_EQ(choose_split("all", data), Split::all);
  data.set = find_named("flights");  // bundled
  EXPECT_EQ(choose_split("", data), Split::automatic);
  data.set = find_named("etth1");
  EXPECT_EQ(choose_split("", data), Split::ltsf);
  EXPECT_EQ(choose_split("auto", data), Split::automatic);
  expect_part(message_of([&] { choose_split("lstf", data); }, ErrorKind::config), "ltsf");
}

TEST(PlanFit, CountsRowsStepsAndParameters) {
  const LoadedData data = small_data(400);
  const FitPlan plan = plan_fit(data, {.settings = small_settings()});
  EXPECT_EQ(plan.borders, auto_borders(400));
  // 280 training rows hold 280 - 24 - 4 + 1 = 253 origins of 2 series; at most 400 windows an epoch, 40 a step.
  EXPECT_EQ(plan.steps_per_epoch, 10u);
  // The flat buffer pads every parameter to a multiple of 16 numbers.
  const Forecaster model = fit_small(small_settings());
  EXPECT_EQ(plan.parameters, model.network().layout().count());
  EXPECT_LE(plan.parameters, model.parameters().size());
  EXPECT_GT(plan.parameters + 16 * model.network().layout().entries().size(), model.parameters().size());
  EXPECT_EQ(plan.scaler.mean, fit_scaler(data.series, {0, 280}).mean);
  Settings wide = small_settings();
  wide.windows_per_epoch = 100000;
  EXPECT_EQ(plan_fit(data, {.settings = wide}).steps_per_epoch, 12u);  // 506 / 40
}

TEST(PlanFit, TakesTwelveBytesAValueAndMoreForMoreWindows) {
  const Settings s = small_settings();
  const Network network(s, 2);
  EXPECT_EQ(fit_memory(network, 5000, 40) - fit_memory(network, 1000, 40), 4000u * 12u);
  Settings judged = s;
  judged.correction = CorrectionMode::judged;  // a rehearsal scales the values anew
  const Network same(judged, 2);
  EXPECT_EQ(fit_memory(same, 5000, 40) - fit_memory(same, 1000, 40), 4000u * 16u);
  // A step keeps at least the S draws' J x H centres and their gradients for every window, in single precision.
  const std::size_t row = 2 * s.draws * s.components * s.horizon * sizeof(float);
  EXPECT_GE(fit_memory(network, 0, 80) - fit_memory(network, 0, 40), 40 * row);
  EXPECT_EQ(plan_fit(small_data(400), {.settings = s}).memory, fit_memory(network, 800, 40));
}

TEST(PlanFit, RefusesWhatCannotBeFitted) {
  Settings s = small_settings();
  s.horizon = 300;
  expect_part(message_of([&] { plan_fit(small_data(), {.settings = s}); }, ErrorKind::data), "horizon 300");
  s = small_settings();
  s.score_draws = 4096;
  s.components = 60000;
  expect_part(message_of([&] { plan_fit(small_data(), {.settings = s}); }, ErrorKind::config), "head.components");
}

TEST(DescribeBytes, RoundsToMegabytesAndGigabytes) {
  EXPECT_EQ(describe_bytes(10), "1 MB");
  EXPECT_EQ(describe_bytes(12'400'000), "12 MB");
  EXPECT_EQ(describe_bytes(3'440'000'000), "3.4 GB");
}

}  // namespace
}  // namespace vdn
