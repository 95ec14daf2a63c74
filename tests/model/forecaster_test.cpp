#include <vdn/model/forecaster.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>

#include "model/forecaster_support.hpp"

namespace vdn {
namespace {

using test::Forecast;
using test::forecast_of;
using test::make_forecaster;
using test::make_line;
using test::Table;

std::vector<Window> some_windows(const Table& table, std::size_t count) {
  std::vector<Window> windows;
  for (std::uint32_t i = 0; i < count; ++i) {
    windows.push_back({i % static_cast<std::uint32_t>(table.series), 40 + (i * 37) % 300});
  }
  return windows;
}

/// Row blocks that divide the products of a block of rows evenly, unevenly, and not at all.
class Independence : public testing::TestWithParam<std::size_t> {
 protected:
  Settings settings() const {
    Settings s = test::small_settings();
    s.row_block = GetParam();
    s.start_at_zero = false;
    s.pair = true;
    return s;
  }
};

TEST_P(Independence, OfTheOrderOfWindows) {
  const Table table;
  const auto windows = some_windows(table, 83);
  auto model = make_forecaster(settings());
  const auto straight = forecast_of(model, table, windows);
  auto turned = windows;
  std::ranges::rotate(turned, turned.begin() + 29);
  auto backwards = forecast_of(model, table, turned);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    EXPECT_EQ(straight.window((i + 29) % windows.size()), backwards.window(i)) << i;
  }
}

TEST_P(Independence, OfHowManyAreAskedAtOnce) {
  const Table table;
  const auto windows = some_windows(table, 83);
  auto model = make_forecaster(settings());
  const auto all = forecast_of(model, table, windows);
  for (const std::size_t i : {0u, 1u, 7u, 31u, 82u}) {
    EXPECT_EQ(all.window(i), forecast_of(model, table, {windows[i]}).window(0)) << i;
  }
}

TEST_P(Independence, OfThreads) {
  const Table table;
  const auto windows = some_windows(table, 83);
  std::vector<std::vector<float>> bits;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    auto model = make_forecaster(settings());
    bits.push_back(forecast_of(model, table, windows, threads).everything());
  }
  EXPECT_EQ(bits[0], bits[1]);
  EXPECT_EQ(bits[0], bits[2]);
}

INSTANTIATE_TEST_SUITE_P(RowBlocks, Independence, testing::Values(1, 7, 8, 32));

TEST(Forecaster, DrawsDifferAndSoDoSeeds) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = make_forecaster(s);
  s.seed += 1;
  auto other = make_forecaster(s);
  EXPECT_FALSE(std::ranges::equal(model.parameters(), other.parameters()));
  std::ranges::copy(model.parameters(), other.edit_parameters().begin());
  const std::vector<Window> windows{{0, 100}, {1, 100}};
  const auto one = forecast_of(model, table, windows), two = forecast_of(other, table, windows);
  for (std::size_t j = 0; j < one.mean.size(); ++j) EXPECT_NE(one.mean[j], two.mean[j]);
  for (std::size_t draw = 1; draw < s.score_draws; ++draw) {
    EXPECT_NE(one.mean[0], one.mean[draw * s.components * s.horizon]);
  }
}

/// Buffers of a training step over the windows, with their noise drawn.
struct Drawn {
  Drawn(const Forecaster& model, const std::vector<Window>& windows, bool training) {
    const auto& network = model.network();
    arena = Arena::lay_out([&](ArenaCursor& cursor) {
      w = network.bind<float>(cursor, windows.size(), model.settings().draws, training);
    });
    model.draw(windows, 5, w, {0, windows.size()}, training);
  }
  Network::Workspace<float> w;
  Arena arena;
};

TEST(Forecaster, TheEarlierWindowOfAr1GetsTheDrawsThatWindowItselfGets) {
  Settings s = test::small_settings();
  s.prior = Prior::ar1;
  s.ar_form = ArForm::draws;
  const auto model = make_forecaster(s);
  EXPECT_EQ(model.context_rows(), s.lookback + s.stride_ar);
  EXPECT_EQ(window_shape(s).extra, s.stride_ar);
  const Drawn now(model, {{1, 100}}, true), earlier(model, {{1, 96}}, true);
  const auto eps = now.w.neurons.ar1.earlier_eps.flat(), same = earlier.w.neurons.eps.flat();
  EXPECT_TRUE(std::ranges::equal(eps, same));
}

