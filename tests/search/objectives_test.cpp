#include <vdn/search/objectives.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>

namespace vdn::search {
namespace {

TrialRecord judged(std::uint64_t number, bool valid, double penalty, double score) {
  return {.number = number, .valid = valid, .penalty = penalty, .score = score};
}

/// A finished fit of the final stage.
TrialRecord final_fit(std::uint64_t number, std::uint64_t seed, double score, double calibration = 0.1,
                      double robustness = 0.2, double seconds = 4.0) {
  return {.number = number,
          .seed = seed,
          .final_stage = true,
          .configuration = {{"train.clip", std::to_string(number)}},
          .state = TrialState::finished,
          .valid = true,
          .score = score,
          .parameters = 100,
          .figures = {{"validation_nll", score},
                      {"validation_crps", score / 2},
                      {"calibration", calibration},
                      {"robustness", robustness},
                      {"seconds", seconds}}};
}

Finalist finalist(std::uint64_t number, double score, double calibration, double deviation = 0.0,
                  double seconds = 1.0) {
  return {.number = number,
          .seeds = 3,
          .score = score,
          .score_deviation = deviation,
          .calibration = calibration,
          .robustness = 0.0,
          .seconds = seconds,
          .parameters = 100};
}

const std::vector<Objective> two{Objective::accuracy, Objective::calibration};

TEST(Objectives, TrialsAreOrderedLexicographically) {
  const std::vector<TrialRecord> order{judged(9, true, 0.0, -3.0),     judged(2, true, 0.0, 0.5),
                                       judged(3, true, 0.0, 0.5),      judged(1, true, 0.1, -9.0),
                                       judged(8, true, NAN, 0.1),      judged(7, false, 0.0, -5.0),
                                       judged(4, true, 0.0, INFINITY), judged(5, true, 0.0, NAN),
                                       judged(0, true, 0.2, NAN),      judged(6, false, 0.0, NAN)};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < order.size(); ++k) EXPECT_EQ(better_trial(order[i], order[k]), i < k) << i << " " << k;
  }
}

TEST(Objectives, Words) {
  for (const Objective o : {Objective::accuracy, Objective::calibration, Objective::stability, Objective::cost}) {
    EXPECT_EQ(parse_objective(objective_name(o)), o);
  }
  for (const Pick p : {Pick::best, Pick::knee, Pick::accuracy, Pick::calibration, Pick::stability, Pick::cost}) {
    EXPECT_EQ(parse_pick(pick_name(p)), p);
  }
  for (const auto& parse : {+[] { parse_objective("acuracy"); }, +[] { parse_pick("acuracy"); }}) {
    try {
      parse();
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      EXPECT_EQ(error.hint(), "did you mean 'accuracy'?");
    }
  }
}

TEST(Objectives, FinalistsAreMeansOverSeeds) {
  std::vector<TrialRecord> trials{final_fit(4, 1001, 1.0, 0.1, 0.2, 2.0), final_fit(0, 1000, 5.0),
                                  final_fit(4, 1000, 2.0, 0.3, 0.4, 4.0), final_fit(4, 1002, 6.0, 0.2, 0.6, 12.0)};
  trials[0].penalty = 0.3;
  trials[3].valid = false;
  trials.push_back(judged(4, true, 0.0, -1.0));  // of the search
  const std::vector<Finalist> f = finalists_of(trials, {});
  ASSERT_EQ(f.size(), 2u);
  EXPECT_EQ(f[0].number, 0u);
  EXPECT_EQ(f[0].seeds, 1u);
  EXPECT_EQ(f[0].score_deviation, 0.0);
  EXPECT_TRUE(f[0].valid);
  EXPECT_EQ(f[1].number, 4u);
  EXPECT_EQ(f[1].configuration, (Configuration{{"train.clip", "4"}}));
  EXPECT_EQ(f[1].seeds, 3u);
  EXPECT_FALSE(f[1].valid) << "one of the fits is not";
  EXPECT_DOUBLE_EQ(f[1].penalty, 0.1);
  EXPECT_DOUBLE_EQ(f[1].score, 3.0);
  EXPECT_DOUBLE_EQ(f[1].score_deviation, std::sqrt(7.0));  // (4 + 1 + 9) / 2
  EXPECT_DOUBLE_EQ(f[1].crps, 1.5);
  EXPECT_DOUBLE_EQ(f[1].calibration, 0.2);
  EXPECT_DOUBLE_EQ(f[1].robustness, 0.4);
  EXPECT_DOUBLE_EQ(f[1].seconds, 6.0);
  EXPECT_EQ(f[1].parameters, 100u);
  EXPECT_DOUBLE_EQ(f[1].value(Objective::accuracy), 3.0);
  EXPECT_DOUBLE_EQ(f[1].value(Objective::calibration), 0.2);
  EXPECT_DOUBLE_EQ(f[1].value(Objective::stability), std::sqrt(7.0) + 0.4);
  EXPECT_DOUBLE_EQ(f[1].value(Objective::cost), std::sqrt(600.0));
}

