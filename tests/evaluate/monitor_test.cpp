// What a monitor finds and what it leaves alone: a small table, and level shifts in etth1.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include <vdn/core/random.hpp>
#include <vdn/evaluate/monitor.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"
#include "support/support.hpp"

namespace vdn {
namespace {

std::vector<Window> windows_of(const Forecaster& model, const SeriesSet& series, std::size_t first, std::size_t last) {
  std::vector<Window> windows;
  for (std::size_t origin = first; origin <= last; ++origin) {
    const auto here = windows_to_watch(model, series, origin);
    windows.insert(windows.end(), here.begin(), here.end());
  }
  return windows;
}

Forecaster small_model(const LoadedData& data, Scheduler& cores) {
  TrainingObserver silent;
  return fit_forecaster(data, {.settings = test::small_settings(), .split = Split::automatic}, cores, silent);
}

TEST(Monitor, ReadsNothingBehindTheOriginAndTheSameHoweverCut) {
  Scheduler one(1), two(2);
  LoadedData data = test::small_data();
  Forecaster model = small_model(data, one);
  std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), 2, 400);
  const auto windows = windows_of(model, data.series, 330, 340);
  ASSERT_EQ(windows.size(), 22u);
  Monitor whole(model, 0.05);
  const auto expected = whole.observe(scaled, windows, two);
  for (std::size_t d = 0; d < 2; ++d) std::fill_n(values.begin() + static_cast<long>(d) * 400 + 340, 60, 1e6f);
  Monitor pieces(model, 0.05);
  for (std::size_t i = 0; i < windows.size(); i += 2) {
    const auto got = pieces.observe(scaled, std::span(windows).subspan(i, 2), one);
    for (std::size_t k = 0; k < 2; ++k) {
      EXPECT_EQ(got[k].drift, expected[i + k].drift);
      EXPECT_EQ(got[k].out_of_band, expected[i + k].out_of_band);
      EXPECT_EQ(got[k].within_scale, expected[i + k].within_scale);
      EXPECT_EQ(got[k].latent_scale, expected[i + k].latent_scale);
      EXPECT_EQ(got[k].alarm, got[k].drift > whole.threshold());
      EXPECT_GE(got[k].out_of_band, 0.0);
      EXPECT_LE(got[k].out_of_band, 1.0);
    }
  }
}

TEST(Monitor, ItsThresholdSoundsOnValidationAsOftenAsAsked) {
  Scheduler cores;
  const LoadedData data = test::small_data(800);
  Forecaster model = small_model(data, cores);
  const std::vector<float> values = scale_for(model, data.series);
  const Borders& b = model.data().borders;
  Monitor monitor(model, 0.1);
  const auto windows = windows_of(model, data.series, b.train_end, b.val_end - model.horizon());
  const auto readings = monitor.observe({values.data(), 2, 800}, windows, cores);
  std::size_t times = 0, alarms = 0;
  for (std::size_t i = 0; i < readings.size(); i += 2) {
    ++times;
    alarms += readings[i].alarm || readings[i + 1].alarm ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(alarms) / static_cast<double>(times), 0.1, 0.03);
}

TEST(Monitor, RefusesWhatCannotBe) {
  Scheduler cores;
  const LoadedData data = test::small_data();
  Forecaster model = small_model(data, cores);
  EXPECT_THROW(Monitor(model, 0.0), Error);
  EXPECT_THROW(Monitor(model, 1.0), Error);
  model.drift() = {};
  EXPECT_THROW(Monitor(model, 0.01), Error);
  EXPECT_TRUE(windows_to_watch(model, data.series, 47).empty());  // 24 rows of context and 24 of the season
  EXPECT_EQ(windows_to_watch(model, data.series, 48).size(), 2u);
}

/// Level shifts of two training deviations, up or down, at random rows of the test part.
struct Shifts {
  std::size_t quiet = 0, found = 0, delay = 0;
};

class EttMonitor : public testing::Test {
 protected:
  static constexpr std::size_t starts = 20, before = 24, after = 24, warm = 48;

