#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <vdn/search/importance.hpp>

namespace vdn::search {
namespace {

/// Trials with their scores by epoch.
struct ScoredTrials {
  std::vector<TrialRecord> trials;
  std::vector<EpochRecord> epochs;

  TrialRecord& add(Configuration configuration, const std::vector<double>& scores,
                   TrialState state = TrialState::finished) {
    TrialRecord trial;
    trial.number = trials.size() + 1;
    trial.configuration = std::move(configuration);
    trial.state = state;
    trial.epochs = scores.size();
    for (std::size_t i = 0; i < scores.size(); ++i) {
      EpochRecord epoch;
      epoch.number = trial.number;
      epoch.epoch = i + 1;
      epoch.score = scores[i];
      epochs.push_back(epoch);
    }
    trials.push_back(trial);
    return trials.back();
  }
};

SearchSpace rate_and_dropout() {
  return {{{"head.dropout", Scale::linear, 0.0, 0.5}, {"train.learning_rate", Scale::log, 1e-4, 1e-2}}, {}, {}};
}

std::string rate_text(std::size_t i) {
  return std::to_string(1e-4 * std::pow(100.0, static_cast<double>(i) / 39.0));
}

/// 40 trials whose score falls with the learning rate; dropout is spread without regard to it.
ScoredTrials decided_by_rate() {
  ScoredTrials study;
  for (std::size_t i = 0; i < 40; ++i) {
    const double spread = static_cast<double>(i) * 0.618034;
    const std::string dropout = std::to_string(0.5 * (spread - std::floor(spread)));
    study.add({{"head.dropout", dropout}, {"train.learning_rate", rate_text(i)}},
              {1.0, 1.0 / static_cast<double>(i + 1)});
  }
  return study;
}

TEST(SearchImportance, WhatDecidesStandsBeforeNoise) {
  const ScoredTrials study = decided_by_rate();
  const auto found = importance_of(rate_and_dropout(), study.trials, study.epochs, 2);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key, "train.learning_rate");
  EXPECT_EQ(found[0].trials, 40u);
  EXPECT_NEAR(found[0].share, 1.0, 1e-12) << "the order of one is that of the other, turned";
  EXPECT_NEAR(found[0].chance, 1.0 / 39, 1e-12);
  EXPECT_EQ(found[1].key, "head.dropout");
  EXPECT_LT(found[1].share, 0.1);
}

TEST(SearchImportance, ScoresOfTheFirstRungCount) {
  ScoredTrials study = decided_by_rate();
  // Later epochs turn the order around, and the best epoch of each is of the later ones.
  for (TrialRecord& trial : study.trials) {
    trial.score = 1e-3 * static_cast<double>(trial.number);
    EpochRecord later;
    later.number = trial.number;
    later.epoch = 3;
    later.score = trial.number % 2 == 0 ? 0.0 : trial.score;
    study.epochs.push_back(later);
  }
  const auto found = importance_of(rate_and_dropout(), study.trials, study.epochs, 2);
  EXPECT_NEAR(found[0].share, 1.0, 1e-12);
  for (const DimensionImportance& d : importance_of(rate_and_dropout(), study.trials, study.epochs, 1)) {
    EXPECT_TRUE(std::isnan(d.share)) << "after epoch 1 all scores are equal";
  }
}

TEST(SearchImportance, ChoicesByTheCorrelationRatioOfRanks) {
  const SearchSpace space{{{"train.objective", Scale::choice, 0, 0, {"joint", "mixed", "marginal"}}}, {}, {}};
  ScoredTrials study;
  const char* objectives[] = {"mixed", "mixed", "joint", "joint", "marginal", "marginal"};
  for (std::size_t i = 0; i < 6; ++i) study.add({{"train.objective", objectives[i]}}, {std::exp(double(i))});
  const auto found = importance_of(space, study.trials, study.epochs, 1);
  ASSERT_EQ(found.size(), 1u);
  // Ranks 0 to 5 about 2.5: groups' means are 2, 0 and 2 away, squares sum to 17.5.
  EXPECT_NEAR(found[0].share, 16.0 / 17.5, 1e-12);
  EXPECT_NEAR(found[0].chance, 2.0 / 5, 1e-12);
}

TEST(SearchImportance, ADimensionCountsWhereItWasVaried) {
  SearchSpace space = rate_and_dropout();
  space.dimensions.push_back({"band.target", Scale::log, 0.03, 0.3});
  space.dimensions.push_back({"band.ratio", Scale::log, 2, 10});
  ScoredTrials study = decided_by_rate();
  for (std::size_t i = 0; i < 5; ++i) {
    study.trials[4 * i].configuration.emplace_back("band.target", std::to_string(0.04 + 0.05 * double(i)));
  }
  for (std::size_t i = 0; i < 2; ++i) study.trials[i].configuration.emplace_back("band.ratio", "3");
  const auto found = importance_of(space, study.trials, study.epochs, 2);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[1].key, "band.target");
  EXPECT_EQ(found[1].trials, 5u);
  EXPECT_NEAR(found[1].share, 1.0, 1e-12);
  EXPECT_NEAR(found[1].chance, 0.25, 1e-12);
  EXPECT_EQ(found[3].key, "band.ratio");
  EXPECT_EQ(found[3].trials, 2u);
  EXPECT_TRUE(std::isnan(found[3].share) && std::isnan(found[3].chance)) << "two trials tell nothing";
}

TEST(SearchImportance, WhoIsComparedAndWhoIsNot) {
  const SearchSpace space{{{"head.dropout", Scale::linear, 0.0, 0.5}}, {}, {}};
  ScoredTrials study;
  study.add({{"head.dropout", "0.1"}}, {0.9, 0.5});
  study.add({{"head.dropout", "0.2"}}, {0.9, 0.6}, TrialState::dropped);
  study.add({{"head.dropout", "0.3"}}, {0.7}, TrialState::pruned);
  study.add({{"head.dropout", "0.4"}}, {0.9, std::numeric_limits<double>::quiet_NaN()}, TrialState::pruned);
  study.add({{"head.dropout", "0.5"}}, {}, TrialState::pruned);
  // None of these: each would stand against the order of the others.
  study.add({{"head.dropout", "0.45"}}, {0.1}, TrialState::running);
  study.add({{"head.dropout", "0.46"}}, {0.1, 0.1}, TrialState::failed);
  study.add({{"head.dropout", "0.47"}}, {0.1, 0.1}).final_stage = true;
  const auto found = importance_of(space, study.trials, study.epochs, 2);
  EXPECT_EQ(found[0].trials, 5u);
  // Ranks 0, 1, 2, 3.5, 3.5 of scores against 0 to 4: rho^2 = 9.5^2 / (10 * 9.5).
  EXPECT_NEAR(found[0].share, 0.95, 1e-12) << "scores that are no number are alike, and last";
}

TEST(SearchImportance, NothingOfNothing) {
  EXPECT_TRUE(importance_of({}, {}, {}, 3).empty());
  const auto found = importance_of(rate_and_dropout(), {}, {}, 3);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key, "head.dropout") << "in the order of the space";
  EXPECT_TRUE(std::isnan(found[0].share));
}

}  // namespace
}  // namespace vdn::search
