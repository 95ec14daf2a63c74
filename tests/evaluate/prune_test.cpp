// Dropping neurons: exact where it can be, close where it cannot, and what is written is smaller.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <vdn/evaluate/prune.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/validation.hpp>

#include "support/small_data.hpp"

namespace vdn {
namespace {

class Prune : public testing::Test {
 protected:
  Prune() : data(test::small_data()), model(fitted()) {}
  Forecaster fitted(Settings settings = test::small_settings()) {
    TrainingObserver silent;
    return fit_forecaster(data, {.settings = settings, .split = Split::automatic}, cores, silent);
  }
  std::vector<float> means(Forecaster& of, const std::vector<Window>& windows) {
    const std::vector<float> values = scale_for(of, data.series);
    ForecastBatch batch;
    of.forecast({values.data(), data.series.count(), data.series.length()}, windows, batch, cores);
    const auto flat = batch.mean().flat();
    return {flat.begin(), flat.end()};
  }
  Scheduler cores;
  LoadedData data;
  Forecaster model;
  const std::vector<Window> windows{{0, 330, 0}, {1, 341, 0}};
};

TEST_F(Prune, AllNeuronsKeptIsTheSameNetwork) {
  std::vector<std::size_t> all(8);
  std::iota(all.begin(), all.end(), std::size_t{0});
  model.set_correction_share(0.4);
  Forecaster same = keep_neurons(model, all);
  EXPECT_EQ(means(same, windows), means(model, windows));
}

TEST_F(Prune, ParametersFollowTheirNeurons) {
  const std::vector<std::size_t> kept{1, 4, 6};
  Forecaster part = keep_neurons(model, kept);
  const auto& from = model.network().layout();
  const auto& to = part.network().layout();
  const auto whole = ConstParameters<float>{model.parameters()}.matrix(from.find("neuron.mu.weight").slot);
  const auto few = ConstParameters<float>{part.parameters()}.matrix(to.find("neuron.mu.weight").slot);
  ASSERT_EQ(few.rows, 3u);
  const auto base = ConstParameters<float>{model.parameters()}.matrix(from.find("head.base.weight").slot);
  const auto few_base = ConstParameters<float>{part.parameters()}.matrix(to.find("head.base.weight").slot);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t c = 0; c < few.cols; ++c) EXPECT_EQ(few(i, c), whole(kept[i], c));
    for (std::size_t o = 0; o < base.rows; ++o) {
      EXPECT_FLOAT_EQ(few_base(o, i), base(o, kept[i]) * std::sqrt(3.0f / 8.0f));
    }
    EXPECT_EQ(part.regime().info[i], model.regime().info[kept[i]]);
  }
  EXPECT_THROW(keep_neurons(model, std::vector<std::size_t>{4, 1}), Error);
  EXPECT_THROW(keep_neurons(model, std::vector<std::size_t>{8}), Error);
}

TEST_F(Prune, TheRecordIsThatOfTheKeptNeurons) {
  Settings settings = test::small_settings();
  settings.mode = control::parse_mode("homeostasis");
  settings.prior = Prior::ar1;
  const Forecaster whole = fitted(settings);
  const std::vector<std::size_t> kept{0, 2, 5};
  const Forecaster part = keep_neurons(whole, kept);
  for (const auto& [name, values] : neuron_figures) {
    const std::vector<float>&all = whole.regime().*values, &few = part.regime().*values;
    ASSERT_EQ(few.size(), all.empty() ? 0u : kept.size()) << name;
    for (std::size_t i = 0; i < few.size(); ++i) {
      EXPECT_TRUE(few[i] == all[kept[i]] || std::isnan(few[i])) << name;
    }
  }
  ASSERT_FALSE(part.regime().band_high.empty());
  double high = 0;
  for (std::size_t i = 0; i < 3; ++i) high += part.regime().mu2[i] > part.regime().band_high[i] ? 1.0 / 3 : 0;
  EXPECT_NEAR(part.regime().frac_high, high, 1e-6);
}

