#include <vdn/study/statistics.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include <vdn/core/random.hpp>

namespace vdn {
namespace {

TEST(Statistics, MeanAndSampleDeviationOfTheFiniteOnes) {
  const Summary s = summarise(std::vector<double>{1, 2, NAN, 3, 4});
  EXPECT_EQ(s.count, 4u);
  EXPECT_DOUBLE_EQ(s.mean, 2.5);
  EXPECT_NEAR(s.deviation, 1.2909944487, 1e-9);  // sqrt(5/3)
  EXPECT_TRUE(std::isnan(summarise({}).mean));
}

TEST(Statistics, IntervalsAreStudents) {
  // R: t.test(c(1,2,3,4,5))$conf.int is 1.036757 4.963243; of 1:30 it is 12.21274 18.78726
  const Interval five = mean_interval(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_NEAR(five.low, 1.036757, 1e-3);
  EXPECT_NEAR(five.high, 4.963243, 1e-3);
  std::vector<double> many;
  for (int i = 1; i <= 30; ++i) many.push_back(i);
  EXPECT_NEAR(mean_interval(many).low, 12.21274, 2e-3);
  EXPECT_TRUE(std::isnan(mean_interval(std::vector<double>{1}).low));
}

TEST(Statistics, RankCorrelationIsSpearmans) {
  EXPECT_NEAR(rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{10, 20, 40, 30}), 0.8, 1e-12);
  EXPECT_NEAR(rank_correlation(std::vector<double>{1, 2, 3}, std::vector<double>{9, 4, 1}), -1.0, 1e-12);
  // Ties by their mean rank: R's cor(c(1,1,2,3), c(1,2,3,4), method = "spearman") is 0.9486833
  EXPECT_NEAR(rank_correlation(std::vector<double>{1, 1, 2, 3}, std::vector<double>{1, 2, 3, 4}), 0.9486833, 1e-6);
  EXPECT_TRUE(std::isnan(rank_correlation(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3})));
}

TEST(Statistics, BlockBootstrapOfIndependentNumbersIsTheOrdinaryInterval) {
  std::vector<double> values;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    values.push_back(to_uniform(philox(stream_key(1, Purpose::bootstrap, 9), {i, 0, 0, 0})[0]));
  }
  const Interval interval = block_bootstrap(values, 1, 4000, 3);
  const double half = 1.96 * std::sqrt(1.0 / 12 / 2000);
  const double mean = summarise(values).mean;
  EXPECT_NEAR(interval.low, mean - half, .2 * half);
  EXPECT_NEAR(interval.high, mean + half, .2 * half);
  EXPECT_EQ(interval.low, block_bootstrap(values, 1, 4000, 3).low) << "a pure function of the seed";
}

TEST(Statistics, BlocksKeepDependence) {
  // Runs of ten equal numbers: the interval must be about sqrt(10) times that of single draws.
  std::vector<double> values;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    values.push_back(to_uniform(philox(stream_key(1, Purpose::bootstrap, 9), {i / 10, 0, 0, 0})[0]));
  }
  const Interval single = block_bootstrap(values, 1, 2000, 3), blocks = block_bootstrap(values, 50, 2000, 3);
  const double ratio = (blocks.high - blocks.low) / (single.high - single.low);
  EXPECT_GT(ratio, 2.4);
  EXPECT_LT(ratio, 4.0);
}

TEST(Statistics, SummariesPrint) {
  EXPECT_EQ(print_summary(summarise(std::vector<double>{1, 3}), 2), "2.00 +- 1.41");
  EXPECT_EQ(print_summary(summarise(std::vector<double>{1}), 1), "1.0");
  EXPECT_EQ(print_summary(summarise({}), 1), "-");
}

}  // namespace
}  // namespace vdn
