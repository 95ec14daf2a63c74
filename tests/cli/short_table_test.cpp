// What vdn fit makes of short tables of one series, end to end: at least what their last value says.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/run_vdn.hpp"

namespace vdn::test {
namespace {

/// The same numbers in [0, 1) on every machine.
class Uniform {
 public:
  double operator()() {
    bits_ = bits_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(bits_ >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t bits_ = 1;
};

/// One value a day.
std::string table_of(std::size_t rows, const std::function<double()>& next) {
  std::string text = "day,y\n";
  for (std::size_t t = 0; t < rows; ++t) {
    const std::chrono::year_month_day day(std::chrono::sys_days(std::chrono::days(18000 + t)));
    text += fmt::format("{}-{:02}-{:02},{:.4f}\n", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                        static_cast<unsigned>(day.day()), next());
  }
  return text;
}

std::string random_walk(std::size_t rows) {
  double level = 50;
  return table_of(rows, [&level, uniform = Uniform()]() mutable { return level += uniform() - .5; });
}

/// A figure of a row of the table on the test part.
double scored(const Workplace& place, const std::string& forecaster, const char* figure) {
  const Outcome run = place.run({"backtest", "run/model.vdn", "data.csv", "--baselines", "--json"});
  EXPECT_EQ(run.code, 0) << run.err;
  const nlohmann::json document = run.json();
  for (const auto& row : document.at("models")) {
    if (row.at("name") == forecaster) return row.at(figure);
  }
  ADD_FAILURE() << "no row " << forecaster;
  return 0;
}

std::vector<std::string> fit(const std::vector<std::string>& more) {
  std::vector<std::string> words{"fit", "data.csv", "--no-report", "--no-test", "--threads", "1"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(ShortTable, ARandomWalkIsForecastNextToItsLastValue) {
  Workplace place;
  place.write("data.csv", random_walk(1000));
  // 353 windows of 700 training rows, 336 weights a step.
  ASSERT_EQ(place.run(fit({"--horizon", "12", "--lookback", "336", "--set", "train.epochs=5"})).code, 0);
  EXPECT_LT(scored(place, "vdn default", "mse"), 1.1 * scored(place, "repeat last", "mse"));
}

TEST(ShortTable, ItsLookBackIsAtMostAQuarterOfTheTrainingRows) {
  Workplace place;
  place.write("data.csv", random_walk(1000));
  const Outcome run = place.run(fit({"--horizon", "12", "--set", "train.epochs=5"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.err, "look-back 96 in place of 336: few training rows")) << run.err;
  EXPECT_LT(scored(place, "vdn default", "mse"), 1.1 * scored(place, "repeat last", "mse"));
}

TEST(ShortTable, ARandomWalkGivesItsLastValueAShare) {
  Workplace place;
  place.write("data.csv", random_walk(1000));
  const Outcome run = place.run(fit({"--horizon", "12", "--set", "train.epochs=5"}));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(holds(run.out + run.err, "pool   last value ")) << run.out << run.err;
  const Outcome shown = place.run({"inspect", "run/model.vdn"});
  EXPECT_TRUE(holds(shown.out, "pool        last value ")) << shown.out;
  EXPECT_TRUE(holds(place.read("run/model-card.md"), "Beside the network the last value has a weight of "));
  EXPECT_LT(scored(place, "vdn default", "crps"), 1.05 * scored(place, "repeat last", "crps"));
  const Outcome paths = place.run({"predict", "run/model.vdn", "data.csv", "--paths", "20", "--out", "f.csv"});
  EXPECT_EQ(paths.code, 0) << paths.err;
}

TEST(ShortTable, CalibrationKeepsDemandThatIsMostlyNone) {
  Workplace place;
  place.write("data.csv", table_of(160, [uniform = Uniform()]() mutable {
                const double size = 1.2 + .2 * uniform();
                return uniform() < .05 ? size : 0.0;
              }));
  ASSERT_EQ(place.run(fit({"--horizon", "8"})).code, 0);
  EXPECT_LT(scored(place, "vdn default", "crps"), 1.3 * scored(place, "vdn default, uncalibrated", "crps"));
}

}  // namespace
}  // namespace vdn::test
