#include <vdn/study/trial.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/core/error.hpp>

namespace vdn {
namespace {

Trial some_trial() {
  Trial trial{"none", "flights", "default", preset("default")};
  trial.settings.horizon = 24;
  return trial;
}

TEST(Trial, KeyDependsOnEverythingThatDecides) {
  const Trial trial = some_trial();
  EXPECT_EQ(trial.key("control"), some_trial().key("control"));
  EXPECT_NE(trial.key("control"), trial.key("twin"));
  for (const auto& change : std::vector<void (*)(Trial&)>{
           [](Trial& t) { t.arm = "x"; }, [](Trial& t) { t.data = "x"; }, [](Trial& t) { t.settings.seed = 1; },
           [](Trial& t) { t.settings.horizon = 25; }, [](Trial& t) { t.settings.beta = 0; },
           [](Trial& t) { t.settings.twin = Twin::noise; },
           [](Trial& t) { t.settings.mode = control::parse_mode("penalty"); }}) {
    Trial other = some_trial();
    change(other);
    EXPECT_NE(trial.key("control"), other.key("control"));
  }
}

TEST(Trial, ResultsReadBack) {
  const TrialResult r{"k", "a \"quoted\" arm", "exchange", 3, 1.5, {{"crps", 0.25}, {"nll", NAN}}, {{"info", {1, 2.5}}},
                      2};
  const TrialResult back = parse_trial(trial_json(r));
  EXPECT_EQ(back.key, r.key);
  EXPECT_EQ(back.arm, r.arm);
  EXPECT_EQ(back.data, r.data);
  EXPECT_EQ(back.seed, r.seed);
  EXPECT_EQ(back.seconds, r.seconds);
  EXPECT_EQ(back.figure("crps"), 0.25);
  EXPECT_TRUE(std::isnan(back.figure("nll")));
  EXPECT_TRUE(std::isnan(back.figure("never measured")));
  EXPECT_EQ(back.traces, r.traces);
  EXPECT_EQ(back.threads, 2u);
}

TEST(Trial, LinesThatDoNotSayByHowManyThreadsAreRead) {
  EXPECT_EQ(parse_trial(R"({"key":"k","arm":"a","data":"d","seed":1,"seconds":2,"figures":{},"traces":{}})").threads,
            0u);
}

TEST(Trial, OtherTextIsRefused) {
  for (const char* line : {"", "{", "[]", "{\"key\": 3}", "{\"key\": \"a\", \"arm\": \"b\"}"}) {
    EXPECT_THROW(parse_trial(line), Error) << line;
  }
}

}  // namespace
}  // namespace vdn
