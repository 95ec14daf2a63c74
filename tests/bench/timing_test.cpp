#include <vdn/bench/timing.hpp>

#include <gtest/gtest.h>

#include <vdn/core/error.hpp>

namespace vdn::bench {
namespace {

TEST(Summarise, QuantilesAreInterpolated) {
  const Timing t = summarise({4, 1, 3, 2, 5});
  EXPECT_EQ(t.runs, 5u);
  EXPECT_EQ(t.median, 3);
  EXPECT_NEAR(t.p10, 1.4, 1e-12);
  EXPECT_NEAR(t.p90, 4.6, 1e-12);
  EXPECT_NEAR(t.p99, 4.96, 1e-12);
  EXPECT_EQ(summarise({7}).p99, 7);
  EXPECT_THROW(summarise({}), Error);
}

}  // namespace
}  // namespace vdn::bench