TEST(Forecaster, TheMacroLatentIsDrawnInTrainingAndAtItsMeanInScoring) {
  Settings s = test::small_settings();
  s.prior = Prior::hierarchical;
  const auto model = make_forecaster(s);
  const Drawn training(model, {{1, 100}, {1, 101}}, true), scoring(model, {{1, 100}}, false);
  const auto& eps = training.w.neurons.hierarchical.eps;
  for (std::size_t j = 0; j < s.macro_dims; ++j) EXPECT_NE(eps(0, j), eps(1, j));
  for (const float value : scoring.w.neurons.hierarchical.eps.flat()) EXPECT_EQ(value, 0.0f);
}

// Forecasts come from the posterior alone: the prior is a matter of training.
TEST(Forecaster, TheMacroLatentDoesNotTouchForecasts) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto standard = make_forecaster(s);
  s.prior = Prior::hierarchical;
  auto other = make_forecaster(s);
  EXPECT_EQ(forecast_of(standard, table, some_windows(table, 9)).everything(),
            forecast_of(other, table, some_windows(table, 9)).everything());
}

TEST(Forecaster, ThePlugInForecastIsOneDrawAtTheMean) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = make_forecaster(s);
  const std::vector<Window> windows{{0, 100}, {1, 100}};
  const auto drawn = forecast_of(model, table, windows);
  model.use_plug_in(true);
  const auto plug_in = forecast_of(model, table, windows);
  EXPECT_EQ(plug_in.mean.size() * s.score_draws, drawn.mean.size());
  auto other = make_forecaster([&] {
    auto t = s;
    t.seed += 1;
    return t;
  }());  // other draws, the same weights
  std::ranges::copy(model.parameters(), other.edit_parameters().begin());
  other.use_plug_in(true);
  EXPECT_EQ(forecast_of(other, table, windows).everything(), plug_in.everything());
  model.use_plug_in(false);
  EXPECT_EQ(forecast_of(model, table, windows).everything(), drawn.everything());
}

/// Mean of the mixture of window b, step after step.
std::vector<double> mixture_mean(const test::Forecast& f, std::size_t b) {
  std::vector<double> mean(f.horizon);
  for (std::size_t j = 0; j < f.components; ++j) {
    const double weight = std::exp(static_cast<double>(f.log_weight[b * f.components + j]));
    for (std::size_t h = 0; h < f.horizon; ++h) {
      mean[h] += weight * static_cast<double>(f.mean[(b * f.components + j) * f.horizon + h]);
    }
  }
  return mean;
}

TEST(Forecaster, KeepsTheShareOfItsCorrectionAndTheShapeOfItsMixture) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = make_forecaster(s);
  const std::vector<Window> windows{{0, 100}, {1, 130}, {0, 200}};
  const auto whole = forecast_of(model, table, windows);
  for (const double share : {0.0, 0.3}) {
    model.set_correction_share(share);
    const auto some = forecast_of(model, table, windows);
    EXPECT_EQ(some.scale, whole.scale);
    EXPECT_EQ(some.log_weight, whole.log_weight);
    for (std::size_t b = 0; b < windows.size(); ++b) {
      std::vector<float> context(s.lookback), line(s.horizon);
      gather_context(table.matrix(), windows[b], context);
      model.line().forecast(0, context, line);
      const auto before = mixture_mean(whole, b), after = mixture_mean(some, b);
      for (std::size_t h = 0; h < s.horizon; ++h) {
        const double l = static_cast<double>(line[h]), moved = after[h] - before[h];
        EXPECT_NEAR(after[h], l + share * (before[h] - l), 1e-5);
        for (std::size_t j = 0; j < whole.components; ++j) {
          const std::size_t at = (b * whole.components + j) * s.horizon + h;
          EXPECT_NEAR(some.mean[at] - whole.mean[at], moved, 1e-5) << "all components move alike";
        }
      }
    }
  }
}

TEST(Forecaster, OtherDrawsMoveAsThoseOfTheScores) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = make_forecaster(s);
  Scheduler scheduler(2);
  const std::vector<Window> windows{{0, 100}, {1, 130}};
  const Range others{s.score_draws, s.score_draws + 1};  // a single draw has no mean of its own to be moved by
  ForecastBatch whole, some;
  model.forecast(table.matrix(), windows, others, whole, scheduler);
  const auto scores = forecast_of(model, table, windows);
  model.set_correction_share(0.25);
  model.forecast(table.matrix(), windows, others, some, scheduler);
  const auto moved = forecast_of(model, table, windows);
  const std::size_t per_window = scores.components * s.horizon;
  for (std::size_t b = 0; b < windows.size(); ++b) {
    for (std::size_t h = 0; h < s.horizon; ++h) {
      const float shift = moved.mean[b * per_window + h] - scores.mean[b * per_window + h];
      EXPECT_NEAR(some.mean()(b * s.components, h) - whole.mean()(b * s.components, h), shift, 1e-5);
    }
  }
}

