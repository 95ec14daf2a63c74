#include <vdn/search/verify.hpp>

#include <gtest/gtest.h>

#include <set>

#include <vdn/core/error.hpp>

namespace vdn::search {
namespace {

StudyDefinition verified_study() {
  StudyDefinition d;
  d.data = "flights";
  d.horizon = 24;
  d.set = {{"train.epochs", "3"}};
  return d;
}

TEST(Verification, PlansPickAndDefaultWithSeedsNobodyUsed) {
  const StudyDefinition d = verified_study();
  const Configuration pick{{"head.dropout", "0.1"}};
  const auto plan = verification(d, pick, 3)->plan({});
  ASSERT_EQ(plan.size(), 6u);
  std::set<std::uint64_t> seeds;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    EXPECT_EQ(plan[i].arm, i % 2 == 0 ? "default" : "pick");
    EXPECT_EQ(plan[i].settings.dropout, i % 2 == 0 ? preset("default").dropout : 0.1);
    EXPECT_EQ(plan[i].settings.epochs, 3u);
    EXPECT_EQ(plan[i].settings.seed, verify_seed(d, i / 2));
    seeds.insert(plan[i].settings.seed);
  }
  EXPECT_EQ(seeds.size(), 3u);
  for (std::size_t k = 0; k < 100; ++k) EXPECT_FALSE(seeds.contains(final_seed(d, k)));
  EXPECT_FALSE(seeds.contains(search_seed(d)));
}

TEST(Verification, OfTheSettingsAsTheyAreIsRefused) {
  EXPECT_THROW(verification(verified_study(), {}, 3), Error);
}

TEST(Verification, ComparesPairedByOrigin) {
  const StudyDefinition d = verified_study();
  const Configuration pick{{"head.dropout", "0.1"}};
  TrialResults results;
  for (const char* arm : {"default", "pick"}) {
    TrialResult r{"key", arm, "flights", 1};
    r.figures["horizon"] = 1;
    const double shift = std::string(arm) == "pick" ? -0.25 : 0.0;
    for (const char* score : {"origin.crps", "origin.nll", "origin.joint_nll", "origin.mse"}) {
      r.traces[score] = {1.0 + shift, 2.0 + shift, 3.0 + shift};
    }
    r.traces["origin"] = {1, 2, 3};
    results.push_back(r);
  }
  const StudyFindings found = verification(d, pick, 1)->find(results);
  ASSERT_EQ(found.tables.size(), 2u);
  ASSERT_EQ(found.tables[1].rows.size(), 1u);
  EXPECT_EQ(found.tables[1].rows[0][2], "-0.2500 [-0.2500, -0.2500]");
}

}  // namespace
}  // namespace vdn::search
