// Forecasts as JSON, against a prediction written by hand.

#include <vdn/report/prediction_json.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace vdn {
namespace {

using Json = nlohmann::json;

/// Two series, two days, two levels, two paths; the second day of the second series has no forecast.
Prediction two_days() {
  const double none = std::nan("");
  Prediction p;
  p.series = {"a \"quoted\"", "b"};
  p.horizon = 2;
  p.origins = {5, 5};
  p.last_seen = {0, 0};
  p.times = {86400, 172800, 86400, 172800};
  p.step = {TimeUnit::second, 86400};
  p.levels = {.05, .5};
  p.mean = {1, 2, 3, none};
  p.quantiles = {.5, 1.5, 1.25, 2.5, 2.25, 3.5, none, none};
  p.within_variance = {.125, .25, .5, none};
  p.latent_variance = {1, 2, 4, none};
  p.draws = {16, 16};
  p.paths = 2;
  p.path_values = {10, 20, 11, 21, 30, std::nanf(""), 31, std::nanf("")};
  return p;
}

TEST(PredictionJson, HoldsEveryFigureInItsPlace) {
  const Json json = Json::parse(prediction_json(two_days()));
  const Json days{"1970-01-02", "1970-01-03"};
  EXPECT_EQ(json["ds"], days);
  ASSERT_EQ(json["series"].size(), 2u);
  EXPECT_EQ(json["series"][0], (Json{{"unique_id", "a \"quoted\""},
                                     {"cutoff", "1970-01-01"},
                                     {"ds", days},
                                     {"mean", {1.0, 2.0}},
                                     {"var_within", {.125, .25}},
                                     {"var_latent", {1.0, 2.0}},
                                     {"quantiles", {{"0.05", {.5, 1.25}}, {"0.5", {1.5, 2.5}}}},
                                     {"draws", 16},
                                     {"paths", Json::array({Json{10.0, 20.0}, Json{11.0, 21.0}})}}));
}

TEST(PredictionJson, WritesNullWhereThereIsNoForecast) {
  const Json b = Json::parse(prediction_json(two_days()))["series"][1];
  for (const char* name : {"mean", "var_within", "var_latent"}) {
    EXPECT_FALSE(b[name][0].is_null()) << name;
    EXPECT_TRUE(b[name][1].is_null()) << name;
  }
  EXPECT_EQ(b["quantiles"]["0.5"], (Json{3.5, nullptr}));
  EXPECT_EQ(b["paths"], Json::array({Json({30.0, nullptr}), Json({31.0, nullptr})}));
}

/// With chosen draws a series has as many paths as draws.
TEST(PredictionJson, ListsTheOwnPathsOfEverySeries) {
  Prediction p = two_days();
  p.chosen_draws = true;
  p.draws = {2, 1};
  const Json json = Json::parse(prediction_json(p));
  EXPECT_EQ(json["series"][0]["paths"].size(), 2u);
  EXPECT_EQ(json["series"][1]["paths"].size(), 1u);
  EXPECT_EQ(json["series"][1]["draws"], 1);
}

TEST(PredictionJson, HasNoPathsUnlessAskedFor) {
  Prediction p = two_days();
  p.paths = 0;
  p.path_values.clear();
  EXPECT_FALSE(Json::parse(prediction_json(p))["series"][0].contains("paths"));
}

TEST(PredictionJson, SeriesThatEndApartHaveTimesOfTheirOwn) {
  Prediction p = two_days();
  p.last_seen[1] = 86400;
  p.times = {86400, 172800, 172800, 259200};
  const Json json = Json::parse(prediction_json(p));
  EXPECT_TRUE(json["ds"].is_null());
  EXPECT_EQ(json["series"][0]["ds"], (Json{"1970-01-02", "1970-01-03"}));
  EXPECT_EQ(json["series"][1]["ds"], (Json{"1970-01-03", "1970-01-04"}));
  EXPECT_EQ(json["series"][1]["cutoff"], "1970-01-02");
}

}  // namespace
}  // namespace vdn