// Weights are packed at the first forecast; a later edit must reach the next one, in both kinds of plan.
TEST(Forecaster, SeesEveryEditOfItsParameters) {
  const Table table;
  Settings s = test::small_settings();
  s.start_at_zero = false;
  auto model = make_forecaster(s), fresh = make_forecaster(s);
  const std::vector<Window> windows{{0, 100}, {1, 100}};
  for (const bool plug_in : {false, true}) {
    model.use_plug_in(plug_in);
    const auto before = forecast_of(model, table, windows).everything();
    for (float& value : model.edit_parameters()) value *= 1.25f;
    const auto after = forecast_of(model, table, windows).everything();
    EXPECT_NE(before, after);
    std::ranges::copy(model.parameters(), fresh.edit_parameters().begin());
    fresh.use_plug_in(plug_in);
    EXPECT_EQ(after, forecast_of(fresh, table, windows).everything());
  }
}

// Two series of the same values: alike as long as their vectors are, and none hears of another's.
TEST(Forecaster, KnowsOfWhichSeriesAWindowIs) {
  Table table;
  for (std::size_t t = 0; t < table.rows; ++t) table.at(1, t) = table.at(0, t);
  Settings s = test::small_settings();
  s.start_at_zero = false;
  s.tells_series = true;
  Forecaster model = make_forecaster(s);
  model.use_plug_in(true);
  const std::vector<Window> windows{{0, 100}, {1, 100}};
  const Forecast before = forecast_of(model, table, windows);
  EXPECT_EQ(before.window(0), before.window(1));
  const Slot vectors = model.network().layout().find("encoder.series").slot;
  for (std::size_t c = 0; c < vectors.cols; ++c) model.edit_parameters()[vectors.offset + vectors.cols + c] = 0.5f;
  const Forecast after = forecast_of(model, table, windows);
  EXPECT_EQ(after.window(0), before.window(0));
  EXPECT_NE(after.window(1), before.window(1));
}

TEST(Forecaster, RefusesWindowsOfSeriesItNeverLearned) {
  Table three;
  three.series = 3;
  three.values.resize(three.series * three.rows, 0.5f);
  Settings s = test::small_settings();
  s.tells_series = true;
  Forecaster model = make_forecaster(s);
  EXPECT_NO_THROW(forecast_of(model, three, {{1, 100}}));
  EXPECT_THROW(forecast_of(model, three, {{2, 100}}), Error);
  s.tells_series = false;
  Forecaster any = make_forecaster(s);
  EXPECT_NO_THROW(forecast_of(any, three, {{2, 100}}));
}

TEST(Forecaster, ReadsOnlyRowsBeforeTheOrigin) {
  Table table;
  auto model = make_forecaster(test::small_settings());
  const auto before = forecast_of(model, table, {{1, 200}});
  for (std::size_t t = 200; t < table.rows; ++t) table.at(1, t) = 1e6f;
  for (std::size_t t = 0; t < 200 - model.context_rows(); ++t) table.at(1, t) = -1e6f;
  EXPECT_EQ(forecast_of(model, table, {{1, 200}}).everything(), before.everything());
  table.at(1, 199) += 1.0f;
  EXPECT_NE(forecast_of(model, table, {{1, 200}}).everything(), before.everything());
}

TEST(Forecaster, AMixtureIsNormalised) {
  const Table table;
  auto model = make_forecaster(test::small_settings());
  const auto f = forecast_of(model, table, some_windows(table, 20));
  for (std::size_t b = 0; b < 20; ++b) {
    double sum = 0;
    for (std::size_t j = 0; j < f.components; ++j)
      sum += std::exp(static_cast<double>(f.log_weight[b * f.components + j]));
    EXPECT_NEAR(sum, 1.0, 1e-6);
  }
}

