#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <vdn/search/study_page.hpp>

#include "report/markup.hpp"

namespace vdn::search {
namespace {

const char* const page_sections[] = {"At a glance", "The pick",        "Front",       "Trials",
                                     "Importance",  "Learning curves", "Ended early", "Definition"};

/// Epochs of a trial whose score falls to `last`.
void learn(StudyView& view, TrialRecord& trial, std::size_t epochs, double last) {
  for (std::size_t e = 1; e <= epochs; ++e) {
    EpochRecord epoch;
    epoch.number = trial.number;
    epoch.seed = trial.seed;
    epoch.epoch = e;
    epoch.score = last + 0.1 * static_cast<double>(epochs - e);
    epoch.info = 3.25;
    view.epochs.push_back(epoch);
  }
  trial.epochs = epochs;
  trial.seconds = 60.0 * static_cast<double>(epochs);
  trial.parameters = 12345;
  trial.valid = true;
  trial.score = last;
}

StudyDefinition small_definition() {
  StudyDefinition definition;
  definition.data = "etth1";
  definition.values_sha256 = "0123abcd";
  definition.horizon = 96;
  definition.trials = 12;
  definition.space = {
      {{"train.learning_rate", Scale::log, 1e-4, 1e-2},
       {"control.mode", Scale::choice, 0, 0, {"none", "homeostasis"}},
       {"band.target", Scale::log, 0.03, 0.3, {}, Dimension::Condition{"control.mode", {"homeostasis"}}}},
      {},
      {}};
  return definition;
}

/// 12 trials: number 4 is the best, number 5 is pruned, number 6 fails.
StudyView searched_study() {
  StudyView view{"a study", small_definition(), {}, {}};
  for (std::size_t i = 0; i < 12; ++i) {
    TrialRecord trial;
    trial.number = i;
    const double k = static_cast<double>(i);
    if (i > 0) {
      trial.configuration = {{"train.learning_rate", std::to_string(2e-4 + 8e-4 * k)},
                             {"control.mode", i % 2 == 0 ? "homeostasis" : "none"}};
      if (i % 2 == 0) trial.configuration.emplace_back("band.target", "0.1");
    }
    trial.state = i < 5 ? TrialState::finished : TrialState::dropped;
    if (i == 6) {
      trial.state = TrialState::failed;
      trial.reason = "memory: <8 GiB> & no more";
    } else {
      learn(view, trial, i == 5 ? 2 : i < 5 ? 10 : 3, i == 4 ? 0.3 : 0.4 + 0.01 * k);
    }
    if (i == 5) {
      trial.state = TrialState::pruned;
      trial.outside = 0.875;
      trial.reason = "outside the band: worse half";
      view.epochs.back().collapse = "silent";
    }
    view.trials.push_back(trial);
  }
  return view;
}

void add_final(StudyView& view, std::uint64_t number, std::uint64_t seed, double score,
               TrialState state = TrialState::finished) {
  TrialRecord trial = view.trials[number];
  trial.seed = seed;
  trial.final_stage = true;
  trial.state = state;
  if (state == TrialState::finished) learn(view, trial, 12, score);
  trial.figures = {{"validation_nll", score},
                   {"validation_crps", 0.3 * score},
                   {"calibration", 0.02},
                   {"robustness", 0.001},
                   {"seconds", trial.seconds}};
  view.trials.push_back(trial);
}

StudyView finished_study() {
  StudyView view = searched_study();
  for (std::uint64_t seed = 1000; seed < 1003; ++seed) {
    const double luck = 1e-3 * (static_cast<double>(seed) - 1001);
    add_final(view, 0, seed, 0.39 + luck);
    add_final(view, 4, seed, 0.29 + luck);
  }
  return view;
}

/// What holds of every page.
std::string checked_page(const StudyView& view) {
  const std::string html = study_page(view);
  EXPECT_TRUE(test::well_formed(html));
  for (const char* section : page_sections) {
    EXPECT_EQ(test::count(html, std::string(">") + section + "</h2>"), 1u) << section;
  }
  EXPECT_EQ(test::count(html, "<svg"), test::count(html, "</svg>"));
  EXPECT_EQ(test::count(html, "nan"), 0u);
  EXPECT_EQ(test::count(html, "<script"), 0u);
  return html;
}

TEST(StudyPage, ShowsThePickBesideTheSettingsAsTheyAre) {
  const std::string html = checked_page(finished_study());
  EXPECT_EQ(test::count(html, "number 4</dd>"), 1u);
  EXPECT_EQ(test::count(html, "number 0: 0.3900"), 1u);
  EXPECT_EQ(test::count(html, "0.2900 \xC2\xB1 0.0010"), 2u) << "verdict, table of finalists";
  EXPECT_EQ(test::count(html, "more than twice what seeds differ by"), 1u);
  EXPECT_EQ(test::count(html, "<th scope=\"row\" class=\"w\">4, the pick</th>"), 1u);
  EXPECT_EQ(test::count(html, ">0, as they are</th>"), 1u);
  EXPECT_EQ(test::count(html, "<td class=\"w\">0.003400</td><td class=\"w\">0.002</td>"), 1u) << "beside the default";
  EXPECT_EQ(test::count(html, "the pick may change"), 0u);
  EXPECT_EQ(test::count(html, "settings as they are</span>"), 4u) << "both fronts, trials, final curves";
}

TEST(StudyPage, ShowsWhatEndedEarlyAndWhy) {
  const std::string html = checked_page(finished_study());
  EXPECT_EQ(test::count(html, "outside the band: worse half; collapse: silent"), 1u);
  EXPECT_EQ(test::count(html, ">87.5%<"), 2u) << "among all trials and among those ended early";
  EXPECT_EQ(test::count(html, "memory: &lt;8 GiB&gt; &amp; no more"), 1u);
  EXPECT_EQ(test::count(html, "not used</text>"), 1u) << "some lines pass below band.target";
  EXPECT_EQ(test::count(html, "<title>number 6, failed: no score"), 1u);
}

TEST(StudyPage, SaysThatTheFinalStageIsNotOver) {
  StudyView view = finished_study();
  add_final(view, 2, 1000, 0.0, TrialState::running);
  EXPECT_EQ(test::count(checked_page(view), "6 of 7 final fits have ended; the pick may change."), 1u);
  add_final(view, 3, 1000, 0.0, TrialState::failed);
  EXPECT_EQ(test::count(checked_page(view), "1 final fit did not reach its end"), 1u);
}

TEST(StudyPage, OfAStudyUnderWay) {
  StudyView view = searched_study();
  view.trials[7].state = TrialState::running;
  view.trials[8].state = TrialState::waiting;
  view.definition.trials = 0;
  view.definition.seconds = 7200;
  const std::string html = checked_page(view);
  EXPECT_EQ(test::count(html, "The final stage has not begun"), 1u);
  EXPECT_EQ(test::count(html, "Best of the search so far: number 4, validation score 0.3000 after 10 epochs."), 1u);
  EXPECT_EQ(test::count(html, "1 train now"), 1u);
  EXPECT_EQ(test::count(html, "of 2.0 h"), 1u);
  EXPECT_EQ(test::count(html, "under way (2)"), 1u);
}

TEST(StudyPage, OfNothingAndOfNumberZeroAlone) {
  StudyView view{"empty", small_definition(), {}, {}};
  EXPECT_EQ(test::count(checked_page(view), "No trial has begun."), 1u);
  checked_page({});
  TrialRecord waiting;
  view.trials.push_back(waiting);
  EXPECT_EQ(test::count(checked_page(view), "No epoch is done yet."), 1u);
  learn(view, view.trials[0], 3, 0.4);
  view.trials[0].state = TrialState::finished;
  checked_page(view);
  add_final(view, 0, 1000, 0.39);
  EXPECT_EQ(test::count(checked_page(view), "That is number 0, the settings as they are."), 1u);
}

TEST(StudyPage, EscapesNames) {
  StudyView view = finished_study();
  view.name = "<b>&\"1\"";
  view.definition.data = "a<&>.csv";
  view.definition.space.dimensions[1].choices.push_back("<u>&");
  view.trials[3].configuration[1].second = "<u>&";
  const std::string html = checked_page(view);
  EXPECT_EQ(test::count(html, "Study &lt;b&gt;&amp;&quot;1&quot;"), 2u) << "title, heading";
  EXPECT_EQ(test::count(html, "a&lt;&amp;&gt;.csv"), 2u) << "below the heading, in the definition";
  EXPECT_EQ(test::count(html, "&lt;u&gt;&amp;"), 4u) << "axis, line, table of trials, space";
}

TEST(StudyPage, ManyTrialsOfManyDimensionsAndOneOfOne) {
  StudyView view{"wide", small_definition(), {}, {}};
  view.definition.space.dimensions.clear();
  for (std::size_t d = 0; d < 24; ++d) {
    view.definition.space.dimensions.push_back({"key.d" + std::to_string(d), Scale::linear, 0.0, 1.0});
  }
  for (std::size_t i = 0; i < 200; ++i) {
    TrialRecord trial;
    trial.number = i;
    for (std::size_t d = 0; i > 0 && d < 24; ++d) {
      trial.configuration.emplace_back("key.d" + std::to_string(d), std::to_string(double((i * (d + 7)) % 199) / 199));
    }
    learn(view, trial, 3, i == 9 ? 1e305 : 0.5 + 1e-3 * static_cast<double>(i % 50));
    trial.state = TrialState::dropped;
    view.trials.push_back(trial);
  }
  EXPECT_EQ(test::count(checked_page(view), ", dropped: "), 199u) << "a line a trial, number 0 by its own name";
  view.definition.space.dimensions.resize(1);
  view.trials.resize(2);
  checked_page(view);
  view.definition.space.dimensions.clear();
  checked_page(view);
}

TEST(StudyPage, FarScoresDoNotStretchTheCharts) {
  StudyView view = finished_study();
  view.trials[7].score = 5e4;
  for (EpochRecord& epoch : view.epochs) {
    if (epoch.number == 7) epoch.score = epoch.epoch == 3 ? std::numeric_limits<double>::quiet_NaN() : 5e4;
  }
  const std::string html = checked_page(view);
  EXPECT_EQ(test::count(html, "\xE2\x89\xA5 0.51"), 1u) << "the axis of the scores ends at that of number 11";
  EXPECT_EQ(test::count(html, ">50,000<"), 0u);
}

TEST(StudyPage, OfADefinitionThisVersionCannotRead) {
  StudyView view = finished_study();
  view.definition.set = {{"no.such_key", "1"}};
  const std::string html = checked_page(view);
  EXPECT_EQ(test::count(html, "<td class=\"w\">0.003400</td><td class=\"w\">-</td>"), 1u) << "the default is not known";
}

TEST(StudyPage, PicksTheKneeWhereObjectivesAreNamed) {
  StudyView view = finished_study();
  for (TrialRecord& trial : view.trials) {
    if (trial.number == 0 && trial.final_stage) trial.figures["seconds"] = 30.0;
  }
  EXPECT_EQ(test::count(checked_page(view), "number 4</dd>"), 1u);
  view.definition.objectives = {Objective::accuracy, Objective::cost};
  const std::string html = checked_page(view);
  EXPECT_EQ(test::count(html, "number 0</dd>"), 1u) << "as near as number 4, and before it";
  EXPECT_EQ(test::count(html, "the knee of the front over accuracy, cost"), 1u);
  EXPECT_EQ(test::count(html, "No finalist came out ahead"), 0u);
}

}  // namespace
}  // namespace vdn::search
