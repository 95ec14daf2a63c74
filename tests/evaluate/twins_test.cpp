#include <vdn/evaluate/twins.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

Forecaster fitted(const LoadedData& data, const Settings& settings, Scheduler& scheduler) {
  TrainingObserver silent;
  return fit_forecaster(data, {.settings = settings}, scheduler, silent);
}

/// small_data(450) and its first 400 rows (small_data(400) has other noise in its second series).
std::pair<LoadedData, LoadedData> newer_and_older() {
  LoadedData newer = small_data(450), older = small_data(400);
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t t = 0; t < 400; ++t) older.series.values[d * 400 + t] = newer.series.values[d * 450 + t];
  }
  return {newer, older};
}

std::string refusal(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(FitTwins, FitsTheThreeAsTheModelWasFitted) {
  Scheduler scheduler(2);
  const auto [newer, older] = newer_and_older();
  const Forecaster model = fitted(older, small_settings(), scheduler);
  std::vector<Twin> told;
  const auto twins = fit_twins(model, newer, scheduler, [&](Twin twin) {
    told.push_back(twin);
    return nullptr;
  });
  ASSERT_EQ(twins.size(), 3u);
  EXPECT_EQ(told, (std::vector<Twin>{Twin::deterministic, Twin::mixture, Twin::noise}));
  for (std::size_t i = 0; i < 3; ++i) {
    const Forecaster expected = fitted(older, with_twin(small_settings(), told[i]), scheduler);
    EXPECT_EQ(twins[i].settings().twin, told[i]);
    EXPECT_EQ(twins[i].data().borders, model.data().borders);
    EXPECT_TRUE(std::equal(twins[i].parameters().begin(), twins[i].parameters().end(), expected.parameters().begin(),
                           expected.parameters().end()))
        << twin_name(told[i]);
  }
}

TEST(FitTwins, RefusesTwinsAndOtherRows) {
  Scheduler scheduler(1);
  const Forecaster model = fitted(small_data(400), small_settings(), scheduler);
  EXPECT_NE(refusal([&] { fit_twins(model, small_data(390), scheduler); }, ErrorKind::data).find("not divided"),
            std::string::npos);
  const Forecaster twin = fitted(small_data(400), with_twin(small_settings(), Twin::noise), scheduler);
  EXPECT_NE(refusal([&] { fit_twins(twin, small_data(400), scheduler); }, ErrorKind::usage).find("noise"),
            std::string::npos);
}

}  // namespace
}  // namespace vdn
