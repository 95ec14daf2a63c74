#include <vdn/evaluate/predict.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/draws.hpp>
#include <vdn/evaluate/sample.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/predictive/paths.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

using test::small_data;
using test::small_settings;

Forecaster fitted(Settings settings = small_settings(), const LoadedData& data = small_data()) {
  Scheduler scheduler(2);
  TrainingObserver observer;
  return fit_forecaster(data, {.settings = settings}, scheduler, observer);
}

Prediction ask(Forecaster& forecaster, const SeriesSet& series, std::size_t origin,
               std::vector<double> levels = {0.1, 0.5, 0.9}) {
  Scheduler scheduler(2);
  return predict(forecaster, series, origin, std::move(levels), scheduler);
}

void expect_refused(ErrorKind kind, const std::string& part, Forecaster& forecaster, const SeriesSet& series,
                    std::size_t origin, std::vector<double> levels = {0.5}) {
  try {
    ask(forecaster, series, origin, std::move(levels));
    ADD_FAILURE() << "no error with '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), static_cast<int>(kind)) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

std::vector<std::string> written(const Prediction& p) {
  std::vector<std::string> times;
  for (std::size_t h = 0; h < p.horizon; ++h) times.push_back(format_time(p.times[h], p.step));
  return times;
}

TEST(Predict, TimesGoOnPastTheTable) {
  Forecaster f = fitted();
  const SeriesSet series = small_data().series;
  EXPECT_EQ(written(ask(f, series, 400)), (std::vector<std::string>{"2020-01-17 16:00:00", "2020-01-17 17:00:00",
                                                                    "2020-01-17 18:00:00", "2020-01-17 19:00:00"}));
  const Prediction half_inside = ask(f, series, 398);
  EXPECT_EQ(half_inside.times[0], series.times[398]);
  EXPECT_EQ(half_inside.times[1], series.times[399]);
  EXPECT_EQ(half_inside.times[2], series.times[399] + 3600);
  EXPECT_EQ(half_inside.times[3], series.times[399] + 7200);
}

TEST(Predict, MonthsAreCalendarMonths) {
  LoadedData data = small_data();
  data.series.step = {TimeUnit::month, 1};
  const std::int64_t first = *parse_time("1990-01-31");
  for (std::size_t t = 0; t < 400; ++t) {
    data.series.times[t] = advance(first, data.series.step, static_cast<std::int64_t>(t));
  }
  Forecaster f = fitted(small_settings(), data);
  data.series.times.back() = *parse_time("2023-12-31");
  EXPECT_EQ(written(ask(f, data.series, 400)),
            (std::vector<std::string>{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}));
}

TEST(Predict, IsInOriginalUnits) {
  Settings settings = small_settings();
  settings.epochs = 6;
  settings.learning_rate = 5e-3;
  Forecaster f = fitted(settings);
  const Prediction p = ask(f, small_data().series, 400);
  ASSERT_EQ(p.series, (std::vector<std::string>{"a", "b"}));
  ASSERT_EQ(p.mean.size(), 8u);
  ASSERT_EQ(p.quantiles.size(), 24u);
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t h = 0; h < 4; ++h) {
      const double truth = 100.0 * static_cast<double>(d + 1) +
                           10.0 * std::sin(2.0 * 3.14159265358979 * static_cast<double>(400 + h) / 24.0);
      EXPECT_NEAR(p.mean[d * 4 + h], truth, 4.0);
      const double deviation = std::sqrt(p.within_variance[d * 4 + h] + p.latent_variance[d * 4 + h]);
      EXPECT_GT(deviation, 0.3);
      EXPECT_LT(deviation, 6.0);
    }
  }
}

TEST(Predict, FollowsTheUnitsOfTheTable) {
  // The same table in other units: the scaled values, hence network and forecast, are the same up to rounding.
  LoadedData other = small_data();
  for (double& value : other.series.values) value = 1024.0 * value;
  Forecaster f = fitted(), g = fitted(small_settings(), other);
  const Prediction p = ask(f, small_data().series, 400), q = ask(g, other.series, 400);
  for (std::size_t i = 0; i < p.mean.size(); ++i) {
    EXPECT_NEAR(q.mean[i], 1024.0 * p.mean[i], 1e-6 * std::abs(q.mean[i]));
    EXPECT_NEAR(q.within_variance[i], 1024.0 * 1024.0 * p.within_variance[i], 1e-5 * q.within_variance[i]);
    EXPECT_NEAR(q.latent_variance[i], 1024.0 * 1024.0 * p.latent_variance[i], 1e-5 * q.within_variance[i]);
  }
  for (std::size_t i = 0; i < p.quantiles.size(); ++i) {
    EXPECT_NEAR(q.quantiles[i], 1024.0 * p.quantiles[i], 1e-6 * std::abs(q.quantiles[i]));
  }
}

