// How much of the network's correction is kept.

#include <vdn/train/correction.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

#include <vdn/data/scaling.hpp>
#include <vdn/train/calibrate.hpp>
#include <vdn/train/fit_job.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

Settings judged_settings() {
  Settings s = test::small_settings();
  s.correction = CorrectionMode::judged;
  return s;
}

struct Told : TrainingObserver {
  void on_rehearsal(Range training) override { rehearsals.push_back(training); }
  std::vector<Range> rehearsals;
};

TEST(BestShare, IsTheLeastSquaresOneOfASinglePart) {
  const std::array<CorrectionErrors, 1> part{{{10, 3, 5}}};  // (y - l) c / c^2 = .6
  EXPECT_NEAR(best_share(part), .6, 1e-12);
  const std::array<CorrectionErrors, 1> harmful{{{10, -3, 5}}};
  EXPECT_EQ(best_share(harmful), 0.0);
  const std::array<CorrectionErrors, 1> timid{{{10, 8, 5}}};
  EXPECT_EQ(best_share(timid), 1.0);
}

TEST(BestShare, WeighsPartsBySharesOfTheirError) {
  // The second part says the opposite of the first, a thousand times as loud.
  const std::array<CorrectionErrors, 2> parts{{{1, .5, .5}, {1000, 0, 500}}};
  const double share = best_share(parts);
  EXPECT_GT(share, .5) << "a sum would give none";
  double least = 1e9, at = 0;
  for (int k = 0; k <= 1000; ++k) {
    const double a = k / 1000.0, value = std::log(parts[0].with(a) / 1) + std::log(parts[1].with(a) / 1000);
    if (value < least) {
      least = value;
      at = a;
    }
  }
  EXPECT_NEAR(share, at, .026) << "the grid's nearest";
}

TEST(BestShare, KeepsAllWhereNothingSpeaksAgainstIt) {
  const std::array<CorrectionErrors, 1> silent{{{10, 0, 0}}}, perfect{{{0, 0, 0}}};
  EXPECT_EQ(best_share(silent), 1.0);
  EXPECT_EQ(best_share(perfect), 1.0);
  EXPECT_EQ(best_share({}), 1.0);
}

TEST(RehearsalBorders, DivideTheTrainingRows) {
  const Borders borders = rehearsal_borders({1000, 1200, 1500});
  EXPECT_EQ(borders, (Borders{550, 1000, 1000}));
}

TEST(CorrectionErrors, AreThoseOfForecastsWithAShareSeriesBySeries) {
  const LoadedData data = test::small_data();
  Scheduler scheduler(2);
  TrainingObserver silent;
  Forecaster model = fit_forecaster(data, {.settings = test::small_settings()}, scheduler, silent);
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), data.series.count(), data.series.length());
  const Windows windows(300, 340, data.series.count());
  const CorrectionErrors errors = correction_errors(model, scaled, windows, scheduler);
  const std::size_t H = model.horizon();
  std::vector<double> of_line;
  for (const double share : {0.0, 0.4, 1.0}) {
    model.set_correction_share(share);
    ForecastBatch forecast;
    std::vector<Window> all;
    for (std::size_t i = 0; i < windows.count(); ++i) all.push_back(windows[i]);
    model.forecast(scaled, all, forecast, scheduler);
    std::vector<double> sums(data.series.count());
    for (std::size_t b = 0; b < all.size(); ++b) {
      for (std::size_t h = 0; h < H; ++h) {
        double mean = 0;
        for (std::size_t j = 0; j < forecast.components(); ++j) {
          mean += std::exp(static_cast<double>(forecast.log_weight()(b, j))) *
                  static_cast<double>(forecast.mean()(b * forecast.components() + j, h));
        }
        sums[all[b].series] += std::pow(mean - static_cast<double>(scaled(all[b].series, all[b].origin + h)), 2);
      }
    }
    if (share == 0.0) of_line = sums;
    double relative = 0;
    for (std::size_t d = 0; d < sums.size(); ++d) relative += sums[d] / of_line[d];
    EXPECT_NEAR(errors.with(share), relative, 1e-4 * relative) << share;
  }
}