TEST(Forecaster, StartedAtZeroIsTheLine) {
  const Table table;
  for (const WindowNorm norm :
       {WindowNorm::none, WindowNorm::last, WindowNorm::last_deviation, WindowNorm::mean_deviation}) {
    for (const bool pair : {false, true}) {
      Settings s = test::small_settings();
      s.window_norm = norm;
      s.pair = pair;
      auto model = make_forecaster(s);
      const auto windows = some_windows(table, 40);
      const auto f = forecast_of(model, table, windows);
      for (std::size_t b = 0; b < windows.size(); ++b) {
        std::vector<float> context(s.lookback), want(s.horizon);
        gather_context(table.matrix(), windows[b], context);
        model.line().forecast(0, context, want);
        for (std::size_t i = 0; i < f.components * s.horizon; ++i) {
          EXPECT_NEAR(f.mean[b * f.components * s.horizon + i], want[i % s.horizon], 2e-5) << static_cast<int>(norm);
        }
      }
    }
  }
}

std::vector<std::uint32_t> counted(std::size_t rows, std::size_t cycle) {
  std::vector<std::uint32_t> phases(rows);
  for (std::size_t t = 0; t < rows; ++t) phases[t] = static_cast<std::uint32_t>(t % cycle);
  return phases;
}

/// make_forecaster with a profile of 30 rows for each of the two series.
Forecaster periodic_forecaster(const Settings& s) {
  LinearPath line = make_line(s, .1);
  line.profile = {30, {}};
  for (std::size_t k = 0; k < 60; ++k) {
    line.profile.values.push_back(static_cast<float>(std::sin(.4 * static_cast<double>(k * k))));
  }
  Forecaster model(s, "default", Scaler{{0, 0}, {1, 1}, {}}, DataRecord{}, std::move(line));
  return model;
}

TEST(Forecaster, APeriodicLineTakesItsCycleOutAndPutsItBack) {
  const Table table;
  for (const WindowNorm norm : {WindowNorm::none, WindowNorm::mean_deviation}) {
    for (const bool pair : {false, true}) {
      Settings s = test::small_settings();
      s.window_norm = norm;
      s.pair = pair;
      Forecaster model = periodic_forecaster(s);
      const auto phases = counted(table.rows, 30);
      model.place_rows(phases);
      auto windows = some_windows(table, 40);
      windows.push_back({1, 400});  // its targets lie behind the table
      const auto f = forecast_of(model, table, windows);
      for (std::size_t b = 0; b < windows.size(); ++b) {
        const std::size_t first = windows[b].origin - s.lookback;
        const auto row = table.matrix().row(windows[b].series).subspan(first, s.lookback);
        const auto profile = model.line().profile.of(windows[b].series);
        const float a = profile_amplitude(row, std::span(phases).subspan(first, s.lookback), profile);
        std::vector<float> rest(s.lookback), want(s.horizon);
        for (std::size_t l = 0; l < s.lookback; ++l) rest[l] = row[l] - a * profile[phases[first + l]];
        model.line().forecast(0, rest, want);
        for (std::size_t h = 0; h < s.horizon; ++h) want[h] += a * profile[(windows[b].origin + h) % 30];
        for (std::size_t i = 0; i < f.components * s.horizon; ++i) {
          EXPECT_NEAR(f.mean[b * f.components * s.horizon + i], want[i % s.horizon], 2e-5) << b;
        }
      }
    }
  }
}

TEST(Forecaster, APeriodicLineMustKnowWhereTheRowsOfItsTableStand) {
  const Table table;
  Forecaster model = periodic_forecaster(test::small_settings());
  EXPECT_THROW(forecast_of(model, table, {{0, 100}}), Error);
  model.place_rows(counted(table.rows - 1, 30));
  EXPECT_THROW(forecast_of(model, table, {{0, 100}}), Error);
}

TEST(Forecaster, RefusesWindowsOutsideTheTable) {
  const Table table;
  Forecaster model = make_forecaster(test::small_settings());
  const auto last = static_cast<std::uint32_t>(table.rows);
  EXPECT_NO_THROW(forecast_of(model, table, {{0, last}}));
  EXPECT_THROW(forecast_of(model, table, {{0, last + 1}}), Error);
  EXPECT_THROW(forecast_of(model, table, {{1000, 100}}), Error);
}