TEST(Predict, QuantilesAscend) {
  Forecaster f = fitted();
  std::vector<double> levels{0.999, 0.5, 1e-6, 0.25, 0.5};
  for (int i = 1; i < 100; ++i) levels.push_back(i / 100.0);
  const Prediction p = ask(f, small_data().series, 400, levels);
  ASSERT_EQ(p.levels.size(), 101u) << "each level once";
  ASSERT_TRUE(std::is_sorted(p.levels.begin(), p.levels.end()));
  for (std::size_t at = 0; at < 8; ++at) {
    for (std::size_t q = 1; q < 101; ++q) EXPECT_GT(p.quantiles[at * 101 + q], p.quantiles[at * 101 + q - 1]);
    EXPECT_LT(p.quantiles[at * 101], p.mean[at]);
    EXPECT_GT(p.quantiles[at * 101 + 100], p.mean[at]);
  }
}

TEST(Predict, QuantilesLieAtTheirLevels) {
  Forecaster f = fitted();
  const SeriesSet series = small_data().series;
  const std::vector<double> levels{1e-5, 1e-3, .1, .5, .9, .999, .99999};
  const Prediction p = ask(f, series, 300, levels);
  const std::vector<float> values = scale_for(f, series);
  ForecastBatch forecast;
  Scheduler scheduler(1);
  const std::vector<Window> windows{{0, 300, 0}, {1, 300, 0}};
  f.forecast({values.data(), 2, series.length()}, windows, forecast, scheduler);
  StepMixture step;
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t h = 0; h < 4; ++h) {
      step.load(forecast.mixtures(), d, h);
      for (std::size_t q = 0; q < levels.size(); ++q) {
        const double value = p.quantiles[(d * 4 + h) * levels.size() + q];
        const double scaled = (value - f.scaler().mean[d]) / f.scaler().deviation[d];
        const double tail = std::min(levels[q], 1 - levels[q]);
        const double level = levels[q] < .5 ? step.view().cdf(scaled) : 1 - step.view().survival(scaled);
        EXPECT_NEAR(level, levels[q], 2e-3 * tail) << "series " << d << ", step " << h << ", level " << levels[q];
      }
    }
  }
}

TEST(Predict, ReadsOnlyRowsBeforeTheOrigin) {
  Forecaster f = fitted();
  SeriesSet series = small_data().series;
  const Prediction before = ask(f, series, 300);
  for (std::size_t t = 300; t < 400; ++t) series.values[t] = series.values[400 + t] = 1e6;
  const Prediction after = ask(f, series, 300);
  EXPECT_EQ(before.mean, after.mean);
  EXPECT_EQ(before.quantiles, after.quantiles);
}

TEST(Predict, FillsGaps) {
  Forecaster f = fitted();
  SeriesSet series = small_data().series;
  for (std::size_t t = 384; t < 400; ++t) series.values[t] = std::numeric_limits<double>::quiet_NaN();  // 8 are left
  series.values[799] = std::numeric_limits<double>::quiet_NaN();
  for (const double value : ask(f, series, 400).quantiles) EXPECT_TRUE(std::isfinite(value));
}

TEST(Predict, HasNoForecastOfASeriesItDoesNotSee) {
  Forecaster f = fitted();
  SeriesSet series = small_data().series;
  for (std::size_t t = 383; t < 400; ++t) series.values[t] = std::numeric_limits<double>::quiet_NaN();  // 7 are left
  const Prediction p = ask(f, series, 400);
  for (std::size_t i = 0; i < p.quantiles.size(); ++i)
    EXPECT_EQ(std::isnan(p.quantiles[i]), i < p.quantiles.size() / 2);
  EXPECT_EQ(p.blank, std::vector<std::size_t>{0});
  EXPECT_EQ(p.first_forecast(), 1u);
  Scheduler scheduler(1);
  SeriesSet early = series;  // series a ends ten rows before b, 7 rows of its last 24 observed
  for (std::size_t t = 373; t < 400; ++t) early.values[t] = std::numeric_limits<double>::quiet_NaN();
  early.extent = {{0, 390}, {0, 400}};
  const Prediction own_ends = predict(f, early, std::nullopt, {0.5}, scheduler);
  EXPECT_EQ(own_ends.blank, std::vector<std::size_t>{0});
  EXPECT_EQ(own_ends.padded, 0u);
  EXPECT_TRUE(own_ends.aligned()) << "what has no forecast need not end with the others";
  for (std::size_t t = 383; t < 400; ++t) series.values[400 + t] = std::numeric_limits<double>::quiet_NaN();
  try {
    predict(f, series, std::nullopt, {0.5}, scheduler);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("series 'a': has 7 observed of 24 rows"), std::string::npos)
        << error.what();
  }
}