TEST(Correction, IsJudgedByARehearsalAndRecorded) {
  Scheduler scheduler(2), three(3);
  Told told;
  const Forecaster model = fit_forecaster(test::small_data(), {.settings = judged_settings()}, scheduler, told);
  EXPECT_EQ(told.rehearsals, (std::vector<Range>{{0, 154}})) << "55% of 280 rows";
  const Forecaster again = fit_forecaster(test::small_data(), {.settings = judged_settings()}, three, told);
  EXPECT_EQ(model.correction_share(), again.correction_share());
  const Forecaster whole = fit_forecaster(test::small_data(), {.settings = test::small_settings()}, scheduler, told);
  EXPECT_EQ(whole.correction_share(), 1.0);
  EXPECT_TRUE(std::equal(model.parameters().begin(), model.parameters().end(), whole.parameters().begin()))
      << "training does not know of it";
}

/// What validation says of a fit, and what the fit of the rows of its rehearsal says.
std::vector<CorrectionErrors> both_parts(const LoadedData& data, const FitJob& job, Scheduler& scheduler) {
  TrainingObserver silent;
  std::vector<CorrectionErrors> parts;
  const PreparedFit prepared = prepare_fit(data, job, scheduler);
  for (const PreparedFit* fit_of : {&prepared, prepared.earlier.get()}) {
    Forecaster model(fit_of->settings, "default", fit_of->scaler, fit_of->data, fit_of->line);
    const FitWindows windows = fit_windows(data.series, job.split, fit_of->data.borders, fit_of->settings);
    fit(model, fit_of->scaled(), windows, scheduler, silent);
    parts.push_back(correction_errors(model, fit_of->scaled(), windows.validation, scheduler));
  }
  return parts;
}

TEST(Correction, IsTheShareThatBothPartsBearOut) {
  Scheduler scheduler(2);
  TrainingObserver silent;
  FitJob job{.settings = judged_settings()};
  job.settings.learning_rate = 0.03;  // learns enough by heart to be cut
  const auto parts = both_parts(test::small_data(), job, scheduler);
  const double share = best_share(parts);
  EXPECT_LT(share, 1.0) << "nothing to see otherwise";
  EXPECT_EQ(fit_forecaster(test::small_data(), job, scheduler, silent).correction_share(),
            trusted_share(share, (40 + 126) / 4.0))
      << "rows of both parts over H";
}

TEST(Correction, TheRehearsalSaysHowWideForecastsAre) {
  Scheduler scheduler(2);
  TrainingObserver silent;
  FitJob job{.settings = judged_settings()};
  job.settings.calibration = CalibrationMode::split;
  const LoadedData data = test::small_data();
  const Forecaster model = fit_forecaster(data, job, scheduler, silent);
  const PreparedFit prepared = prepare_fit(data, job, scheduler);
  std::vector<HeldOut> parts;
  for (const PreparedFit* fit_of : {&prepared, prepared.earlier.get()}) {
    Forecaster one(fit_of->settings, "default", fit_of->scaler, fit_of->data, fit_of->line);
    const FitWindows windows = fit_windows(data.series, job.split, fit_of->data.borders, fit_of->settings);
    fit(one, fit_of->scaled(), windows, scheduler, silent);
    one.set_correction_share(model.correction_share());
    parts.push_back(held_out(one, fit_of->scaled(), windows, scheduler));
  }
  EXPECT_EQ(parts[0].independent_windows, 4.5) << "of 40 rows 18 calibrate";
  EXPECT_EQ(parts[1].independent_windows, 15.25) << "of 126 rows 61";
  const auto& [validation, rehearsed] = std::tie(parts[0], parts[1]);
  EXPECT_EQ(model.calibration(), validation.forecasts.finish(validation.independent_windows, rehearsed.forecasts,
                                                             rehearsed.independent_windows));
  EXPECT_NE(model.calibration(), validation.forecasts.finish(validation.independent_windows));
}