TEST(Objectives, FailedAndUnfinishedFitsAreLeftOut) {
  std::vector<TrialRecord> trials{final_fit(1, 1000, 1.0), final_fit(1, 1001, 1.0), final_fit(2, 1000, 2.0),
                                  final_fit(2, 1001, 2.0), final_fit(3, 1000, 3.0)};
  trials[1].state = TrialState::failed;   // 1 goes
  trials[3].state = TrialState::running;  // 2 stays with one seed
  trials[4].state = TrialState::waiting;  // 3 was never fitted
  const std::vector<Finalist> f = finalists_of(trials, {});
  ASSERT_EQ(f.size(), 1u);
  EXPECT_EQ(f[0].number, 2u);
  EXPECT_EQ(f[0].seeds, 1u);
  EXPECT_TRUE(finalists_of({}, {}).empty());
}

TEST(Objectives, FewSeedsAndInvalidFitsAreNotPicked) {
  // 1 has one seed and no deviation, 2 is invalid; both are better than 3 in what they are asked for.
  std::vector<TrialRecord> trials{final_fit(1, 1000, 0.5), final_fit(2, 1000, 0.5), final_fit(2, 1001, 0.5),
                                  final_fit(3, 1000, 1.0), final_fit(3, 1001, 1.2)};
  trials[1].valid = trials[2].valid = false;
  const std::vector<Finalist> f = finalists_of(trials, {});
  ASSERT_EQ(f.size(), 3u);
  EXPECT_FALSE(f[0].on_front || f[1].on_front);
  for (const Pick pick : {Pick::best, Pick::knee, Pick::accuracy, Pick::stability, Pick::cost}) {
    EXPECT_EQ(f[pick_of(f, {}, pick)].number, 3u) << pick_name(pick);
  }
}

TEST(Objectives, AMissingFigureIsUnknownAndWorst) {
  std::vector<TrialRecord> trials{final_fit(1, 1000, 1.0, 0.1), final_fit(1, 1001, 1.0, 0.1),
                                  final_fit(2, 1000, 1.0, 0.9), final_fit(2, 1001, 1.0, 0.9)};
  trials[1].figures.erase("calibration");
  const std::vector<Finalist> f = finalists_of(trials, two);
  EXPECT_TRUE(std::isnan(f[0].calibration));
  EXPECT_FALSE(f[0].on_front);
  EXPECT_TRUE(f[1].on_front);
}

TEST(Objectives, FrontOfPoints) {
  using Marks = std::vector<bool>;
  EXPECT_EQ(pareto_front({{1, 4}, {2, 2}, {4, 1}, {2, 3}, {4, 4}, {2, 2}}),
            (Marks{true, true, true, false, false, true}));
  EXPECT_EQ(pareto_front({{1, 1, 1}}), Marks{true});
  EXPECT_EQ(pareto_front({}), Marks{});
  EXPECT_EQ(pareto_front({{3}, {1}, {1}}), (Marks{false, true, true}));
  EXPECT_EQ(pareto_front({{1, NAN}, {1, 5}, {0, NAN}, {NAN, NAN}}), (Marks{false, true, true, false}));
  EXPECT_EQ(pareto_front({{NAN, 1}, {NAN, 2}}), (Marks{true, false}));
}

