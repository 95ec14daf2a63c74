#include <vdn/search/halving.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace vdn::search {
namespace {

StudyDefinition small_study() {
  StudyDefinition d;
  d.data = "flights";
  d.horizon = 24;
  d.space.dimensions = {{.key = "head.dropout", .low = 0, .high = .5}};
  d.trials = 8;
  d.rungs = {3, 6};
  d.keep = 0.25;
  d.prune = false;
  d.finalists = 1;
  d.final_seeds = 2;
  return d;
}

/// Plays workers on a study whose outcomes are given: everything a store and a trainer would do.
class Game {
 public:
  explicit Game(StudyDefinition definition) : d_(std::move(definition)) {}

  std::function<void(TrialRecord&)> outcome = [](TrialRecord& t) {
    t.valid = true;
    t.score = static_cast<double>(t.number % 5) + .01 * static_cast<double>(t.number);
    t.parameters = 100;
  };
  double now = 0, spent = 0, seconds_per_epoch = 1;
  std::size_t epochs = 0;  // trained in all

  NextStep ask(const std::string& owner, const std::function<bool(const std::string&)>& gone = {}) {
    NextStep next = next_step(d_, trials(), {owner, now, now + 60, spent, gone});
    for (const TrialRecord& t : next.changes) put(t);
    return next;
  }

  void reach(const NextStep& next) {
    TrialRecord t = next.trial;
    const std::size_t before = t.epochs;
    t.epochs = next.epochs == 0 ? 20 : next.epochs;
    epochs += t.epochs - before;
    spent += seconds_per_epoch * static_cast<double>(t.epochs - before);
    t.outside = t.epochs >= regime_epoch ? outside(t.number) : NAN;
    outcome(t);
    if (t.state == TrialState::running) t = rung_reached(d_, t);
    put(t);
  }
  std::function<double(std::uint64_t)> outside = [](std::uint64_t) { return NAN; };

