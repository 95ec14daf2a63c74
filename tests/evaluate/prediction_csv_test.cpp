// Predictions as tables, worked by hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <vdn/core/error.hpp>
#include <vdn/evaluate/predict.hpp>

namespace vdn {
namespace {

Prediction two_days() {
  Prediction p;
  p.series = {"a", "b,c"};
  p.horizon = 2;
  p.origins = {5, 5};
  p.last_seen = {0, 0};
  p.times = {86400, 172800, 86400, 172800};
  p.step = {TimeUnit::second, 86400};
  p.levels = {.5};
  p.mean = {1, 2, 3, std::nan("")};
  p.quantiles = {1.5, 2.5, 3.5, std::nan("")};
  p.within_variance = {.1, .2, .3, .4};
  p.latent_variance = {.5, .6, .7, .8};
  p.paths = 1;
  p.path_values = {10, 20, 30, std::nanf("")};
  return p;
}

std::string csv(const PredictionCsv& form, std::vector<Prediction> predictions = {two_days()}) {
  return to_csv(predictions, form);
}

TEST(PredictionCsv, LongHasARowASeriesAndTime) {
  EXPECT_EQ(csv({}),
            "unique_id,ds,mean,q0.5,path1\na,1970-01-02,1,1.5,10\na,1970-01-03,2,2.5,20\n"
            "\"b,c\",1970-01-02,3,3.5,30\n\"b,c\",1970-01-03,,,\n");
}

TEST(PredictionCsv, WideHasARowATime) {
  EXPECT_EQ(csv({.wide = true}),
            "ds,a mean,a q0.5,a path1,\"b,c mean\",\"b,c q0.5\",\"b,c path1\"\n"
            "1970-01-02,1,1.5,10,3,3.5,30\n1970-01-03,2,2.5,20,,,\n");
}

TEST(PredictionCsv, CutoffAndVariancesAreColumns) {
  const std::string text = csv({.cutoff = true, .variances = true}, {two_days(), two_days()});
  EXPECT_EQ(text.substr(0, text.find('\n')), "unique_id,cutoff,ds,mean,var_within,var_latent,q0.5,path1");
  EXPECT_NE(text.find("a,1970-01-01,1970-01-02,1,0.1,0.5,1.5,10\n"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
}

TEST(PredictionCsv, LargeValuesKeepWhatTellsThemApart) {
  Prediction p = two_days();
  p.mean = {123459289.25, 1e12 + .5, 52e6, 2.5e20};
  p.within_variance = {100, 4, 1e12, 1e38};
  p.latent_variance = {21, 0, 0, 0};
  const std::string text = csv({}, {p});
  for (const char* mean : {",123459289.25,", ",1000000000000.5,", ",52000000,", ",2.5e+20,"}) {
    EXPECT_NE(text.find(mean), std::string::npos) << mean << "\n" << text;
  }
}

TEST(PredictionCsv, WideRefusesSeriesThatEndApart) {
  Prediction p = two_days();
  p.times[2] += 86400;
  EXPECT_FALSE(p.aligned());
  EXPECT_THROW(csv({.wide = true}, {p}), Error);
}

TEST(PredictionCsv, WideTakesItsTimesFromSeriesThatHaveAForecast) {
  Prediction p = two_days();
  p.blank = {0};
  p.times = {-86400, 0, 86400, 172800};
  p.last_seen = {-172800, 0};
  p.mean = {std::nan(""), std::nan(""), 3, 4};
  p.quantiles = {std::nan(""), std::nan(""), 3.5, 4.5};
  p.paths = 0;
  EXPECT_TRUE(p.aligned());
  EXPECT_EQ(csv({.wide = true, .cutoff = true}, {p}),
            "cutoff,ds,a mean,a q0.5,\"b,c mean\",\"b,c q0.5\"\n"
            "1970-01-01,1970-01-02,,,3,3.5\n1970-01-01,1970-01-03,,,4,4.5\n");
}

TEST(FindOrigin, TakesTimesAndRows) {
  SeriesSet set;
  set.step = {TimeUnit::second, 3600};
  set.times = {0, 3600, 7200};
  EXPECT_EQ(find_origin(set, "1970-01-01 01:00:00"), 1u);
  EXPECT_EQ(find_origin(set, "1970-01-01 03:00:00"), 3u) << "one step past the end";
  EXPECT_EQ(find_origin(set, "2"), 2u);
  for (const char* text : {"4", "1970-01-01 04:00:00", "1970-01-01 00:30:00", "noon", "", "-1"}) {
    EXPECT_THROW(find_origin(set, text), Error) << text;
  }
  set.step = {TimeUnit::index, 10};
  set.times = {100, 110};
  EXPECT_EQ(find_origin(set, "110"), 1u) << "an integer is a time here";
  EXPECT_EQ(find_origin(set, "120"), 2u);
  EXPECT_THROW(find_origin(set, "1"), Error);
}

}  // namespace
}  // namespace vdn
