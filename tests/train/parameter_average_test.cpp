#include <vdn/train/parameter_average.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace vdn {
namespace {

TEST(ParameterAverage, FollowsTheFormula) {
  Scheduler scheduler(2);
  std::vector<float> values(40000, 1.0f);
  ParameterAverage average(.7, values);
  for (float& v : values) v = 3.0f;
  average.update(values, scheduler);  // 9 / 10 at first
  EXPECT_FLOAT_EQ(average.values().front(), 1.0f + .9f * 2.0f);
  EXPECT_FLOAT_EQ(average.values().back(), average.values().front());
  float expected = average.values().front();
  for (int step = 2; step < 30; ++step) {
    for (float& v : values) v = static_cast<float>(step);
    average.update(values, scheduler);
    const float weight = std::max(.7f, 9.0f / (9.0f + static_cast<float>(step)));
    expected += weight * (static_cast<float>(step) - expected);
  }
  EXPECT_NEAR(average.values()[20000], expected, 1e-4);
}

TEST(ParameterAverage, InPiecesIsTheSame) {
  Scheduler scheduler(2);
  std::vector<float> values(1000, 1.0f);
  ParameterAverage whole(.01, values), pieces(.01, values);
  for (int step = 0; step < 3; ++step) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<float>(i % 7) / 3;
    whole.update(values, scheduler);
    pieces.begin(values);
    for (const Range part : {Range{400, 1000}, Range{0, 13}, Range{13, 400}}) pieces.add(part);
    EXPECT_TRUE(std::ranges::equal(whole.values(), pieces.values()));
  }
}

TEST(ParameterAverage, WeightOneIsTheLastValues) {
  Scheduler scheduler(1);
  std::vector<float> values{1, 2};
  ParameterAverage average(1.0, values);
  EXPECT_EQ(average.values()[1], 2);
  values[1] = 5;
  average.update(values, scheduler);
  EXPECT_EQ(average.values()[1], 5);
}

}  // namespace
}  // namespace vdn
