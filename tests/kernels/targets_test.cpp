// The table again on every code path this machine can run: the one Highway would choose and those for older machines.
#include <gtest/gtest.h>

#include <hwy/highway.h>

#include <kernels/op_case.hpp>

namespace vdn::test {
namespace {

class Targets : public testing::TestWithParam<std::int64_t> {};

TEST_P(Targets, AgreeWithPlain) {
  if ((hwy::SupportedTargets() & GetParam()) == 0)
    GTEST_SKIP() << "needs a processor with " << hwy::TargetName(GetParam());
  hwy::GetChosenTarget().Update(GetParam());
  for (const OpCase& row : op_table()) {
    EXPECT_TRUE(check_forward(row).ok()) << row.name << " " << row.shape << "\n" << check_forward(row).problems;
    EXPECT_TRUE(check_gradient(row).ok()) << row.name << " " << row.shape << "\n" << check_gradient(row).problems;
  }
  hwy::GetChosenTarget().DeInit();  // back to the best
}

INSTANTIATE_TEST_SUITE_P(All, Targets, testing::Values(HWY_SCALAR, HWY_AVX2, HWY_AVX3),
                         [](const auto& info) { return std::string(hwy::TargetName(info.param)); });

}  // namespace
}  // namespace vdn::test
