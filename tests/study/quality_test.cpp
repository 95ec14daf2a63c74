// The plan of the study of quality, and its tables from results made by hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <vdn/study/published.hpp>
#include <vdn/study/study.hpp>

namespace vdn {
namespace {

TEST(QualityStudy, PlansEveryHorizonAndTwin) {
  const auto study = find_study("quality");
  StudyOptions options{.data = {"etth1", "ili"}, .seeds = 2};
  const std::vector<Trial> plan = study->plan(options);
  EXPECT_EQ(plan.size(), 2u * 2u * 4u * 5u);
  std::set<std::string> keys;
  for (const Trial& trial : plan) keys.insert(trial.key("quality"));
  EXPECT_EQ(keys.size(), plan.size()) << "no trial stands for another";
  EXPECT_EQ(plan.front().settings.lookback, 0u) << "chosen on validation";
  EXPECT_EQ(plan.back().data, "ili");
  EXPECT_EQ(plan.back().settings.horizon, 60u);
  options.horizon = 96;
  options.arms = {"default", "mixture"};
  EXPECT_EQ(study->plan(options).size(), 2u * 2u * 2u);
}

TrialResult result(const std::string& arm, std::uint64_t seed, double energy) {
  TrialResult r{arm + std::to_string(seed), arm, "etth1", seed};
  r.figures = {{"horizon", 96}, {"all.mse", .36 + energy / 100}, {"energy", energy}};
  if (arm == "default") r.figures["ridge line.mse"] = .37;
  for (std::size_t i = 0; i < 300; ++i) {
    r.traces["origin"].push_back(static_cast<double>(i));
    r.traces["origin.energy"].push_back(energy + .001 * static_cast<double>(i % 7));
    r.traces["origin.series_sum_crps"].push_back(energy);
    r.traces["origin.series_sum_crps_shared"].push_back(energy - .25);
    r.traces["origin.joint_energy"].push_back(energy);
    r.traces["origin.joint_energy_shared"].push_back(energy + .5);
  }
  return r;
}

TEST(QualityStudy, SetsTheDefaultBesideRivals) {
  const auto study = find_study("quality");
  TrialResults results;
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    results.push_back(result("default", seed, 3.7));
    results.push_back(result("mixture", seed, 3.8));
  }
  const StudyFindings found = study->find(results);
  ASSERT_EQ(found.tables.size(), 4u);
  const auto& rows = found.tables[0].rows;
  const auto has = [&](const std::string& arm, const std::string& cell) {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
      return row.size() == found.tables[0].columns.size() && row[1] == arm && row[4] == cell;
    });
  };
  EXPECT_TRUE(has("ridge line", "0.370"));
  EXPECT_TRUE(has("published: DUET", "0.352"));
  EXPECT_EQ(found.tables[2].rows.at(0).at(2), "-0.1000 [-0.1000, -0.1000]");
  ASSERT_FALSE(found.verdicts.empty());
  EXPECT_EQ(found.verdicts.front(),
            "energy, against the mixture twin: better in 1 of 1 cells, level within the interval in 0 more; at most 1% "
            "worse in 1");
  using Row = std::vector<std::string>;
  ASSERT_EQ(found.tables[3].rows.size(), 2u) << "its own draws, and the mixture twin with shared ones";
  EXPECT_EQ(found.tables[3].rows[0],
            (Row{"etth1", "default", "-0.2500 [-0.2500, -0.2500]", "+0.5000 [+0.5000, +0.5000]"}));
  EXPECT_EQ(found.tables[3].rows[1],
            (Row{"etth1", "mixture shared", "-0.1000 [-0.1000, -0.1000]", "-0.1000 [-0.1000, -0.1000]"}));
  EXPECT_EQ(
      found.verdicts.back(),
      "joint_energy of all series, shared draws, against mixture shared: better in 1 of 1 cells, level within the "
      "interval in 0 more; at most 1% worse in 1");
  EXPECT_TRUE(study->find({}).tables.empty());
}

TEST(QualityStudy, SaysHowFarBehindATwin) {
  const auto study = find_study("quality");
  const auto first = [&](double energy) {
    return study->find({result("default", 0, energy), result("mixture", 0, 3.7)}).verdicts.front();
  };
  EXPECT_EQ(first(3.72),
            "energy, against the mixture twin: better in 0 of 1 cells, level within the interval in 0 more; at most 1% "
            "worse in 1");
  EXPECT_TRUE(first(3.75).ends_with("at most 1% worse in 0")) << first(3.75);
}

TEST(QualityStudy, SetsCoverageAgainstNominal) {
  const auto study = find_study("quality");
  TrialResult roomy = result("default", 0, 3.7), tight = result("default", 0, 3.7);
  roomy.figures["validation_rows"] = 3 * 96;
  roomy.figures["all.coverage_80"] = .83;
  roomy.figures["all.coverage_90"] = .89;
  roomy.figures["sum_coverage_80"] = .84;
  roomy.figures["sum_coverage_90"] = .86;
  tight.data = "exchange";
  tight.figures = roomy.figures;
  tight.figures["validation_rows"] = 3 * 96 - 1;
  tight.figures["all.coverage_80"] = .70;
  tight.figures["sum_coverage_90"] = .84;
  const std::vector<std::string> verdicts = study->find({roomy, tight}).verdicts;
  ASSERT_EQ(verdicts.size(), 4u) << "own draws, which there are, beside shared ones; then coverage";
  EXPECT_EQ(verdicts[2],
            "points by which intervals of 80 and 90% are off: 2.0 on average over the 1 cells with validation rows for "
            "three horizons; with less exchange at 96 5.5");
  EXPECT_EQ(verdicts[3],
            "intervals of 80 and 90% of the sum over the horizon are both within 5 points in 1 of 2 cells");
}

TEST(Published, BestFigureOfACell) {
  ASSERT_TRUE(best_published("weather", 720).has_value());
  EXPECT_EQ(best_published("weather", 720)->mse, .305);
  EXPECT_FALSE(best_published("flights", 24).has_value());
}

}  // namespace
}  // namespace vdn
