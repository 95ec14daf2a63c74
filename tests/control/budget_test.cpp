#include <vdn/control/budget.hpp>

#include <numeric>

#include "control/control_rig.hpp"

namespace vdn::control {
namespace {

TEST(Budget, PricesRiseAboveTheShareAndFallBelow) {
  ControlRig rig(4);
  rig.settings.budget = 4.0;                                                     // one nat each
  rig.context.averages.kl.add(std::vector<double>{1.2, 0.8, 2.0 / 3, 4.0 / 3});  // 4 in all
  Budget budget(rig.settings, 4);
  budget.after_step(rig.context);
  const std::vector<double> kl{1.2, 0.8, 2.0 / 3, 4.0 / 3};
  std::vector<double> want;
  for (const double k : kl) want.push_back(1e-3 * std::pow(k, 0.05));
  expect_values(rig.beta, want, 1e-9);
}

TEST(Budget, RisingInformationRaisesThePriceAtOnce) {
  ControlRig rig(1);
  rig.settings.budget = 1.0;
  Budget budget(rig.settings, 1);
  const auto step = [&](double kl) {
    rig.context.averages.kl.values()[0] = kl;
    budget.after_step(rig.context);
    return rig.beta[0];
  };
  step(1.0);
  EXPECT_NEAR(rig.beta[0], 1e-3, 1e-12);
  const double nu = std::pow(1.2, -0.02);
  EXPECT_NEAR(step(1.2), 1e-3 * std::pow(1.2 / nu, 0.05) * 1.2, 1e-12);
}

TEST(Budget, PricesAreCut) {
  ControlRig rig(2);
  rig.settings.budget = 2.0;
  rig.settings.beta_lowest = 9.9e-4;
  rig.settings.budget_beta_highest = 1.01e-3;
  rig.context.averages.kl.add(std::vector<double>{0.0, 100.0});
  Budget(rig.settings, 2).after_step(rig.context);
  expect_values(rig.beta, {9.9e-4, 1.01e-3});
}

TEST(Budget, SharesFollowContributionAndAddUp) {
  ControlRig rig(4);
  rig.settings.budget = 8.0;
  rig.context.contribution = [] { return std::vector<double>{3.0, 1.0, 0.0, -5.0}; };
  Budget budget(rig.settings, 4);
  expect_values(budget.shares(), {2, 2, 2, 2});
  budget.after_epoch(rig.context);  // half of 2, half of 8 (.025 + .9 c/4)
  expect_values(budget.shares(), {1 + 4 * (0.025 + 0.675), 1 + 4 * (0.025 + 0.225), 1.1, 1.1});
  EXPECT_NEAR(std::accumulate(budget.shares().begin(), budget.shares().end(), 0.0), 8.0, 1e-12);
}

TEST(Budget, SharesStayEqualWhenNothingContributes) {
  ControlRig rig(2);
  rig.context.contribution = [] { return std::vector<double>{-1.0, 0.0}; };
  Budget budget(rig.settings, 2);
  budget.after_epoch(rig.context);
  expect_values(budget.shares(), {8, 8});
}

/// Neurons whose information answers to its price, KL_i = c_i / beta_i, one of them with next to nothing to tell.
TEST(Budget, ReachesItsTotalThoughOneNeuronCannot) {
  ControlRig rig(3);
  rig.settings.budget = 9.0;
  const std::vector<double> c{1e-3, 4e-3, 1e-6};
  Budget budget(rig.settings, 3);
  std::vector<double> kl(3);
  for (int step = 0; step < 5000; ++step) {
    for (std::size_t i = 0; i < 3; ++i) kl[i] = c[i] / rig.beta[i];
    rig.context.averages.kl.add(kl);
    budget.after_step(rig.context);
  }
  EXPECT_NEAR(std::accumulate(kl.begin(), kl.end(), 0.0), 9.0, 0.1);
  EXPECT_NEAR(kl[0], kl[1], 0.1);
}

}  // namespace
}  // namespace vdn::control
