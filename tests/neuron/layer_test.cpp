#include <vdn/neuron/layer.hpp>

#include <gtest/gtest.h>

#include <cmath>

#include "neuron/layer_rig.hpp"

namespace vdn::neuron {
namespace {

TEST(NeuronLayer, DrawsAreMuPlusSigmaEps) {
  LayerRig rig(layer_shape(4, 3, 2), 5, 3);
  rig.forward();
  for (std::size_t r = 0; r < 15; ++r) {
    for (std::size_t o = 0; o < 6; ++o) {
      EXPECT_NEAR(rig.w.z(r, o), rig.w.posterior.mu(r / 3, o) + rig.w.posterior.sigma(r / 3, o) * rig.w.eps(r, o),
                  1e-14);
    }
  }
}

TEST(NeuronLayer, PoolsItsDimensions) {
  for (const auto& [pooling, factor] : {std::pair{Pooling::mean, 1.0 / 3}, std::pair{Pooling::sum, 1.0},
                                        std::pair{Pooling::sum_sqrtk, 1.0 / std::sqrt(3.0)}}) {
    LayerRig rig(layer_shape(4, 2, 3, pooling), 5, 3);
    rig.forward();
    for (std::size_t r = 0; r < 15; ++r) {
      for (std::size_t i = 0; i < 2; ++i) {
        const double sum = rig.w.z(r, 3 * i) + rig.w.z(r, 3 * i + 1) + rig.w.z(r, 3 * i + 2);
        EXPECT_NEAR(rig.w.activity(r, i), factor * sum, 1e-14);
      }
    }
  }
}

TEST(NeuronLayer, WithOneDimensionTheActivityIsTheDraw) {
  for (const Pooling pooling : {Pooling::mean, Pooling::sum, Pooling::sum_sqrtk}) {
    LayerRig rig(layer_shape(4, 3, 1, pooling), 5, 2);
    rig.forward();
    EXPECT_EQ(test::copy(rig.w.activity.flat()), test::copy(rig.w.z.flat()));
  }
}

TEST(NeuronLayer, KlIsTheIntegralSummedOverDimensions) {
  for (const SigmaMode mode : {SigmaMode::scalar, SigmaMode::per_unit, SigmaMode::per_unit_input}) {
    LayerRig rig(layer_shape(4, 3, 2, Pooling::mean, mode), 3, 1);
    rig.forward();
    for (std::size_t b = 0; b < 3; ++b) {
      for (std::size_t i = 0; i < 3; ++i) {
        const auto mu = rig.w.posterior.mu.row(b), sigma = rig.w.posterior.sigma.row(b);
        const double want = integrated_kl(mu[2 * i], sigma[2 * i]) + integrated_kl(mu[2 * i + 1], sigma[2 * i + 1]);
        EXPECT_NEAR(rig.w.kl(b, i), want, 1e-9);
      }
    }
  }
}

TEST(NeuronLayer, NoiseIsAFunctionOfTheKeyAlone) {
  LayerRig one(layer_shape(4, 3, 2), 5, 3), other(layer_shape(9, 3, 2), 2, 1);
  other.layer.fill_noise<double>(other.w, 1, draw_key(4, 2));
  EXPECT_EQ(test::copy(one.w.eps.row(4 * 3 + 2)), test::copy(other.w.eps.row(1)));
  for (const auto& key : {draw_key(3, 2), draw_key(4, 1), draw_key(4, 2, 1), draw_key(4, 2, 0, 2)}) {
    other.layer.fill_noise<double>(other.w, 0, key);
    EXPECT_NE(test::copy(other.w.eps.row(0)), test::copy(other.w.eps.row(1)));
  }
}

// A neuron's noise does not depend on how many neurons stand beside it.
TEST(NeuronLayer, NoiseOfTheFirstNeuronsIsThatOfANarrowerLayer) {
  LayerRig narrow(layer_shape(4, 3, 1), 2, 2), wide(layer_shape(4, 50, 1), 2, 2);
  for (std::size_t r = 0; r < 4; ++r) {
    EXPECT_EQ(test::copy(narrow.w.eps.row(r)), test::copy(wide.w.eps.row(r).first(3)));
  }
}

TEST(NeuronLayer, StackedLayersDrawTheirOwnNoise) {
  LayerShape shape = layer_shape(4, 3, 1);
  LayerRig first(shape, 2, 2);
  shape.index = 1;
  LayerRig second(shape, 2, 2), again(shape, 2, 2);
  EXPECT_NE(test::copy(first.w.eps.flat()), test::copy(second.w.eps.flat()));
  EXPECT_EQ(test::copy(again.w.eps.flat()), test::copy(second.w.eps.flat()));
}

TEST(NeuronLayer, TheMeanDrawIsMu) {
  LayerRig rig(layer_shape(4, 3, 1), 5, 2);
  rig.fill_noise(true);
  rig.forward();
  for (std::size_t r = 0; r < 10; ++r) {
    EXPECT_EQ(test::copy(rig.w.z.row(r)), test::copy(rig.w.posterior.mu.row(r / 2)));
  }
}

TEST(NeuronLayer, ADeterministicLayerIsMuAndPaysNothing) {
  LayerShape shape = layer_shape(4, 3, 1);
  shape.deterministic = true;
  LayerRig rig(shape, 5, 1);
  rig.kl_weight.assign(3, 1e6);
  rig.differentiate();
  EXPECT_EQ(test::copy(rig.w.z.flat()), test::copy(rig.w.posterior.mu.flat()));
  for (const double kl : rig.w.kl.flat()) EXPECT_EQ(kl, 0.0);
  for (const double dsigma : rig.w.posterior.dsigma.flat()) EXPECT_EQ(dsigma, 0.0);
  EXPECT_EQ(test::copy(rig.w.posterior.dmu.flat()), test::copy(rig.dactivity.flat()));
}

TEST(NeuronLayer, GradientsAreFiniteDifferences) {
  for (const SigmaMode mode : {SigmaMode::scalar, SigmaMode::per_unit, SigmaMode::per_unit_input}) {
    for (const std::size_t dims : {1u, 3u}) {
      SCOPED_TRACE(testing::Message() << "sigma " << static_cast<int>(mode) << ", K " << dims);
      LayerRig rig(layer_shape(4, 3, dims, Pooling::sum_sqrtk, mode), 5, 3);
      rig.differentiate();
      const auto loss = [&] { return rig.loss(); };
      test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
      test::expect_slopes(rig.context.flat(), rig.dcontext.flat(), loss, "context");
    }
  }
}

TEST(NeuronLayer, RowsInBlocksGiveTheBitsOfOneBlock) {
  LayerShape shape = layer_shape(4, 3, 2);
  shape.local_decoder = true;
  LayerRig whole(shape, 5, 3), parts(shape, 5, 3);
  whole.differentiate();
  parts.layer.prepare<double>({parts.values}, parts.w);
  for (const Range block : {Range{3, 5}, Range{0, 1}, Range{1, 3}}) {
    parts.layer.forward<double>({parts.values}, parts.w, block);
    parts.layer.backward<double>({parts.values}, parts.w, parts.kl_weight, block);
  }
  EXPECT_EQ(test::copy(whole.w.activity.flat()), test::copy(parts.w.activity.flat()));
  EXPECT_EQ(test::copy(whole.w.kl.flat()), test::copy(parts.w.kl.flat()));
  EXPECT_EQ(test::copy(whole.dcontext.flat()), test::copy(parts.dcontext.flat()));
}

/// Two layers, the second over the B*S draws of the first, one draw each; its KL is averaged over them.
struct Stack {
  static constexpr std::size_t B = 4, S = 3, C = 5, N1 = 4, K1 = 2, N2 = 3;
  Stack()
      : first(layout, "first", layer_shape(C, N1, K1, Pooling::sum_sqrtk)), second(layout, "second", [] {
          LayerShape shape = layer_shape(N1, N2, 1);
          shape.index = 1;
          return shape;
        }()) {
    arena = Arena::lay_out([this](ArenaCursor& cursor) {
      x = cursor.matrix<double>(B, C);
      dx = cursor.matrix<double>(B, C);
      between = cursor.matrix<double>(B * S, N1);
      direction = cursor.matrix<double>(B * S, N2);
      w1 = first.bind<double>(cursor, B, S, true);
      w2 = second.bind<double>(cursor, B * S, 1, true);
      first.connect<double>(w1, x, between, dx);
      second.connect<double>(w2, w1.activity, direction, between);
    });
    values = test::numbers(layout.size(), 1, 0.7);
    gradient.resize(layout.size());
    test::fill_numbers(x.flat(), 2);
    test::fill_numbers(direction.flat(), 3);
    for (std::size_t r = 0; r < B * S; ++r) {
      const auto key = draw_key(static_cast<std::uint32_t>(r / S), static_cast<std::uint32_t>(r % S));
      first.fill_noise<double>(w1, r, key);
      second.fill_noise<double>(w2, r, key);
    }
  }
  static double beta(std::size_t i) { return 0.3 + 0.1 * static_cast<double>(i); }
  static double price(ConstMatrix<double> kl) {
    double sum = 0;
    for (std::size_t r = 0; r < kl.rows; ++r) {
      for (std::size_t i = 0; i < kl.cols; ++i) sum += beta(i) * kl(r, i) / static_cast<double>(kl.rows);
    }
    return sum;
  }
  double loss() {
    first.forward<double>({values}, w1, {0, B});
    second.forward<double>({values}, w2, {0, B * S});
    return test::dot(direction.flat(), w2.activity.flat()) + price(w1.kl) + price(w2.kl);
  }
  void backward(const NeuronLayer& layer, const NeuronLayer::Workspace<double>& w) {
    std::vector<double> weight(layer.neurons());
    for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = beta(i) / static_cast<double>(w.kl.rows);
    layer.backward<double>({values}, w, weight, {0, w.kl.rows});
    TaskList tasks;
    layer.add_weight_tasks<double>(tasks, {values}, w, {gradient});
    test::run_tasks(tasks);
  }

  ParameterLayout layout;
  NeuronLayer first, second;
  NeuronLayer::Workspace<double> w1, w2;
  Matrix<double> x, dx, between, direction;
  Arena arena;
  std::vector<double> values, gradient;
};

TEST(NeuronLayer, GradientsThroughTwoLayersAreFiniteDifferences) {
  Stack stack;
  stack.loss();
  stack.backward(stack.second, stack.w2);
  stack.backward(stack.first, stack.w1);
  EXPECT_EQ(stack.w2.z.rows, Stack::B * Stack::S);  // S draws stay S, not S^2
  const auto loss = [&] { return stack.loss(); };
  test::expect_parameter_slopes(stack.layout, stack.values, stack.gradient, loss);
  test::expect_slopes(stack.x.flat(), stack.dx.flat(), loss, "x");
}

}  // namespace
}  // namespace vdn::neuron
