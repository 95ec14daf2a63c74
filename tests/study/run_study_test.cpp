#include <gtest/gtest.h>

#include <set>

#include <vdn/core/error.hpp>
#include <vdn/study/document.hpp>
#include <vdn/study/study.hpp>

#include "support/support.hpp"

namespace vdn {
namespace {

/// Measures nothing: the figure is the seed.
class Fake : public Study {
 public:
  std::string name() const override { return "fake"; }
  std::string claim() const override { return "Seeds are numbers."; }
  std::vector<std::string> usual_data() const override { return {"flights"}; }
  std::size_t usual_seeds() const override { return 3; }
  std::vector<Trial> plan(const StudyOptions& options) const override {
    std::vector<Trial> plan;
    for (std::uint64_t seed = 0; seed < (options.seeds ? options.seeds : usual_seeds()); ++seed) {
      for (const char* arm : {"one", "two"}) {
        plan.push_back({arm, "flights", "default", study_settings(options, "flights", seed)});
      }
    }
    return plan;
  }
  TrialResult measure(const Trial& trial, const LoadedData& data, Scheduler&, TrainingObserver&) const override {
    ++measured;
    EXPECT_EQ(data.series.count(), 12u);
    TrialResult r{trial.key(name()), trial.arm, trial.data, trial.settings.seed, seconds};
    r.figures["crps"] = static_cast<double>(trial.settings.seed) + (trial.arm == "two" ? .5 : 0);
    return r;
  }
  StudyFindings find(const TrialResults& results) const override {
    StudyFindings found;
    found.tables.push_back(mean_table("Means", results, {{"CRPS", "crps", 1}}));
    found.verdicts.push_back(compare_arms(results, "flights", "two", "one", "crps", 1));
    return found;
  }
  mutable std::size_t measured = 0;
  double seconds = 1.0;
};

struct Silent : StudyObserver {
  TrainingObserver& training() override { return observer; }
  void on_result(const TrialResult&) override { observer.stop = ++results == stop_after; }
  struct Stopper : TrainingObserver {
    bool stop_requested() override { return stop; }
    bool stop = false;
  } observer;
  std::size_t results = 0, stop_after = 1000;
};

StudyRun run(const Fake& study, const test::TemporaryDirectory& folder, StudyOptions options = {}, double hours = 0,
             std::size_t stop_after = 1000) {
  Scheduler scheduler(1);
  Silent silent;
  silent.stop_after = stop_after;
  return run_study(study, options, folder.path().string(), hours, scheduler, silent);
}

TEST(RunStudy, RunsEveryTrialOnce) {
  const test::TemporaryDirectory folder;
  const Fake study;
  const StudyRun first = run(study, folder);
  EXPECT_TRUE(first.complete());
  EXPECT_EQ(first.results.size(), 6u);
  EXPECT_EQ(first.seconds, 6.0);
  const StudyRun again = run(study, folder);
  EXPECT_EQ(study.measured, 6u) << "nothing runs twice";
  EXPECT_TRUE(again.complete());
  EXPECT_EQ(run(study, folder, {.seeds = 4}).results.size(), 8u);
  EXPECT_EQ(study.measured, 8u) << "more seeds go on from those there are";
}

TEST(RunStudy, GoesOnAfterAnInterruption) {
  const test::TemporaryDirectory folder;
  const Fake study;
  const StudyRun stopped = run(study, folder, {}, 0, 2);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_EQ(stopped.results.size(), 2u);
  const StudyRun whole = run(study, folder);
  EXPECT_TRUE(whole.complete());
  const test::TemporaryDirectory other;
  EXPECT_EQ(study_csv(whole), study_csv(run(Fake(), other))) << "as if it had not been stopped";
}

TEST(RunStudy, StaysWithinItsHours) {
  const test::TemporaryDirectory folder;
  Fake study;
  study.seconds = 7200;  // what the first trial says it took; the second would not end in time
  const StudyRun limited = run(study, folder, {}, 1.0);
  EXPECT_TRUE(limited.out_of_time);
  EXPECT_EQ(limited.results.size(), 1u);
  EXPECT_EQ(limited.planned, 6u);
}

TEST(RunStudy, TablesAreMeansAndPairedDifferences) {
  const test::TemporaryDirectory folder;
  const Fake study;
  const StudyRun whole = run(study, folder);
  const StudyFindings found = study.find(whole.results);
  EXPECT_EQ(found.tables[0].rows[0], (std::vector<std::string>{"flights", "one", "3", "1.0 +- 1.0"}));
  EXPECT_EQ(found.verdicts[0], "flights: crps of two less that of one is +0.5 [+0.5, +0.5] over 3 seeds");
  const std::string page = study_markdown(study, whole, found, {"vdn study fake", "a machine", "1"});
  for (const char* part : {"# Study: fake", "Seeds are numbers.", "`vdn study fake`", "6 of 6 trials",
                           "a machine, 1 thread.", "| flights | two | 3 | 1.5 +- 1.0 |"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part << " in " << page;
  }
  EXPECT_TRUE(study_csv(whole).starts_with("data,arm,seed,seconds,threads,crps\nflights,one,0,1.00,1,0\n"));
}

TEST(RunStudy, PageSaysByHowManyThreads) {
  const Fake study;
  const auto page = [&](std::vector<std::size_t> threads) {
    StudyRun run{.planned = threads.size()};
    for (const std::size_t n : threads) {
      run.results.push_back({.key = "k", .arm = "one", .data = "flights"});
      run.results.back().threads = n;
    }
    return study_markdown(study, run, {}, {"vdn study fake", "a machine", "1"});
  };
  EXPECT_NE(page({2, 2}).find("on a machine, 2 threads."), std::string::npos);
  EXPECT_NE(page({2, 1, 2}).find("on a machine, 1 or 2 threads."), std::string::npos);
  EXPECT_NE(page({2, 0}).find("2 threads, some trials by an unknown number."), std::string::npos);
  EXPECT_NE(page({0}).find("an unknown number of threads."), std::string::npos);
}

TEST(Studies, HavePlansOfDistinctTrials) {
  for (const auto& study : all_studies()) {
    const std::vector<Trial> plan = study->plan({});
    std::set<std::string> keys;
    for (const Trial& trial : plan) keys.insert(trial.key(study->name()));
    EXPECT_EQ(keys.size(), plan.size()) << study->name();
    EXPECT_FALSE(study->claim().empty());
    EXPECT_NO_THROW(study->find({})) << study->name() << ": of no results";
  }
}

TEST(Studies, SettingsOfTheUserPrevail) {
  for (const auto& study : all_studies()) {
    for (const Trial& trial : study->plan({.data = {"flights"}, .seeds = 1, .set = {{"train.epochs", "2"}}})) {
      EXPECT_EQ(trial.settings.epochs, 2u) << study->name();
      EXPECT_EQ(trial.data, "flights");
    }
  }
}

TEST(Studies, RunOnlyTheArmsAskedFor) {
  const auto study = find_study("control");
  for (const Trial& trial : study->plan({.data = {"flights"}, .arms = {"none"}, .seeds = 2}))
    EXPECT_EQ(trial.arm, "none");
  EXPECT_EQ(study->plan({.data = {"flights"}, .arms = {"none"}, .seeds = 2}).size(), 2u);
  EXPECT_THROW(study->plan({.arms = {"nobody"}}), Error);
  EXPECT_THROW(find_study("twin")->plan({.arms = {"noise"}}), Error);
}

TEST(Studies, AnUnknownNameIsToldTheNearest) {
  try {
    find_study("twins");
    FAIL() << "was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find("did you mean 'twin'"), std::string::npos) << error.what();
  }
}

TEST(Studies, AUsersTableNeedsAHorizon) {
  EXPECT_THROW(study_settings({}, "sales.csv", 0), Error);
  EXPECT_EQ(study_settings({.horizon = 60}, "sales.csv", 0).lookback, 120u);
}

}  // namespace
}  // namespace vdn