  /// The readings of clean windows, then of windows whose rows from `start` on are moved; only `series` when >= 0.
  void shift(std::size_t start, int series, float by, Shifts& shifts) {
    std::vector<float> moved = values;
    for (std::size_t d = 0; d < D; ++d) {
      if (series >= 0 && d != static_cast<std::size_t>(series)) continue;
      for (std::size_t t = start; t < T; ++t) moved[d * T + t] += by;
    }
    Monitor monitor(*model, 0.005);
    const auto windows = windows_of(*model, data.series, start + 1 - before - warm, start + after);
    const auto readings = monitor.observe({moved.data(), D, T}, windows, cores);
    bool early = false;
    std::size_t first = 0;
    for (const WindowReading& r : readings) {
      const std::size_t origin = r.window.origin;
      const bool counts =
          r.alarm && (series < 0 || origin <= start || r.window.series == static_cast<unsigned>(series));
      if (counts && origin + before > start && origin <= start) early = true;
      if (counts && origin > start && first == 0) first = origin - start;
    }
    if (early) return;
    ++shifts.quiet;
    if (first == 0) return;
    ++shifts.found;
    shifts.delay += first;
  }

  Scheduler cores;
  LoadedData data;
  std::optional<Forecaster> model;
  std::vector<float> values;
  std::size_t D = 0, T = 0;
};

TEST_F(EttMonitor, FindsLevelShiftsAndKeepsQuietOtherwise) {
  VDN_REQUIRE_DATA(path, "ETTh1.csv.gz");
  data = load_named("etth1");
  FitJob job{.settings = preset("default"), .split = Split::ltsf};
  job.settings.horizon = 96;
  job.settings.epochs = 3;
  TrainingObserver silent;
  model.emplace(fit_forecaster(data, job, cores, silent));
  model->use_plug_in(true);  // drift does not depend on draws
  values = scale_for(*model, data.series);
  D = data.series.count();
  T = data.series.length();
  const Range test = model->data().borders.test();

  Monitor monitor(*model, 0.005);
  const auto windows = windows_of(*model, data.series, test.begin + 1, test.end);
  const auto readings = monitor.observe({values.data(), D, T}, windows, cores);
  std::size_t alarms = 0;
  for (std::size_t i = 0; i < readings.size(); i += D) {
    alarms += std::any_of(readings.begin() + static_cast<long>(i), readings.begin() + static_cast<long>(i + D),
                          [](const WindowReading& r) { return r.alarm; });
  }
  const double false_alarms = static_cast<double>(alarms * D) / static_cast<double>(readings.size());
  EXPECT_LE(false_alarms, 0.05);

  Shifts all, one;
  const StreamKey key = stream_key(2, Purpose::paths);
  for (std::uint32_t k = 0; k < starts; ++k) {
    const auto bits = philox(key, {k, 0, 0, 0});
    const std::size_t room = test.size() - before - warm - after - 1;
    const std::size_t start = test.begin + before + warm + bits[0] % room;
    const float by = bits[1] % 2 == 0 ? 2.0f : -2.0f;
    shift(start, -1, by, all);
    shift(start, static_cast<int>(bits[2] % D), by, one);
  }
  const auto row = [](const char* name, const Shifts& s) {
    std::printf("%-12s  %2zu of %zu found, %2zu without an alarm before, mean delay %.1f windows\n", name, s.found,
                starts, s.quiet, s.found > 0 ? static_cast<double>(s.delay) / static_cast<double>(s.found) : 0.0);
  };
  std::printf("etth1, level shift of two training deviations; threshold %.2f\n", monitor.threshold());
  std::printf("clean test    alarm at %.1f%% of %zu times\n", 100.0 * false_alarms, readings.size() / D);
  row("all series", all);
  row("one series", one);
  EXPECT_GE(all.found, 17u);  // 19 or 20 by the random rows
  EXPECT_GE(one.found, 6u);   // 9 to 11
}

}  // namespace
}  // namespace vdn
