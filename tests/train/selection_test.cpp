#include <vdn/train/selection.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "train/train_support.hpp"

namespace vdn {
namespace {

/// Four neurons: one low, two inside, one high by half its upper end.
ValidationReport some_validation() {
  ValidationReport v{.windows = 10, .nll = 1.0, .mse = 0.5, .regime = {}};
  v.regime.mu2 = {0.05f, 0.1f, 0.15f, 0.3f};
  v.regime.band_low.assign(4, 0.1f);
  v.regime.band_high.assign(4, 0.2f);
  v.regime.frac_low = 0.25;
  v.regime.frac_high = 0.25;
  v.regime.inside = 0.5;
  v.regime.kl_mean = 3.0;
  v.regime.macro_kl = 2.0;
  return v;
}

Settings settings_of(Selection selection) {
  Settings s = test::small_settings();
  s.horizon = 7;
  s.neurons = 4;
  s.selection = selection;
  return s;
}

EpochReport epoch_of(std::size_t number, double train_kl = 0) {
  EpochReport report;
  report.epoch = number;
  report.train_kl = train_kl;
  return report;
}

TEST(ScoreEpoch, ByTheFigureAskedFor) {
  const ValidationReport v = some_validation();
  EXPECT_EQ(score_epoch(settings_of(Selection::nll), epoch_of(1), v).value, 1.0);
  EXPECT_EQ(score_epoch(settings_of(Selection::mse), epoch_of(1), v).value, 0.5);
  EXPECT_NEAR(score_epoch(settings_of(Selection::elbo), epoch_of(1), v).value, 1.0 + (4 * 3 + 2) / 7.0, 1e-12);
}

TEST(ScoreEpoch, ConstrainedAddsWhatIsAskedOfTheNeurons) {
  ValidationReport v = some_validation();
  const Settings s = settings_of(Selection::constrained);
  // distance: ((.05/.1)^2 + (.1/.2)^2)/4 = .125, under 1.5
  const double price = 6 * .05 * .05 + 12 * .15 * .15 + 10 * .08 * .08;
  EXPECT_NEAR(score_epoch(s, epoch_of(1), v).value, 1.0 + price, 1e-6);
  v.regime.mu2[3] = 0.2f * (1 + 4);  // 4^2 in place of .5^2: (.25 + 16)/4 = 4.0625
  EXPECT_NEAR(score_epoch(s, epoch_of(1), v).value, 1.0 + price + .25 * std::pow(4.0625 - 1.5, 2), 1e-4);
}

TEST(ScoreEpoch, GatesCloseFromTheirEpochOn) {
  const Settings s = settings_of(Selection::constrained);
  const auto valid = [&](std::size_t epoch, double low, double high, double far = 0.15) {
    ValidationReport v = some_validation();
    v.regime.frac_low = low;
    v.regime.frac_high = high;
    v.regime.inside = 1 - low - high;
    v.regime.mu2 = {0.15f, 0.15f, 0.15f, static_cast<float>(far)};
    return score_epoch(s, epoch_of(epoch), v).valid;
  };
  EXPECT_TRUE(valid(3, .6, .3));
  EXPECT_TRUE(valid(4, .4, .1));
  EXPECT_FALSE(valid(4, .1, .13)) << "too many high";
  EXPECT_FALSE(valid(4, .51, 0)) << "too few inside";
  EXPECT_FALSE(valid(4, .49, 0)) << "low, and inside under .58";
  EXPECT_TRUE(valid(4, .48, 0));
  EXPECT_FALSE(valid(4, 0, 0, .2 * (1 + 6.1))) << "distance 6.1^2/4 over 9";
  EXPECT_TRUE(valid(4, 0, 0, .2 * (1 + 5.9)));
}

TEST(ScoreEpoch, ABudgetHasToBeMet) {
  Settings s = settings_of(Selection::nll);
  s.mode = control::parse_mode("budget");
  s.budget = 4;
  EXPECT_FALSE(score_epoch(s, epoch_of(1, 25), some_validation()).valid);
  EXPECT_FALSE(score_epoch(s, epoch_of(1, 3.5), some_validation()).valid);
  EXPECT_TRUE(score_epoch(s, epoch_of(1, 3.7), some_validation()).valid);
  EXPECT_TRUE(score_epoch(s, epoch_of(1, 4.3), some_validation()).valid);
}

TEST(Better, ValidFirstThenLower) {
  const EpochScore none;
  EXPECT_TRUE(better({2, false}, none));
  EXPECT_TRUE(better({1, false}, {2, false}));
  EXPECT_FALSE(better({2, true}, {2, true}));
  EXPECT_TRUE(better({3, true}, {2, false}));
  EXPECT_FALSE(better({1, false}, {2, true}));
  EXPECT_FALSE(better({NAN, true}, {2, false}));
  EXPECT_FALSE(better({NAN, true}, none));
}

/// An early epoch, before prices rose, often has the lowest NLL.
TEST(Fit, UnderABudgetKeepsAnEpochThatMeetsIt) {
  Settings s = test::small_settings();
  s.mode = control::parse_mode("budget");
  s.budget = 2;
  s.budget_tolerance = 0.25;
  s.epochs = 30;
  s.patience = 2;
  test::Recorder recorder;
  const Forecaster f = test::fit_small(s, recorder);
  const std::size_t kept = f.training().best_epoch;
  ASSERT_GT(kept, 1u);
  EXPECT_FALSE(recorder.epochs.front().valid);
  EXPECT_TRUE(recorder.epochs[kept - 1].valid);
  EXPECT_NEAR(recorder.epochs[kept - 1].train_kl, 2, 0.5);
  std::size_t first = 1;
  while (!recorder.epochs[first - 1].valid) ++first;
  EXPECT_GT(first, 3u) << "patience counts from the first valid epoch";
}

}  // namespace
}  // namespace vdn
