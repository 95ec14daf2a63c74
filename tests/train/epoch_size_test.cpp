#include <vdn/train/epoch_size.hpp>

#include <gtest/gtest.h>

namespace vdn {
namespace {

Settings sizes(std::uint64_t batch, std::uint64_t windows_per_epoch) {
  Settings s;
  s.batch = batch;
  s.windows_per_epoch = windows_per_epoch;
  return s;
}

TEST(EpochSize, OfAutoIsAFortiethOfTheWindowsWithinItsBounds) {
  const Settings s = sizes(64, 0);
  EXPECT_EQ(epoch_windows(s, 0), 0u);
  EXPECT_EQ(epoch_windows(s, 1000), 1000u);
  EXPECT_EQ(epoch_windows(s, 60'000), 4096u);
  EXPECT_EQ(epoch_windows(s, 400'000), 10'000u);
  EXPECT_EQ(epoch_windows(s, 5'000'000), 16'384u);
}

TEST(EpochSize, OfAutoCountsStepsAtLongHorizons) {
  Settings s = sizes(64, 0);
  s.horizon = 192;
  EXPECT_EQ(epoch_windows(s, 5'000'000), 16'384u);
  s.horizon = 384;
  EXPECT_EQ(epoch_windows(s, 5'000'000), 8'192u);
  EXPECT_EQ(epoch_windows(s, 240'000), 6'000u);
  s.horizon = 10'000;
  EXPECT_EQ(epoch_windows(s, 5'000'000), 4'096u);
}

TEST(EpochSize, IsWhatIsAskedForWhereThereAreSoMany) {
  EXPECT_EQ(epoch_windows(sizes(64, 100'000), 60'000), 60'000u);
  EXPECT_EQ(epoch_windows(sizes(64, 50'000), 60'000), 50'000u);
  EXPECT_EQ(epoch_windows(sizes(64, 10), 60'000), 10u);
}

TEST(EpochSize, CountsWholeSteps) {
  EXPECT_EQ(epoch_steps(sizes(64, 0), 60'000), 64u);
  EXPECT_EQ(epoch_steps(sizes(64, 200), 60'000), 3u);
  EXPECT_EQ(epoch_steps(sizes(64, 10), 60'000), 1u);  // less than a batch is one all the same
  EXPECT_EQ(step_windows(sizes(64, 0), 60'000), 64u);
  EXPECT_EQ(step_windows(sizes(64, 0), 20), 20u);
  EXPECT_EQ(step_windows(sizes(64, 0), 0), 1u);
  EXPECT_EQ(epoch_steps(sizes(64, 0), 20), 1u);
}

}  // namespace
}  // namespace vdn