TEST_F(Prune, RefittingBringsTheHeadNearerToTheWhole) {
  const std::vector<std::size_t> kept{0, 2, 3, 5, 7};
  const std::vector<float> values = scale_for(model, data.series);
  const ConstMatrix<float> scaled(values.data(), 2, 400);
  std::vector<Window> training;
  for (std::uint32_t origin = 24; origin < 270; origin += 3) training.push_back({origin % 2, origin, 0});
  Forecaster plain = keep_neurons(model, kept), refitted = keep_neurons(model, kept);
  refit_head(refitted, model, kept, scaled, training, cores);
  const auto target = means(model, training);
  const auto distance = [&](Forecaster& of) {
    const auto got = means(of, training);
    double sum = 0.0;
    for (std::size_t i = 0; i < got.size(); ++i) sum += std::pow(double{got[i]} - double{target[i]}, 2);
    return sum;
  };
  EXPECT_LT(distance(refitted), distance(plain));
}

TEST_F(Prune, StretchesAsTheRehearsalOfTheWholeDid) {
  Settings settings = test::small_settings();
  settings.calibration = CalibrationMode::split;
  Forecaster plain = fitted(settings);
  settings.correction = CorrectionMode::judged;
  Forecaster whole = fitted(settings);
  whole.set_correction_share(1.0);  // as `plain`, but for the evidence of the rehearsal
  ASSERT_NE(whole.calibration().factor, plain.calibration().factor);
  const Pruned from_plain = prune(plain, data, {.neurons = 4, .loss = {}}, cores);
  const Pruned from_whole = prune(whole, data, {.neurons = 4, .loss = {}}, cores);
  EXPECT_EQ(from_whole.model.calibration().shift, from_plain.model.calibration().shift);
  for (std::size_t h = 0; h < 4; ++h) {
    EXPECT_NEAR(from_whole.model.calibration().factor[h] / from_plain.model.calibration().factor[h],
                whole.calibration().factor[h] / plain.calibration().factor[h], 1e-6);
  }
}

TEST_F(Prune, StatesWhatIsLeftReachesOnTheWindowsOfTheWhole) {
  Pruned half = prune(model, data, {.neurons = 4, .loss = {}}, cores);
  const Settings& s = model.settings();
  const std::vector<float> values = scale_for(model, data.series);
  const FitWindows windows = fit_windows(data.series, Split::automatic, model.data().borders, s);
  const auto validated = [&](Forecaster& of) {
    return validate(of, {values.data(), data.series.count(), data.series.length()},
                    spread_windows(windows.selection, validation_limit(s)), cores, initial_state(of.settings()));
  };
  EXPECT_NEAR(validated(model).nll, model.training().validation_nll, 1e-9);
  EXPECT_NEAR(validated(half.model).nll, half.model.training().validation_nll, 1e-9);
  EXPECT_NEAR(validated(half.model).mse, half.model.training().validation_mse, 1e-9);
  EXPECT_NE(half.model.training().validation_nll, model.training().validation_nll);
}

TEST_F(Prune, KeepAndLossAreKept) {
  const Pruned half = prune(model, data, {.neurons = 4, .loss = {}}, cores);
  EXPECT_EQ(half.kept.size(), 4u);
  EXPECT_EQ(half.model.network().neurons().neurons(), 4u);
  EXPECT_EQ(half.curve.front().neurons, 8u);
  EXPECT_EQ(half.curve.back().neurons, 4u);
  EXPECT_TRUE(half.model.drift().known());
  const Pruned small = prune(model, data, {.neurons = {}, .loss = 0.05}, cores);
  for (const PrunePoint& p : small.curve) {
    if (p.neurons == small.kept.size()) {
      EXPECT_LE(p.crps, 1.05 * small.curve.front().crps);
    }
    EXPECT_GT(p.seconds_per_1000_windows, 0.0);
  }
  EXPECT_THROW(prune(model, data, {}, cores), Error);
  EXPECT_THROW(prune(model, data, {.neurons = 9, .loss = {}}, cores), Error);
  LoadedData other = test::small_data(200);
  EXPECT_THROW(prune(model, other, {.neurons = 4, .loss = {}}, cores), Error);
}

}  // namespace
}  // namespace vdn
