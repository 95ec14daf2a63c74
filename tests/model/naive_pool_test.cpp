// Naive forecasts beside the network, as the forecaster mixes them.

#include <vdn/model/naive_pool.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "model/forecaster_support.hpp"

namespace vdn {
namespace {

using namespace test;

constexpr std::size_t season = 5;

/// A forecaster of the two series of Table with a season of 5 rows.
Forecaster seasonal_forecaster() {
  Settings s = small_settings();
  s.start_at_zero = false;
  DataRecord data;
  data.series_names = {"a", "b"};
  data.season = season;
  return {s, "default", Scaler{{0, 0}, {1, 1}, {}}, std::move(data), make_line(s, 0.1)};
}

NaivePool pool(double last, double of_season) {
  return {{last, {.1f, .2f, .3f, .4f, 1, 2, 3, 4}}, {of_season, {.5f, .6f, .7f, .8f, 5, 6, 7, 8}}};
}

TEST(NaivePool, StandsBehindTheNetworkWithItsWeights) {
  Table table;
  table.at(1, 129) = std::numeric_limits<float>::quiet_NaN();  // the last row before the second origin
  const std::vector<Window> windows{{0, 100}, {1, 130}};
  Forecaster model = seasonal_forecaster();
  const Forecast alone = forecast_of(model, table, windows);
  model.naive() = pool(.2, .1);
  const Forecast both = forecast_of(model, table, windows);
  const std::size_t H = alone.horizon, N = alone.components;
  ASSERT_EQ(both.components, N + 2);
  for (std::size_t b = 0; b < 2; ++b) {
    const auto row = [&](std::size_t j, std::size_t h) { return (b * both.components + j) * H + h; };
    for (std::size_t j = 0; j < N; ++j) {
      EXPECT_NEAR(both.log_weight[b * both.components + j], alone.log_weight[b * N + j] + std::log(.7f), 1e-5);
      for (std::size_t h = 0; h < H; ++h) {
        EXPECT_EQ(both.mean[row(j, h)], alone.mean[(b * N + j) * H + h]);
        EXPECT_EQ(both.scale[row(j, h)], alone.scale[(b * N + j) * H + h]);
      }
    }
    EXPECT_NEAR(std::exp(both.log_weight[b * both.components + N]), .2, 1e-6);
    EXPECT_NEAR(std::exp(both.log_weight[b * both.components + N + 1]), .1, 1e-6);
    const std::size_t origin = windows[b].origin, last_observed = b == 0 ? origin - 1 : origin - 2;
    for (std::size_t h = 0; h < H; ++h) {
      EXPECT_EQ(both.mean[row(N, h)], table.at(b, last_observed));
      const bool gap = b == 1 && h + 1 == season;  // one season before that is missing: two
      EXPECT_EQ(both.mean[row(N + 1, h)], table.at(b, origin + h - (gap ? 2 : 1) * season));
      EXPECT_EQ(both.scale[row(N, h)], pool(0, 0).last.scale[b * H + h]);
      EXPECT_EQ(both.scale[row(N + 1, h)], pool(0, 0).season.scale[b * H + h]);
    }
  }
}

TEST(NaivePool, LeavesOutWhatHasNoWeight) {
  const Table table;
  const std::vector<Window> windows{{0, 100}, {1, 130}};
  Forecaster model = seasonal_forecaster();
  const Forecast alone = forecast_of(model, table, windows);
  model.naive() = pool(0, 0);
  EXPECT_TRUE(model.naive().empty());
  EXPECT_EQ(forecast_of(model, table, windows).everything(), alone.everything());
  model.naive() = pool(0, .5);
  const Forecast some = forecast_of(model, table, windows);
  ASSERT_EQ(some.components, alone.components + 1);
  EXPECT_EQ(some.mean[alone.components * alone.horizon], table.values[100 - season]);
}

TEST(NaivePool, IsTheSameForAnyBatchThreadsAndDraws) {
  const Table table;
  Forecaster model = seasonal_forecaster();
  model.naive() = pool(.2, .1);
  std::vector<Window> windows;
  for (std::uint32_t i = 0; i < 90; ++i) windows.push_back({i % 2, 60 + 3 * i});
  const Forecast all = forecast_of(model, table, windows, 3);
  for (const std::size_t b : {0u, 31u, 32u, 89u}) {
    EXPECT_EQ(forecast_of(model, table, {windows[b]}).window(0), all.window(b));
  }
  Scheduler scheduler(1);
  ForecastBatch one;
  model.forecast(table.matrix(), windows, {7, 8}, one, scheduler);
  ASSERT_EQ(one.components(), small_settings().components + 2);
  EXPECT_EQ(one.draws(), 1u);
  EXPECT_EQ(one.mean()(one.components() - 2, 0), table.values[windows[0].origin - 1]);
}

}  // namespace
}  // namespace vdn
