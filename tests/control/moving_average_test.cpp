#include <vdn/control/moving_average.hpp>

#include <gtest/gtest.h>

namespace vdn::control {
namespace {

TEST(MovingAverage, StartsAtItsFirstValueAndWeighsTheNewOne) {
  MovingAverage average(.1);
  EXPECT_EQ(average.add(4.0), 4.0);
  EXPECT_DOUBLE_EQ(average.add(14.0), 5.0);
  EXPECT_DOUBLE_EQ(average.value(), 5.0);
}

TEST(MovingAverage, OneNumberPerNeuron) {
  NeuronAverages averages(.05, 2);
  averages.add(std::vector<double>{1.0, 2.0});
  averages.add(std::vector<double>{3.0, 2.0});
  EXPECT_DOUBLE_EQ(averages.values()[0], 1.1);
  EXPECT_DOUBLE_EQ(averages.values()[1], 2.0);
}

}  // namespace
}  // namespace vdn::control
