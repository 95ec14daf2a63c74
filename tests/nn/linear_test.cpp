#include <vdn/nn/linear.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "support/finite_difference.hpp"

namespace vdn::nn {
namespace {

using test::numbers;
using Shapes = std::vector<std::string>;

TEST(Linear, DeclaresWeightAndBiasStartingAsPyTorch) {
  ParameterLayout layout;
  const Linear linear(layout, "a", 3, 2);
  EXPECT_EQ(test::shapes(layout), (Shapes{"a.weight 2x3", "a.bias 1x2"}));
  EXPECT_EQ(linear.inputs(), 3u);
  EXPECT_EQ(linear.outputs(), 2u);
  for (const auto& entry : layout.entries()) {
    EXPECT_EQ(entry.initial.kind, Initial::Kind::uniform);
    EXPECT_DOUBLE_EQ(entry.initial.value, 1.0 / std::sqrt(3.0));
  }
}

TEST(Linear, ForwardIsTheDirectSum) {
  ParameterLayout layout;
  const Linear linear(layout, "a", 3, 2);
  const auto values = numbers(layout.size(), 1);
  auto x = numbers(4 * 3, 2);
  std::vector<double> y(4 * 2);
  linear.forward<double>({values}, {x.data(), 4, 3}, {y.data(), 4, 2});
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t o = 0; o < 2; ++o) {
      double want = values[linear.bias.offset + o];
      for (std::size_t i = 0; i < 3; ++i) want += values[linear.weight.offset + o * 3 + i] * x[r * 3 + i];
      EXPECT_NEAR(y[r * 2 + o], want, 1e-14);
    }
  }
}

// <dy, x W^T> = <dy W, x> for every x and dy.
TEST(Linear, BackwardInputIsTheAdjoint) {
  ParameterLayout layout;
  const Linear linear(layout, "a", 5, 3);
  auto values = numbers(layout.size(), 1);
  std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(linear.bias.offset), 3, 0.0);
  auto x = numbers(4 * 5, 2), dy = numbers(4 * 3, 3);
  std::vector<double> y(4 * 3), dx(4 * 5);
  linear.forward<double>({values}, {x.data(), 4, 5}, {y.data(), 4, 3});
  linear.backward_input<double>({values}, {dy.data(), 4, 3}, {dx.data(), 4, 5});
  EXPECT_NEAR(test::dot(dy, y), test::dot(dx, x), 1e-13);
  auto twice = dx;
  linear.backward_input<double>({values}, {dy.data(), 4, 3}, {twice.data(), 4, 5}, true);
  for (std::size_t i = 0; i < dx.size(); ++i) EXPECT_NEAR(twice[i], 2.0 * dx[i], 1e-14);
}

// More outputs than one tile of weight rows (64) and one of bias columns (256).
TEST(Linear, WeightTasksGiveTheGradientOnAnyNumberOfThreads) {
  ParameterLayout layout;
  const Linear linear(layout, "a", 2, 300);
  auto values = numbers(layout.size(), 1), x = numbers(3 * 2, 2), dy = numbers(3 * 300, 3);
  std::vector<double> y(3 * 300), one(layout.size()), two(layout.size());
  const auto loss = [&] {
    linear.forward<double>({values}, {x.data(), 3, 2}, {y.data(), 3, 300});
    return test::dot(dy, y);
  };
  for (auto* gradient : {&one, &two}) {
    TaskList tasks;
    linear.add_weight_tasks<double>(tasks, {x.data(), 3, 2}, {dy.data(), 3, 300}, {*gradient});
    test::run_tasks(tasks, gradient == &one ? 1 : 2);
  }
  EXPECT_EQ(one, two);
  test::expect_parameter_slopes(layout, values, one, loss);
}

