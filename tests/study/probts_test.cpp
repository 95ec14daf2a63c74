// The plan of the study under the ProbTS protocol, and its table from results made by hand.

#include <gtest/gtest.h>

#include <vdn/core/error.hpp>
#include <vdn/study/published.hpp>
#include <vdn/study/study.hpp>

namespace vdn {
namespace {

TEST(ProbtsStudy, PlansEveryHorizonWithTheContextOfTheProtocol) {
  const auto study = find_study("probts");
  StudyOptions options{.data = {"etth1", "ili"}, .seeds = 2};
  const std::vector<Trial> plan = study->plan(options);
  ASSERT_EQ(plan.size(), 2u * 2u * 4u);
  for (const Trial& trial : plan) EXPECT_EQ(trial.settings.lookback, trial.data == "ili" ? 36u : 96u);
  EXPECT_EQ(plan.front().settings.horizon, 96u);
  EXPECT_EQ(plan.back().settings.horizon, 720u);
  options.horizon = 192;
  EXPECT_EQ(study->plan(options).size(), 2u * 2u);
  options.arms = {"default"};
  EXPECT_THROW(study->plan(options), Error);
}

TrialResult result(std::uint64_t seed, double horizon, double crps) {
  TrialResult r{std::to_string(seed), "default", "etth1", seed};
  r.figures = {{"horizon", horizon},
               {"crps", crps},
               {"uncalibrated.crps", crps + .01},
               {"fit_seconds", 20},
               {"nmae", .34},
               {"repeat last.crps", .4},
               {"ridge line.crps", .26},
               {"ridge line, quantiles.crps", .25}};
  return r;
}

TEST(ProbtsStudy, CountsCellsBelowPublishedFiguresAndTheRidgeLine) {
  const auto study = find_study("probts");
  const StudyFindings found = study->find({result(0, 96, .24), result(1, 96, .25), result(0, 720, .32)});
  ASSERT_EQ(found.tables.size(), 1u);
  const auto& rows = found.tables[0].rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].size(), found.tables[0].columns.size());
  EXPECT_EQ(rows[0][2], "0.2450") << "mean over seeds";
  EXPECT_EQ(rows[0][6], "-") << "no seasonal naive here";
  EXPECT_EQ(rows[0][9], "0.321");
  EXPECT_EQ(rows[1][10], "K2VAE");
  ASSERT_EQ(found.verdicts.size(), 1u);
  EXPECT_EQ(found.verdicts[0],
            "below the best published figure in 1 of 2 cells, below the ridge line with residual quantiles of the same "
            "context in 1");
  EXPECT_TRUE(study->find({}).tables.empty());
}

TEST(Published, BestCrpsOfACell) {
  ASSERT_TRUE(best_published_crps("weather", 192).has_value());
  EXPECT_EQ(best_published_crps("weather", 192)->crps, .068);
  EXPECT_FALSE(best_published_crps("ili", 24).has_value());
}

}  // namespace
}  // namespace vdn