TEST(Correction, IsWholeWhereThereIsNoLine) {
  Scheduler scheduler(1);
  Told told;
  Settings s = judged_settings();
  s.line = LineMode::none;
  EXPECT_EQ(fit_forecaster(test::small_data(), {.settings = s}, scheduler, told).correction_share(), 1.0);
  EXPECT_TRUE(told.rehearsals.empty());
}

TEST(Correction, IsJudgedByValidationAloneWhereRowsAreTooFewForARehearsal) {
  Scheduler scheduler(1);
  Told told;
  FitJob job{.settings = judged_settings()};
  job.settings.lookback = 150;  // more rows than a rehearsal would have
  const LoadedData data = test::small_data();
  const Forecaster model = fit_forecaster(data, job, scheduler, told);
  EXPECT_TRUE(told.rehearsals.empty());
  const PreparedFit prepared = prepare_fit(data, job, scheduler);
  ASSERT_EQ(prepared.earlier, nullptr);
  Forecaster again(prepared.settings, "default", prepared.scaler, prepared.data, prepared.line);
  const FitWindows windows = fit_windows(data.series, job.split, prepared.data.borders, prepared.settings);
  fit(again, prepared.scaled(), windows, scheduler, told);
  const std::vector<CorrectionErrors> parts{correction_errors(again, prepared.scaled(), windows.validation, scheduler)};
  EXPECT_EQ(model.correction_share(), trusted_share(best_share(parts), 40 / 4.0));
}

TEST(TrustedShare, IsThatOfTheLineWhereNothingJudged) {
  EXPECT_EQ(trusted_share(1, 0), 0);
  EXPECT_EQ(trusted_share(1, 4), .5);
  EXPECT_EQ(trusted_share(.5, 12), .375);
  EXPECT_GT(trusted_share(1, 1000), .99);
}

TEST(IndependentJudges, AreWhatIsLookedAtAndObserved) {
  Scheduler scheduler(1);
  TrainingObserver silent;
  const LoadedData data = test::small_data();
  const FitJob job{.settings = judged_settings()};
  const PreparedFit prepared = prepare_fit(data, job, scheduler);
  Forecaster model(prepared.settings, "default", prepared.scaler, prepared.data, prepared.line);
  const FitWindows windows = fit_windows(data.series, job.split, prepared.data.borders, prepared.settings);
  EXPECT_EQ(independent_judges(model, prepared.scaled(), windows), 40 / 4.0);
  std::vector<float> values = prepared.values;
  const std::size_t T = data.series.length(), end = prepared.data.borders.val_end;
  for (std::size_t t = end - 40; t < end; ++t) values[t] = std::numeric_limits<float>::quiet_NaN();  // of one in two
  EXPECT_EQ(independent_judges(model, {values.data(), data.series.count(), T}, windows), 40 / 4.0 / 2);
}

struct Impatient : Told {
  bool stop_requested() override { return !rehearsals.empty(); }
};

TEST(Correction, AStoppedRehearsalLeavesValidation) {
  Scheduler scheduler(1);
  Impatient impatient;
  const Forecaster model = fit_forecaster(test::small_data(), {.settings = judged_settings()}, scheduler, impatient);
  EXPECT_EQ(impatient.rehearsals.size(), 1u);
  EXPECT_TRUE(model.training().interrupted) << "so that it does not pass for a whole fit";
  const auto parts = both_parts(test::small_data(), {.settings = judged_settings()}, scheduler);
  EXPECT_EQ(model.correction_share(), trusted_share(best_share(std::span(parts).first(1)), 40 / 4.0));
}

}  // namespace
}  // namespace vdn