struct NormRig {
  explicit NormRig(std::size_t rows_, std::size_t columns_)
      : rows(rows_), columns(columns_), norm(layout, "n", columns_) {
    values = numbers(layout.size(), 1);
    x = numbers(rows * columns, 2, 2.0);
    dy = numbers(rows * columns, 3);
    y.resize(rows * columns);
    dx.resize(rows * columns);
    mean.resize(rows);
    inverse_deviation.resize(rows);
  }
  double loss() {
    norm.forward<double>({values}, {x.data(), rows, columns}, {y.data(), rows, columns}, mean, inverse_deviation);
    return test::dot(dy, y);
  }
  std::size_t rows, columns;
  ParameterLayout layout;
  LayerNorm norm;
  std::vector<double> values, x, y, dy, dx, mean, inverse_deviation;
};

TEST(LayerNorm, DeclaresGainAndBias) {
  NormRig rig(1, 7);
  EXPECT_EQ(test::shapes(rig.layout), (Shapes{"n.gain 1x7", "n.bias 1x7"}));
  initialise<double>(rig.layout, 5, rig.values);
  for (const double gain : ConstParameters<double>{rig.values}.vector(rig.norm.gain)) EXPECT_EQ(gain, 1.0);
  for (const double bias : ConstParameters<double>{rig.values}.vector(rig.norm.bias)) EXPECT_EQ(bias, 0.0);
}

TEST(LayerNorm, ForwardCentresAndScalesEveryRow) {
  NormRig rig(3, 7);
  initialise<double>(rig.layout, 5, rig.values);
  rig.loss();
  for (std::size_t r = 0; r < 3; ++r) {
    double sum = 0, squares = 0, mean = 0, variance = 0;
    for (std::size_t c = 0; c < 7; ++c) {
      sum += rig.y[r * 7 + c];
      squares += rig.y[r * 7 + c] * rig.y[r * 7 + c];
      mean += rig.x[r * 7 + c] / 7;
    }
    for (std::size_t c = 0; c < 7; ++c) variance += std::pow(rig.x[r * 7 + c] - mean, 2) / 7;
    EXPECT_NEAR(sum, 0.0, 1e-13);
    EXPECT_NEAR(squares / 7, variance / (variance + 1e-5), 1e-12);
    EXPECT_NEAR(rig.mean[r], mean, 1e-15);
    EXPECT_NEAR(rig.inverse_deviation[r], 1 / std::sqrt(variance + 1e-5), 1e-12);
  }
}

TEST(LayerNorm, GradientsAreFiniteDifferences) {
  NormRig rig(3, 300);
  rig.loss();
  rig.norm.backward_input<double>({rig.values}, {rig.x.data(), 3, 300}, rig.mean, rig.inverse_deviation,
                                  {rig.dy.data(), 3, 300}, {rig.dx.data(), 3, 300});
  std::vector<double> gradient(rig.layout.size());
  TaskList tasks;
  rig.norm.add_weight_tasks<double>(tasks, {rig.x.data(), 3, 300}, rig.mean, rig.inverse_deviation,
                                    {rig.dy.data(), 3, 300}, {gradient});
  test::run_tasks(tasks, 2);
  const auto loss = [&] { return rig.loss(); };
  test::expect_slopes(rig.x, rig.dx, loss, "x");
  test::expect_parameter_slopes(rig.layout, rig.values, gradient, loss);
  // A row moved as a whole normalises to the same: its gradient sums to nothing.
  for (std::size_t r = 0; r < 3; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < 300; ++c) sum += rig.dx[r * 300 + c];
    EXPECT_NEAR(sum, 0.0, 1e-12);
  }
}

TEST(Layers, RowsInBlocksGiveTheBitsOfOneBlock) {
  ParameterLayout layout;
  const Linear linear(layout, "a", 9, 6);
  const auto values = numbers(layout.size(), 1);
  auto x = numbers(7 * 9, 2);
  std::vector<double> whole(7 * 6), parts(7 * 6);
  const Matrix<double> in(x.data(), 7, 9), out(parts.data(), 7, 6);
  linear.forward<double>({values}, in, {whole.data(), 7, 6});
  for (const Range block : {Range{4, 7}, Range{0, 1}, Range{1, 4}}) {
    linear.forward<double>({values}, in.slice(block), out.slice(block));
  }
  EXPECT_EQ(whole, parts);
}

}  // namespace
}  // namespace vdn::nn