// A window moved and stretched is, normalised, the same window.
TEST(Forecaster, WindowNormalisationIsUndone) {
  for (const WindowNorm norm : {WindowNorm::last, WindowNorm::last_deviation, WindowNorm::mean_deviation}) {
    for (const LineMode line : {LineMode::none, LineMode::frozen, LineMode::tuned}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(norm) << " line " << static_cast<int>(line));
      Settings s = test::small_settings();
      s.window_norm = norm;
      s.window_floor = 1e-6;
      s.start_at_zero = false;
      s.line = line;
      s.pair = true;
      const float a = norm == WindowNorm::last ? 1.0f : 4.0f, shift = -3.0f;
      Table table, moved;
      for (float& value : moved.values) value = a * value + shift;
      auto model = make_forecaster(s, 0.0);  // the bias of the line, in scaled units, does not stretch
      const auto windows = some_windows(table, 20);
      const auto f = forecast_of(model, table, windows), g = forecast_of(model, moved, windows);
      const auto floor = static_cast<float>(s.scale_floor);
      for (std::size_t i = 0; i < f.mean.size(); ++i) {
        EXPECT_NEAR(g.mean[i], a * f.mean[i] + shift, 2e-4);
        EXPECT_NEAR(g.scale[i], a * (f.scale[i] - floor) + floor, 2e-4);
      }
      for (std::size_t i = 0; i < f.log_weight.size(); ++i) EXPECT_NEAR(g.log_weight[i], f.log_weight[i], 2e-4);
    }
  }
}

// Without a line and before training the forecast is what the window was centred on, its scale what it was divided by.
TEST(Forecaster, WindowMeanAndDeviationAreThoseOfTheObservedRows) {
  Settings s = test::small_settings();
  s.line = LineMode::none;
  s.scale = nn::ScaleMode::per_step;
  auto model = make_forecaster(s);
  Table table;
  for (const std::size_t row : {80u, 90u, 99u}) table.at(0, row) = std::nanf("");
  const std::vector<Window> windows{{0, 100, 0}, {0, 100, 85}, {1, 9, 0}, {1, 100, 76}};
  const auto f = forecast_of(model, table, windows);
  std::vector<double> factors;
  for (std::size_t b = 0; b < windows.size(); ++b) {
    double count = 0, sum = 0, squares = 0;
    for (std::size_t row = windows[b].origin - std::min<std::size_t>(24, windows[b].origin - windows[b].begin);
         row < windows[b].origin; ++row) {
      const double value = static_cast<double>(table.at(windows[b].series, row));
      if (std::isnan(value)) continue;
      count += 1;
      sum += value;
      squares += value * value;
    }
    const double mean = sum / count;
    factors.push_back(std::sqrt(squares / count - mean * mean + s.window_floor * s.window_floor));
    const std::size_t at = b * f.components * s.horizon;
    for (std::size_t i = 0; i < f.components * s.horizon; ++i) EXPECT_NEAR(f.mean[at + i], mean, 1e-5) << b;
    EXPECT_NEAR((f.scale[at] - s.scale_floor) / (f.scale[0] - s.scale_floor), factors[b] / factors[0], 1e-4) << b;
  }
}

TEST(Forecaster, PaddedWindowsReadWhatGatherContextGives) {
  Table table;
  for (const std::size_t row : {3u, 61u, 62u}) table.at(0, row) = std::nanf("");
  const std::vector<Window> windows{{0, 9, 0}, {0, 66, 58}, {1, 66, 58}, {1, 12, 4}};
  for (const bool pair : {false, true}) {
    Settings s = test::small_settings();
    s.pair = pair;
    auto model = make_forecaster(s);
    const auto f = forecast_of(model, table, windows);
    for (std::size_t b = 0; b < windows.size(); ++b) {
      std::vector<float> context(s.lookback), want(s.horizon);
      gather_context(table.matrix(), windows[b], context);
      model.line().forecast(0, context, want);
      for (std::size_t i = 0; i < f.components * s.horizon; ++i) {
        EXPECT_NEAR(f.mean[b * f.components * s.horizon + i], want[i % s.horizon], 2e-5) << b;
      }
    }
  }
}

TEST(Forecaster, AConstantWindowForecastsFinitely) {
  Table table;
  std::ranges::fill(table.values, 2.5f);
  auto model = make_forecaster(test::small_settings(), 0.0);
  const auto f = forecast_of(model, table, {{0, 100}});
  for (const float mean : f.mean) EXPECT_NEAR(mean, 2.5f, 1e-5);
  for (const float scale : f.scale) EXPECT_GT(scale, 0.0f);
}

TEST(Forecaster, AMovedOneForecastsTheSame) {
  const Table table;
  auto model = make_forecaster(test::small_settings());
  const auto before = forecast_of(model, table, {{0, 100}, {1, 300}});
  Forecaster moved = std::move(model);
  EXPECT_EQ(forecast_of(moved, table, {{0, 100}, {1, 300}}).everything(), before.everything());
}

}  // namespace
}  // namespace vdn