  /// Several workers whose portions end in an order drawn from `seed`.
  void play(std::size_t workers, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<NextStep> under_way;
    while (true) {
      for (std::size_t w = under_way.size(); w < workers; ++w) {
        const NextStep next = ask("worker " + std::to_string(random()));
        if (next.kind == NextStep::Kind::work) under_way.push_back(next);
        if (next.kind == NextStep::Kind::done && under_way.empty()) return;
      }
      ASSERT_FALSE(under_way.empty()) << "everybody waits";
      const std::size_t which = random() % under_way.size();
      reach(under_way[which]);
      under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }

  std::vector<TrialRecord> trials() const {
    std::vector<TrialRecord> list;
    for (const auto& [key, t] : trials_) list.push_back(t);
    return list;
  }
  std::map<std::uint64_t, TrialRecord> search() const {
    std::map<std::uint64_t, TrialRecord> list;
    for (const auto& [key, t] : trials_) {
      if (!t.final_stage) list[t.number] = t;
    }
    return list;
  }
  std::vector<TrialRecord> finals() const {
    std::vector<TrialRecord> list;
    for (const auto& [key, t] : trials_) {
      if (t.final_stage) list.push_back(t);
    }
    return list;
  }
  std::string states() const {
    std::string text;
    for (const auto& [key, t] : trials_) {
      text += std::to_string(t.number) + "/" + std::to_string(t.seed) + " " + state_name(t.state) + " " +
              std::to_string(t.epochs) + " " + t.reason + "\n";
    }
    return text;
  }

 private:
  void put(const TrialRecord& t) { trials_[{t.final_stage, t.final_stage ? t.seed : 0, t.number}] = t; }
  StudyDefinition d_;
  std::map<std::tuple<bool, std::uint64_t, std::uint64_t>, TrialRecord> trials_;
};

TEST(Ladder, HasTheRegimesRungWherePruningIsOn) {
  StudyDefinition d = small_study();
  EXPECT_EQ(ladder(d).size(), 2u);
  d.prune = true;
  ASSERT_EQ(ladder(d).size(), 3u);
  EXPECT_TRUE(ladder(d)[0].by_regime);
  EXPECT_EQ(ladder(d)[0].epochs, 2u);
  d.rungs = {2, 4};
  EXPECT_EQ(ladder(d).size(), 2u);
}

TEST(Halving, KeepsTheBestOfARungAndFitsFinalistsWithFreshSeeds) {
  // Scores: 0 0, 1 1.01, 2 2.02, 3 3.03, 4 4.04, 5 .05, 6 1.06, 7 2.07; a quarter of eight goes on: 0 and 5.
  Game game(small_study());
  game.play(1, 1);
  const auto search = game.search();
  ASSERT_EQ(search.size(), 8u);
  EXPECT_TRUE(search.at(0).configuration.empty());
  for (const auto& [number, t] : search) {
    const bool best = number == 0 || number == 5;
    EXPECT_EQ(t.state, best ? TrialState::finished : TrialState::dropped) << number;
    EXPECT_EQ(t.epochs, best ? 6u : 3u) << number;
  }
  EXPECT_EQ(search.at(4).reason, "place 8 of 8 after 3 epochs");
  EXPECT_EQ(game.finals().size(), 4u);  // numbers 0 and 5, two seeds
  std::set<std::uint64_t> seeds;
  for (const TrialRecord& t : game.finals()) {
    EXPECT_EQ(t.state, TrialState::finished);
    EXPECT_TRUE(t.number == 0 || t.number == 5);
    EXPECT_EQ(t.configuration, search.at(t.number).configuration);
    EXPECT_NE(t.seed, search.at(0).seed);
    seeds.insert(t.seed);
  }
  EXPECT_EQ(seeds.size(), 2u);
  EXPECT_EQ(game.epochs, 8u * 3 + 2 * 3 + 4 * 20);
}

TEST(Halving, DoesNotDependOnWorkersOrTheirOrder) {
  Game one(small_study());
  one.play(1, 1);
  for (unsigned seed = 2; seed < 30; ++seed) {
    Game many(small_study());
    many.play(1 + seed % 5, seed);
    EXPECT_EQ(many.states(), one.states()) << seed;
  }
}

TEST(Halving, ALearningSamplerIsRepeatableToo) {
  StudyDefinition d = small_study();
  d.sampler = Sampler::tpe;
  d.trials = 30;
  Game one(d);
  one.play(1, 1);
  EXPECT_EQ(one.search().size(), 30u);
  for (unsigned seed = 2; seed < 12; ++seed) {
    Game many(d);
    many.play(1 + seed % 4, seed);
    EXPECT_EQ(many.states(), one.states()) << seed;
    for (const auto& [number, t] : many.search()) EXPECT_EQ(t.configuration, one.search().at(number).configuration);
  }
}

TEST(Halving, JudgesBracketsApart) {
  StudyDefinition d = small_study();
  d.bracket = 4;
  d.keep = 0.5;
  Game game(d);
  game.play(2, 3);
  // Brackets 0..3 and 4..7: two each go on, by score 0, 1 and 5, 6.
  std::set<std::uint64_t> finished;
  for (const auto& [number, t] : game.search()) {
    if (t.state == TrialState::finished) finished.insert(number);
  }
  EXPECT_EQ(finished, (std::set<std::uint64_t>{0, 1, 5, 6}));
}

TEST(Halving, InvalidTrialsAndPenaltiesComeBehind) {
  Game game(small_study());
  game.outcome = [](TrialRecord& t) {
    t.valid = t.number != 0;
    t.penalty = t.number == 1 ? .5 : 0;
    t.score = static_cast<double>(t.number);
  };
  game.play(1, 1);
  EXPECT_EQ(game.search().at(2).state, TrialState::finished);
  EXPECT_EQ(game.search().at(3).state, TrialState::finished);
  EXPECT_EQ(game.search().at(0).state, TrialState::dropped);
  EXPECT_EQ(game.search().at(1).state, TrialState::dropped);
}

TEST(Halving, FailedTrialsLeaveTheOthersAlone) {
  Game game(small_study());
  const auto usual = game.outcome;
  game.outcome = [&](TrialRecord& t) {
    usual(t);
    if (t.number % 2 == 0) t.state = TrialState::failed;
  };
  game.play(3, 1);
  const auto search = game.search();
  EXPECT_EQ(search.at(5).state, TrialState::finished);  // the best of 1, 3, 5, 7: a quarter of four
  EXPECT_EQ(search.at(1).state, TrialState::dropped);
  EXPECT_EQ(search.at(0).state, TrialState::failed);
  for (const TrialRecord& t : game.finals()) {
    EXPECT_EQ(t.state, t.number == 5 ? TrialState::finished : TrialState::failed);
  }
}

TEST(Halving, ALeaseThatRanOutOrOfADeadOwnerIsFreed) {
  Game game(small_study());
  const NextStep first = game.ask("a");
  EXPECT_EQ(first.trial.number, 0u);
  EXPECT_EQ(game.ask("b").trial.number, 1u);
  EXPECT_EQ(game.ask("c", [](const std::string& owner) { return owner == "a"; }).trial.number, 0u);
  game.now = 61;  // b's and c's leases are over
  EXPECT_EQ(game.ask("d").trial.number, 0u);
  EXPECT_EQ(game.ask("e").trial.number, 1u);
}

TEST(Halving, WaitsAtARung) {
  StudyDefinition d = small_study();
  d.trials = 2;
  Game game(d);
  const NextStep a = game.ask("a"), b = game.ask("b");
  game.reach(a);
  EXPECT_EQ(game.ask("a").kind, NextStep::Kind::wait);
  game.reach(b);
  EXPECT_EQ(game.ask("a").kind, NextStep::Kind::work);
}

TEST(RegimeRung, EndsTheHalfFurthestOutside) {
  StudyDefinition d = small_study();
  d.prune = true;
  d.keep = 0.5;
  Game game(d);
  game.outside = [](std::uint64_t number) { return number < 6 ? .4 + .1 * static_cast<double>(number) : NAN; };
  game.play(1, 1);
  const auto search = game.search();
  for (const std::uint64_t number : {3, 4, 5}) {
    EXPECT_EQ(search.at(number).state, TrialState::pruned) << number;
    EXPECT_EQ(search.at(number).epochs, 2u) << number;
  }
  EXPECT_EQ(search.at(5).reason, "out of band: 90% of the neurons after epoch 2, place 6 of 6");
  for (const std::uint64_t number : {0, 1, 2, 6, 7}) EXPECT_GE(search.at(number).epochs, 3u) << number;
}

TEST(RegimeRung, NobodyEndsInsideOrLevelWithWhoIsKept) {
  for (const double share : {.0, .42, .8}) {
    StudyDefinition d = small_study();
    d.prune = true;
    Game game(d);
    game.outside = [=](std::uint64_t number) {
      return share < .5 ? share / (1.0 + static_cast<double>(number)) : share;
    };
    game.play(1, 1);
    for (const auto& [number, t] : game.search()) EXPECT_NE(t.state, TrialState::pruned) << share << " " << number;
  }
}

TEST(RegimeRung, LetsAFewPass) {
  StudyDefinition d = small_study();
  d.prune = true;
  Game game(d);
  game.outside = [](std::uint64_t number) { return number < 3 ? .9 : NAN; };
  game.play(1, 1);
  for (const auto& [number, t] : game.search()) EXPECT_NE(t.state, TrialState::pruned) << number;
}

TEST(Asynchronous, NobodyWaitsWhileTrialsAreToBegin) {
  StudyDefinition d = small_study();
  d.scheduling = Scheduling::asynchronous;
  d.trials = 40;
  Game game(d);
  std::vector<NextStep> under_way;
  for (int step = 0; step < 60; ++step) {
    const NextStep next = game.ask("worker");
    if (game.search().size() < 40) {
      EXPECT_EQ(next.kind, NextStep::Kind::work);
    }
    if (next.kind == NextStep::Kind::work) under_way.push_back(next);
    if (under_way.size() >= 3) {
      game.reach(under_way.front());
      under_way.erase(under_way.begin());
    }
  }
}

TEST(Asynchronous, PromotesTheBestShareAndEnds) {
  StudyDefinition d = small_study();
  d.scheduling = Scheduling::asynchronous;
  d.trials = 20;
  Game game(d);
  game.play(3, 5);
  std::size_t finished = 0;
  for (const auto& [number, t] : game.search()) {
    EXPECT_TRUE(ended(t.state)) << number;
    finished += t.state == TrialState::finished;
  }
  EXPECT_EQ(game.search().at(0).state, TrialState::finished);
  EXPECT_GE(finished, 4u);  // a quarter, and who was among the best early
  EXPECT_LE(finished, 8u);
  EXPECT_FALSE(game.finals().empty());
}

TEST(TimeBudget, EndsTheSearchWhereverItIsAndDropsFurtherSeeds) {
  StudyDefinition d = small_study();
  d.trials = 0;
  d.bracket = 4;
  d.seconds = 40;  // a bracket takes 4 x 3 + 3 epochs of a second; 24 are the search's
  Game game(d);
  game.play(1, 1);
  EXPECT_EQ(game.search().size(), 8u);
  EXPECT_EQ(game.search().at(0).state, TrialState::finished);
  EXPECT_EQ(game.search().at(7).epochs, 0u);
  EXPECT_EQ(game.search().at(7).reason, "the search's share of the budget is spent");
  std::size_t finished = 0, dropped = 0;
  for (const TrialRecord& t : game.finals()) {
    finished += t.state == TrialState::finished;
    dropped += t.state == TrialState::dropped && t.reason == "the budget of time is spent";
  }
  EXPECT_EQ(finished, 2u);  // the first seed of both
  EXPECT_EQ(dropped, 2u);
}

TEST(TimeBudget, AShortOneStillGivesAPick) {
  StudyDefinition d = small_study();
  d.trials = 0;
  d.seconds = 1;
  d.finalists = 3;
  Game game(d);
  game.play(2, 1);
  EXPECT_EQ(game.search().at(0).epochs, 3u);
  std::set<std::uint64_t> fitted;
  for (const TrialRecord& t : game.finals()) {
    if (t.state == TrialState::finished) fitted.insert(t.number);
  }
  EXPECT_EQ(fitted, (std::set<std::uint64_t>{0, 1}));
}

TEST(TimeBudget, ASpaceInWhichNothingWorksEnds) {
  for (const Scheduling scheduling : {Scheduling::halving, Scheduling::asynchronous}) {
    StudyDefinition d = small_study();
    d.scheduling = scheduling;
    d.trials = 0;
    d.seconds = 1000;
    Game game(d);
    game.seconds_per_epoch = 0;
    game.outcome = [](TrialRecord& t) { t.state = TrialState::failed; };
    game.play(2, 1);
    EXPECT_GE(game.search().size(), 16u);
    EXPECT_LE(game.search().size(), 32u);  // a further bracket may have begun
  }
}

TEST(Asynchronous, ComparesTrialsAsTheyArrived) {
  // Four trials at the first rung; number 1 goes on and gets better there, which must not count against number 5.
  StudyDefinition d = small_study();
  d.scheduling = Scheduling::asynchronous;
  d.trials = 9;
  d.keep = 0.25;
  Game game(d);
  const std::vector<double> first{.9, .5, .8, .7, .6, .4, .3, .85, .95};
  game.outcome = [&](TrialRecord& t) {
    t.valid = true;
    t.score = t.epochs > 3 ? 0.0 : first[t.number];
  };
  game.play(1, 1);
  std::set<std::uint64_t> finished;
  for (const auto& [number, t] : game.search()) {
    if (t.state == TrialState::finished) finished.insert(number);
  }
  EXPECT_EQ(finished, (std::set<std::uint64_t>{1, 5, 6}));  // each the best when it came
}

TEST(Cost, LetsSmallTrialsThroughBesideGoodOnes) {
  StudyDefinition d = small_study();
  d.objectives = {Objective::accuracy, Objective::cost};
  Game game(d);
  game.outcome = [](TrialRecord& t) {
    t.valid = true;
    t.score = static_cast<double>(t.number);
    t.parameters = t.number == 7 ? 1 : 100;
  };
  game.play(1, 1);
  EXPECT_EQ(game.search().at(0).state, TrialState::finished);  // the best
  EXPECT_EQ(game.search().at(7).state, TrialState::finished);  // the smallest
  EXPECT_EQ(game.search().at(1).state, TrialState::dropped);
}

}  // namespace
}  // namespace vdn::search
