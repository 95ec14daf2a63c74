#include <vdn/nn/embedding.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "support/finite_difference.hpp"

namespace vdn::nn {
namespace {

constexpr std::array<std::uint32_t, 4> things{2, 0, 2, 1};  // the fourth of four never comes

TEST(Embedding, DeclaresAVectorForEveryThingStartingAtZero) {
  ParameterLayout layout;
  const Embedding embedding(layout, "a", 4, 3);
  EXPECT_EQ(test::shapes(layout), std::vector<std::string>{"a 4x3"});
  EXPECT_EQ(embedding.count(), 4u);
  EXPECT_EQ(layout.entries().front().initial.kind, Initial::Kind::constant);
  EXPECT_EQ(layout.entries().front().initial.value, 0.0);
}

TEST(Embedding, AddsTheVectorOfEveryRowsThing) {
  ParameterLayout layout;
  const Embedding embedding(layout, "a", 4, 3);
  const auto values = test::numbers(layout.size(), 1), before = test::numbers(4 * 3, 2);
  auto y = before;
  embedding.add_to<double>({values}, things, {y.data(), 4, 3});
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(y[r * 3 + c], before[r * 3 + c] + values[things[r] * 3 + c]);
  }
}

// Wider than one task (256 columns); gradients of before are overwritten.
TEST(Embedding, WeightTasksGiveTheGradientOnAnyNumberOfThreads) {
  ParameterLayout layout;
  const std::size_t width = 300;
  const Embedding embedding(layout, "a", 4, width);
  auto values = test::numbers(layout.size(), 1), dy = test::numbers(4 * width, 3);
  std::vector<double> one(layout.size(), 7.0), two(layout.size(), -7.0);
  const auto loss = [&] {
    std::vector<double> y(4 * width);
    embedding.add_to<double>({values}, things, {y.data(), 4, width});
    return test::dot(dy, y);
  };
  for (auto* gradient : {&one, &two}) {
    TaskList tasks;
    embedding.add_weight_tasks<double>(tasks, things, {dy.data(), 4, width}, {*gradient});
    test::run_tasks(tasks, gradient == &one ? 1 : 2);
  }
  EXPECT_EQ(one, two);
  test::expect_parameter_slopes(layout, values, one, loss);
}

TEST(Embedding, OfNothingHasNoParametersAndDoesNothing) {
  ParameterLayout layout;
  const Embedding none(layout, "a", 0, 3);
  EXPECT_TRUE(layout.entries().empty());
  std::vector<double> y(3, 1.0);
  none.add_to<double>({}, {}, {y.data(), 1, 3});
  EXPECT_EQ(y, std::vector<double>(3, 1.0));
  TaskList tasks;
  none.add_weight_tasks<double>(tasks, {}, {y.data(), 1, 3}, {});
  test::run_tasks(tasks, 1);
}

}  // namespace
}  // namespace vdn::nn