TEST(Predict, StartsEachSeriesAtItsOwnEndAndBehindTheLastBreak) {
  Forecaster f = fitted();
  SeriesSet series = small_data().series;
  series.extent = {{0, 400}, {0, 390}};
  series.breaks = {370};
  for (std::size_t t = 390; t < 400; ++t) series.values[400 + t] = std::numeric_limits<double>::quiet_NaN();
  Scheduler scheduler(2);
  const Prediction p = predict(f, series, std::nullopt, {0.5}, scheduler);
  EXPECT_EQ(p.origins, (std::vector<std::size_t>{400, 390}));
  EXPECT_EQ(p.times[0], series.times[399] + 3600);
  EXPECT_EQ(p.times[4], series.times[390]);
  EXPECT_EQ(p.padded, 1u) << "series b has 20 of 24 rows behind the break";
  SeriesSet other = series;  // nothing before the break is read
  for (std::size_t t = 0; t < 370; ++t) other.values[t] = other.values[400 + t] = -50;
  EXPECT_EQ(predict(f, other, std::nullopt, {0.5}, scheduler).mean[4], p.mean[4]);
}

TEST(Predict, RefusesWhatItCannotAnswer) {
  Forecaster f = fitted();
  const SeriesSet series = small_data().series;
  for (const double level : {0.0, 1.0, -0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    expect_refused(ErrorKind::usage, "is not between 0 and 1", f, series, 400, {0.5, level});
  }
  expect_refused(ErrorKind::data, "the table has 400", f, series, 401);
  expect_refused(ErrorKind::data, "has 7 observed of 7 rows before the forecast, the model reads 24 and needs 8", f,
                 series, 7);
  expect_refused(ErrorKind::data, "has 3 series, the model was fitted on 2", f, small_data(400, 3).series, 400);
  SeriesSet renamed = series;
  renamed.names[0] = "z";
  expect_refused(ErrorKind::data, "series 1 is 'z', the model was fitted on 'a'", f, renamed, 400);
  EXPECT_EQ(ask(f, series, 24, {}).quantiles.size(), 0u);
}

TEST(ToCsv, QuotesAndNamesLevels) {
  Prediction p;
  p.series = {"plain", "a, \"b\""};
  p.horizon = 2;
  p.times = {0, 86400, 86400, 172800};
  p.step = {TimeUnit::second, 86400};
  p.levels = {0.05, 0.5};
  p.mean = {1, 2.5, -3, 1e9};
  p.quantiles = {0, 1, 2, 3, 4, 5, 6, 0.1};
  EXPECT_EQ(to_csv(p),
            "unique_id,ds,mean,q0.05,q0.5\n"
            "plain,1970-01-01,1,0,1\n"
            "plain,1970-01-02,2.5,2,3\n"
            "\"a, \"\"b\"\"\",1970-01-02,-3,4,5\n"
            "\"a, \"\"b\"\"\",1970-01-03,1000000000,6,0.1\n");
}

/// Neurons so noisy that some windows take more draws than the least.
Forecaster fitted_noisy() {
  Settings settings = small_settings();
  settings.sigma_start = 3.0;
  settings.epochs = 4;
  return fitted(settings);
}

const std::vector<std::optional<std::size_t>> many_origins{130, 160, 220, 250, 280, 310, 340, 370};

std::vector<Prediction> ask_for_draws(Forecaster& forecaster, const SeriesSet& series,
                                      std::span<const std::optional<std::size_t>> origins) {
  Scheduler scheduler(2);
  return predict(forecaster, series, origins, {.choose_draws = true}, scheduler);
}

Prediction ask_for_draws(Forecaster& forecaster, const SeriesSet& series, std::optional<std::size_t> origin) {
  return ask_for_draws(forecaster, series, std::span(&origin, 1)).front();
}

/// Forecast and paths of series d are those of its window alone with so many draws.
void expect_draws_of(Forecaster& f, ConstMatrix<float> scaled, const Prediction& p, std::size_t d, std::size_t needed) {
  Scheduler one(1);
  const Window window{static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(p.origins[d]), 0};
  ForecastBatch forecast;
  f.forecast(scaled, {&window, 1}, {0, needed}, forecast, one);
  const double mean = f.scaler().to_original(d, StepMixture(forecast.mixtures(), 0, 0).view().mean());
  EXPECT_NEAR(p.mean[d * p.horizon], mean, 1e-6 + 1e-6 * std::abs(mean));
  std::vector<float> paths(needed * p.horizon);
  PathSampler(f).sample(scaled, {&window, 1}, needed, {paths.data(), needed, p.horizon}, one);
  for (std::size_t n = 0; n < p.paths; ++n) {
    EXPECT_EQ(std::isnan(p.paths_of(d)(n, 0)), n >= needed) << d << " " << n;
    if (n >= needed) continue;
    const double expected = f.scaler().to_original(d, double{paths[n * p.horizon]});
    EXPECT_NEAR(double{p.paths_of(d)(n, 0)}, expected, 1e-5 + 1e-5 * std::abs(expected));
  }
}

/// ... and all origins share one table, as wide as the most draws.
TEST(Predict, ChosenDrawsAreThoseEachWindowNeeds) {
  Forecaster f = fitted_noisy();
  const SeriesSet series = small_data().series;
  const auto all = ask_for_draws(f, series, many_origins);
  Scheduler one(1);
  const std::vector<float> values = scale_for(f, series);
  const ConstMatrix<float> scaled(values.data(), series.count(), series.length());
  std::size_t least = ~std::size_t{0}, most = 0;
  for (const Prediction& p : all) {
    for (std::size_t d = 0; d < series.count(); ++d) {
      const Window window = window_at(series, d, p.origins[d]);
      const std::size_t needed = draws_needed(f, scaled, {&window, 1}, {}, one).front();
      EXPECT_EQ(p.draws[d], needed);
      expect_draws_of(f, scaled, p, d, needed);
      least = std::min(least, needed);
      most = std::max(most, needed);
    }
  }
  EXPECT_LT(least, most) << "no window takes more than another";
  for (const Prediction& p : all) EXPECT_EQ(p.paths, most);
  EXPECT_NO_THROW(to_csv(all, {}));
}

/// Fewer paths than a chunk holds come from that many draws, those the quantiles are made of.
TEST(Predict, PathsComeFromTheDrawsOfTheForecast) {
  Settings settings = small_settings();
  settings.components = 1;
  Forecaster f = fitted(settings);
  const std::vector<float> values = scale_for(f, small_data().series);
  const ConstMatrix<float> scaled(values.data(), 2, 400);
  Scheduler one(1);
  const Window window{0, 300, 0};
  constexpr std::size_t N = 16;
  ForecastBatch forecast;
  f.forecast(scaled, {&window, 1}, {0, N}, forecast, one);
  std::vector<float> paths(N * f.horizon()), expected(N * f.horizon());
  PathSampler(f).sample(scaled, {&window, 1}, N, {paths.data(), N, f.horizon()}, one);
  const StreamKey stream = stream_key(f.settings().seed, Purpose::paths);
  const std::vector<float> factor = f.dependence().factor(f.horizon());
  sample_paths(forecast.mixtures(), 0, {factor.data(), f.horizon(), f.horizon()}, {{stream, 0, 300, 0}, 0},
               {expected.data(), N, f.horizon()});
  EXPECT_EQ(paths, expected);
}

/// A series without a forecast needs no draws, whatever its empty context would ask for.
TEST(Predict, BlankSeriesChooseNothing) {
  Forecaster f = fitted();
  SeriesSet series = small_data().series;
  const std::size_t all = ask_for_draws(f, series, 390).draws[1];
  std::fill_n(series.values.begin(), 390, std::nan(""));
  const Prediction p = ask_for_draws(f, series, 390);
  ASSERT_EQ(p.blank, std::vector<std::size_t>{0});
  EXPECT_EQ(p.draws[1], all);
  EXPECT_EQ(p.paths, std::max<std::size_t>(all, f.score_draws().size()));
  EXPECT_TRUE(std::isnan(p.paths_of(0)(0, 0)));
}

TEST(Predict, NoDrawsToChooseWithoutDraws) {
  Forecaster f = fitted();
  f.use_plug_in(true);
  EXPECT_THROW(ask_for_draws(f, small_data().series, 390), Error);
}

}  // namespace
}  // namespace vdn
