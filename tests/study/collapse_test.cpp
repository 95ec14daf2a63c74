// The study's provocations do what they say: each is named in its first epoch, a healthy run is not.

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/diagnostics/collapse.hpp>
#include <vdn/study/study.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

/// The modes named in one short epoch of an arm on exchange.
std::vector<std::string> named_on_exchange(const std::string& arm) {
  const auto study = find_study("collapse");
  StudyOptions options;
  options.data = {"exchange"};
  options.arms = {arm};
  options.seeds = 1;
  options.set = {{"train.epochs", "1"},
                 {"train.windows_per_epoch", "8192"},
                 {"train.validation_windows", "1024"},
                 {"neuron.count", "64"},
                 {"score.draws", "4"}};
  Scheduler scheduler(2);
  TrainingObserver silent;
  const LoadedData data = load_named("exchange");
  const TrialResult result = study->measure(study->plan(options).front(), data, scheduler, silent);
  std::vector<std::string> names;
  for (const auto mode : diagnostics::collapse_modes) {
    const std::string name = diagnostics::collapse_name(mode);
    if (std::isfinite(result.figure("collapse " + name + " begins"))) names.push_back(name);
  }
  return names;
}

class CollapseStudy : public testing::TestWithParam<const char*> {};

TEST_P(CollapseStudy, NamesWhatIsProvokedAndNothingElse) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  EXPECT_EQ(named_on_exchange(GetParam()), std::vector<std::string>{GetParam()});
}

INSTANTIATE_TEST_SUITE_P(Modes, CollapseStudy,
                         testing::Values("posterior", "deterministic", "mean", "explosion", "temporal lock"));

TEST(CollapseStudy, AHealthyRunIsNotNamed) {
  VDN_REQUIRE_DATA(path, "exchange_rate.csv.gz");
  EXPECT_TRUE(named_on_exchange("healthy").empty());
}

}  // namespace
}  // namespace vdn
