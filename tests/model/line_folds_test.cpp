// What is known before what is judged.

#include <vdn/model/line_folds.hpp>

#include <gtest/gtest.h>

namespace vdn {
namespace {

constexpr std::size_t horizon = 10;

TEST(RollingFolds, KnowNothingOfWhatTheyJudge) {
  const Windows training(20, 220, 3), validation(230, 300, 3);
  const auto folds = rolling_folds(training, validation, horizon);
  ASSERT_EQ(folds.size(), 5u);
  for (const LineFold& fold : folds) {
    EXPECT_EQ(fold.known.first_origin(), 20u) << "all there is";
    EXPECT_LE(fold.known.last_origin() + horizon, fold.judged.first_origin());
  }
}

TEST(RollingFolds, JudgeEveryOriginAfterTheFirstCutOnce) {
  const Windows training(20, 220, 1), validation(230, 300, 1);
  const auto folds = rolling_folds(training, validation, horizon);
  std::size_t next = 20 + 201 * 40 / 100;
  for (std::size_t i = 0; i + 1 < folds.size(); ++i) {
    EXPECT_EQ(folds[i].judged.first_origin(), next);
    next = folds[i].judged.last_origin() + 1;
  }
  EXPECT_EQ(next, 221u);
  EXPECT_EQ(folds.back().judged.count(), validation.count());
  EXPECT_EQ(folds.back().known.count(), training.count());
}

TEST(RollingFolds, LeaveOutWhatHasNoWindows) {
  const Windows none(1, 0, 1), few(20, 23, 1);
  EXPECT_TRUE(rolling_folds(none, few, horizon).empty());
  EXPECT_EQ(rolling_folds(few, few, horizon).size(), 1u) << "nothing is known ten rows before the first cut";
  EXPECT_TRUE(rolling_folds(few, none, horizon).empty());
}

TEST(RollingFolds, CutSeriesOfDifferentLengthsAtTheSameRows) {
  const Windows training = Windows::of_runs({{0, 0, 20, 200, 1}, {1, 100, 120, 100, 1}}, 2);
  const auto folds = rolling_folds(training, Windows(230, 240, 2), horizon);
  ASSERT_EQ(folds.size(), 5u);
  EXPECT_TRUE(folds[0].known.runs_of(1).empty()) << "the later series has not begun";
  EXPECT_LE(folds[1].known.last_origin() + horizon, folds[1].judged.first_origin());
}

}  // namespace
}  // namespace vdn
