#include <vdn/train/fit_job.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <vdn/core/version.hpp>
#include <vdn/data/checksum.hpp>

#include "train/train_support.hpp"

namespace vdn {
namespace {

using namespace test;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// The settings a thread count could matter to: every kind of layer, a batch that its blocks do not divide.
std::vector<Settings> varied_settings() {
  Settings plain = small_settings(), pair = small_settings(), local = small_settings(), wide = small_settings();
  plain.batch = 37;
  pair.pair = true;
  pair.sigma = neuron::SigmaMode::per_unit;
  pair.line = LineMode::none;
  pair.window_norm = WindowNorm::last;
  local.local_decoder = true;
  local.dims = 3;
  local.sigma = neuron::SigmaMode::scalar;
  local.scale = nn::ScaleMode::per_step;
  local.objective = kernels::Objective::elbo;
  wide.neurons = 300;  // several tiles of the weight tasks, several chunks of the update
  wide.encoder_width = 150;
  wide.epochs = 1;
  Settings draws = small_settings(), kl = small_settings(), hierarchical = small_settings();
  draws.prior = kl.prior = Prior::ar1;
  draws.ar_form = ArForm::draws;
  kl.ar_form = ArForm::kl;
  kl.learn_phi = true;
  kl.dims = 3;
  hierarchical.prior = Prior::hierarchical;
  return {plain, pair, local, wide, draws, kl, hierarchical, with_twin(small_settings(), Twin::mixture)};
}

TEST(FitForecaster, SameBitsForAnyNumberOfThreads) {
  for (const Settings& settings : varied_settings()) {
    Recorder one;
    const auto expected = parameters_of(fit_small(settings, one, 1));
    for (const std::size_t threads : {2u, 4u}) {
      Recorder many;
      EXPECT_TRUE(same_bits(parameters_of(fit_small(settings, many, threads)), expected)) << threads << " threads";
      EXPECT_EQ(many.losses, one.losses);
      ASSERT_EQ(many.epochs.size(), one.epochs.size());
      for (std::size_t e = 0; e < one.epochs.size(); ++e) {
        EXPECT_EQ(many.epochs[e].validation_nll, one.epochs[e].validation_nll);
        EXPECT_EQ(many.epochs[e].info_sum, one.epochs[e].info_sum);
        EXPECT_EQ(many.epochs[e].train_ar, one.epochs[e].train_ar);
        EXPECT_EQ(many.epochs[e].macro_kl, one.epochs[e].macro_kl);
      }
    }
  }
}

TEST(FitForecaster, AnotherSeedGivesOtherParameters) {
  Settings other = small_settings();
  other.seed = 8;
  const auto first = parameters_of(fit_small(small_settings()));
  EXPECT_TRUE(same_bits(parameters_of(fit_small(small_settings())), first));
  EXPECT_FALSE(same_bits(parameters_of(fit_small(other)), first));
}

TEST(FitForecaster, RecordsTheDataAndTheTraining) {
  const Forecaster f = fit_small(small_settings());
  EXPECT_EQ(f.data().source, "small.csv");
  EXPECT_EQ(f.data().series_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(f.data().step, (TimeStep{TimeUnit::second, 3600}));
  EXPECT_EQ(f.data().rows, 400u);
  EXPECT_EQ(f.data().split, "auto");
  EXPECT_EQ(f.data().borders, auto_borders(400));
  EXPECT_EQ(f.data().season, 24u);
  EXPECT_EQ(f.line().horizon, 4u);
  EXPECT_EQ(f.training().epochs, 2u);
  EXPECT_EQ(f.training().steps, 20u);
  EXPECT_GE(f.training().best_epoch, 1u);
  EXPECT_FALSE(f.training().interrupted);
  EXPECT_GT(f.training().seconds, 0.0);
  EXPECT_EQ(f.training().version, version());
}

TEST(FitForecaster, RecordsTimesChecksumOriginsAndReading) {
  LoadedData data = small_data();
  data.series.values[5] = data.series.values[399] = missing;
  FitJob job{.settings = small_settings()};
  job.settings.epochs = 1;
  job.origins = {{"train.seed", "--seed"}};
  Scheduler scheduler(2);
  Recorder recorder;
  const Forecaster f = fit_forecaster(data, job, scheduler, recorder);
  const auto& times = data.series.times;  // 280, 40 and 80 rows
  EXPECT_EQ(f.data().times, (PartTimes{times[0], times[279], times[319], times[399], times[399]}));
  EXPECT_EQ(f.data().missing, std::size_t{2});
  EXPECT_EQ(f.data().values_sha256, values_sha256(data.series));
  EXPECT_EQ(f.data().reading, data.reading);
  EXPECT_EQ(f.origins().at("train.seed"), "--seed");
  EXPECT_EQ(f.origins().at("line.penalty"), "chosen by rolling origins");
}

TEST(FitForecaster, TakesTheSeasonFromTheStep) {
  const std::pair<TimeStep, std::size_t> steps[] = {
      {{TimeUnit::second, 600}, 144}, {{TimeUnit::second, 900}, 96},    {{TimeUnit::second, 1800}, 48},
      {{TimeUnit::second, 86400}, 7}, {{TimeUnit::second, 604800}, 52}, {{TimeUnit::month, 1}, 12},
      {{TimeUnit::index, 1}, 1},      {{TimeUnit::second, 7}, 1},       {{TimeUnit::month, 12}, 1}};
  Settings settings = small_settings();
  settings.epochs = 1;
  settings.windows_per_epoch = 40;
  for (const auto& [step, season] : steps) {
    LoadedData data = small_data();
    data.series.step = step;
    EXPECT_EQ(fit_small(settings, 1, data).data().season, season) << describe_step(step);
  }
  LoadedData named = small_data();
  named.set = find_named("exchange");
  named.series.step = {TimeUnit::second, 86400};
  const Forecaster f = fit_small(settings, 1, named);
  EXPECT_EQ(f.data().season, 1u);
  EXPECT_EQ(f.data().source, "exchange");
}

TEST(FitForecaster, LowersTheLoss) {
  Settings settings = small_settings();
  settings.epochs = 8;
  settings.learning_rate = 1e-2;
  Recorder recorder;
  const Forecaster f = fit_small(settings, recorder);
  ASSERT_GE(recorder.epochs.size(), 2u);
  EXPECT_LT(f.training().validation_nll, recorder.epochs.front().validation_nll);
  EXPECT_LT(recorder.epochs.back().train_loss, recorder.epochs.front().train_loss);
}

TEST(FitForecaster, TrainsWithMissingValues) {
  LoadedData data = small_data();
  for (std::size_t i = 0; i < data.series.values.size(); i += 7) data.series.values[i] = missing;
  for (std::size_t t = 100; t < 160; ++t) data.series.values[t] = missing;  // longer than a window
  Settings settings = small_settings();
  settings.line = LineMode::none;  // no window is complete
  Recorder recorder;
  const Forecaster f = fit_small(settings, recorder, 2, data);
  for (const double loss : recorder.losses) EXPECT_TRUE(std::isfinite(loss));
  EXPECT_TRUE(std::isfinite(f.training().validation_nll));
  for (const float value : f.parameters()) ASSERT_TRUE(std::isfinite(value));
}

TEST(FitForecaster, RefusesWhatCannotBeFitted) {
  const auto fit_with = [](const Settings& settings, const LoadedData& data) {
    return [=] { fit_small(settings, 1, data); };
  };
  Settings settings = small_settings();
  settings.horizon = 0;
  expect_part(message_of(fit_with(settings, small_data()), ErrorKind::config), "--horizon");
  settings = small_settings();
  settings.scale_floor = settings.scale_cap;
  expect_part(message_of(fit_with(settings, small_data()), ErrorKind::config), "head.scale_floor");
  settings = small_settings();
  settings.components = 70000;
  expect_part(message_of(fit_with(settings, small_data()), ErrorKind::config), "head.components");
  settings = small_settings();
  settings.horizon = 60;
  expect_part(message_of(fit_with(settings, small_data()), ErrorKind::data), "too short for lookback 24 + horizon 60");
  LoadedData blind = small_data();
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t t = 280; t < 320; ++t) blind.series.values[d * 400 + t] = missing;
  }
  expect_part(message_of(fit_with(small_settings(), blind), ErrorKind::data), "rows 281 to 320");
  LoadedData empty = small_data();
  std::fill_n(empty.series.values.begin(), 400, missing);
  expect_part(message_of(fit_with(small_settings(), empty), ErrorKind::data), "a");
}

TEST(ScaleFor, AcceptsOnlyTheSeriesOfTheModel) {
  Forecaster f = fit_small(small_settings());
  const LoadedData data = small_data();
  const auto scaled = scale_for(f, data.series);
  EXPECT_EQ(scaled, scale_series(data.series, f.scaler()));
  SeriesSet other = small_data(400, 3).series;
  expect_part(message_of([&] { scale_for(f, other); }, ErrorKind::data), "has 3 series, the model was fitted on 2");
  other = data.series;
  other.names[1] = "x";
  expect_part(message_of([&] { scale_for(f, other); }, ErrorKind::data),
              "series 2 is 'x', the model was fitted on 'b'");
  other = data.series;
  other.step.count = 86400;
  expect_part(message_of([&] { scale_for(f, other); }, ErrorKind::data), "a row every 1 day");
}

TEST(ScaleFor, PlacesTheRowsOfALaterTableInTheCycle) {
  Settings settings = small_settings();
  settings.line_cycle = 24;
  settings.lookback = 12;
  Forecaster f = fit_small(settings);
  ASSERT_EQ(f.line().profile.cycle, 24u);
  f.use_plug_in(true);  // draws belong to row numbers
  const LoadedData data = small_data();
  SeriesSet later = data.series;
  constexpr std::size_t cut = 5;
  later.times.erase(later.times.begin(), later.times.begin() + cut);
  later.values.clear();
  for (std::size_t d = 0; d < 2; ++d) {
    const auto row = data.series.series(d).subspan(cut);
    later.values.insert(later.values.end(), row.begin(), row.end());
  }
  Scheduler scheduler(1);
  const auto means = [&](const SeriesSet& table, std::uint32_t origin) {
    const auto scaled = scale_for(f, table);
    ForecastBatch batch;
    f.forecast({scaled.data(), 2, table.length()}, std::vector<Window>{{0, origin}, {1, origin}}, batch, scheduler);
    return std::vector<float>(batch.mean().flat().begin(), batch.mean().flat().end());
  };
  EXPECT_EQ(means(data.series, 400), means(later, 400 - cut));
  EXPECT_EQ(means(data.series, 333), means(later, 333 - cut));
}

/// A table whose values are missing at random, and short ones: what could not be fitted on complete windows.
TEST(FitForecaster, FitsSeriesWithRandomMissingValuesAtALongLookback) {
  LoadedData data = small_data(900);
  std::uint32_t bits = 5;
  for (double& value : data.series.values) {
    bits = bits * 1664525u + 1013904223u;
    if ((bits >> 8) % 10 == 0) value = missing;
  }
  Settings settings = small_settings();
  settings.lookback = 336;
  settings.epochs = 1;
  const Forecaster f = fit_small(settings, 2, data);
  EXPECT_TRUE(std::isfinite(f.training().validation_nll));
  // The sines are seen through the filled gaps: far better than the deviation of the series.
  EXPECT_LT(f.training().validation_mse, 0.3);
}

TEST(FitForecaster, FitsShortSeriesWithPaddedWindows) {
  for (const std::uint64_t lookback : {24u, 336u}) {
    const LoadedData data = small_data(40, 12);
    Settings settings = small_settings();
    settings.lookback = lookback;
    const Forecaster f = fit_small(settings, 2, data);
    EXPECT_TRUE(std::isfinite(f.training().validation_nll));
    const FitWindows windows = fit_windows(data.series, Split::automatic, f.data().borders, settings);
    EXPECT_EQ(windows.training.count(), lookback == 24 ? 12u : 12u * 17);  // origins 24; origins 8 to 24
    EXPECT_EQ(windows.training.padded(lookback), lookback == 24 ? 0u : 12u * 17);
  }
}

TEST(FitForecaster, GapsAndUnequalSeriesTrainTheSameOnAnyNumberOfThreads) {
  LoadedData data = small_data(400, 3);
  data.series.breaks = {90, 130};
  data.series.extent = {{0, 400}, {150, 400}, {0, 395}};
  for (std::size_t t = 0; t < 150; ++t) data.series.values[400 + t] = missing;
  for (std::size_t t = 395; t < 400; ++t) data.series.values[800 + t] = missing;
  const auto one = parameters_of(fit_small(small_settings(), 1, data));
  EXPECT_TRUE(same_bits(parameters_of(fit_small(small_settings(), 3, data)), one));
}

}  // namespace
}  // namespace vdn