TEST(Objectives, FinalistsOnTheFrontOfTheirObjectives) {
  const std::vector<TrialRecord> trials{final_fit(0, 1000, 1.0, 0.3, 0.1, 9), final_fit(1, 1000, 2.0, 0.2, 0.1, 9),
                                        final_fit(2, 1000, 3.0, 0.4, 0.1, 1)};
  std::vector<bool> marks;
  for (const auto& f : finalists_of(trials, two)) marks.push_back(f.on_front);
  EXPECT_EQ(marks, (std::vector<bool>{true, true, false}));
  marks.clear();
  for (const auto& f : finalists_of(trials, {})) marks.push_back(f.on_front);
  EXPECT_EQ(marks, (std::vector<bool>{true, true, true})) << "2 is the cheapest";
}

TEST(Objectives, TheBestPickIsLexicographic) {
  std::vector<Finalist> f{finalist(0, 2.0, 0.1), finalist(3, 1.0, 0.5), finalist(5, 1.0, 0.1), finalist(6, 0.5, 0.1),
                          finalist(7, 0.1, 0.1), finalist(8, 0.0, 0.1), finalist(9, NAN, 0.1)};
  f[3].penalty = 0.1;
  f[4].valid = false;
  f[5].seeds = 2;
  EXPECT_EQ(f[pick_of(f, {}, Pick::best)].number, 3u);
  std::reverse(f.begin(), f.end());
  EXPECT_EQ(f[pick_of(f, {}, Pick::best)].number, 3u) << "whatever the order";
}

TEST(Objectives, ThePickOfOneObjectiveIsOnTheFront) {
  const std::vector<Finalist> f{finalist(4, 1.0, 0.5, 0.2), finalist(2, 1.0, 0.4, 0.3), finalist(6, 3.0, 0.1, 0.1),
                                finalist(1, 9.0, 0.1, 0.0), finalist(3, 0.5, NAN, NAN, NAN)};
  EXPECT_EQ(f[pick_of(f, two, Pick::accuracy)].number, 3u);
  EXPECT_EQ(f[pick_of(f, two, Pick::calibration)].number, 6u) << "1 is dominated";
  EXPECT_EQ(f[pick_of(f, {}, Pick::stability)].number, 1u);
  EXPECT_EQ(f[pick_of(f, {}, Pick::cost)].number, 1u) << "ties by number";
}

TEST(Objectives, TheKneeIsNearestToTheBestOfAll) {
  // Scaled to the ranges 4 and .8: (0, 1), (.25, .25), (1, 0); the last one is dominated.
  const std::vector<Finalist> f{finalist(0, 1.0, 0.9), finalist(1, 2.0, 0.3), finalist(2, 5.0, 0.1),
                                finalist(3, 2.5, 0.4)};
  EXPECT_EQ(f[pick_of(f, two, Pick::knee)].number, 1u);
  // Without it both ends are at distance 1: the smaller number.
  const std::vector<Finalist> ends{finalist(2, 5.0, 0.1), finalist(0, 1.0, 0.9)};
  EXPECT_EQ(ends[pick_of(ends, two, Pick::knee)].number, 0u);
}

TEST(Objectives, UnknownValuesAndTheKnee) {
  std::vector<Finalist> f{finalist(0, 0.1, NAN), finalist(1, 2.0, 0.3), finalist(2, 5.0, 0.1)};
  EXPECT_EQ(f[pick_of(f, two, Pick::knee)].number, 2u) << "(.39, 1) and (1, 0) of the ranges; 0 is infinitely far";
  for (Finalist& one : f) one.calibration = NAN;
  EXPECT_EQ(f[pick_of(f, two, Pick::knee)].number, 0u) << "what is unknown of all does not count";
  for (Finalist& one : f) one.score = NAN;
  EXPECT_EQ(f[pick_of(f, two, Pick::knee)].number, 0u);
}

TEST(Objectives, OneFinalistIsEveryPickAndNoneIsAnError) {
  const std::vector<Finalist> one{finalist(7, NAN, NAN, NAN, NAN)};
  for (const Pick pick : {Pick::best, Pick::knee, Pick::accuracy, Pick::calibration, Pick::stability, Pick::cost}) {
    EXPECT_EQ(pick_of(one, {}, pick), 0u);
    try {
      pick_of({}, {}, pick);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
    }
  }
}

}  // namespace
}  // namespace vdn::search
