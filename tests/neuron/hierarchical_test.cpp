#include <vdn/neuron/hierarchical.hpp>

#include <gtest/gtest.h>

#include "neuron/layer_rig.hpp"

namespace vdn::neuron {
namespace {

LayerShape hierarchical(std::size_t dims = 2, std::size_t macro_dims = 3, SigmaMode sigma = SigmaMode::per_unit_input) {
  LayerShape shape = layer_shape(4, 3, dims, Pooling::sum, sigma);
  shape.prior = Prior::hierarchical;
  shape.macro_dims = macro_dims;
  return shape;
}

/// Weights small enough to keep every deviation off its clamp.
LayerRig make_rig(const LayerShape& shape = hierarchical()) {
  LayerRig rig(shape, 5, 3);
  for (double& value : rig.values) value *= 0.5;
  return rig;
}

double affine(const LayerRig& rig, const std::string& name, std::span<const double> x, std::size_t o) {
  const ConstParameters<double> p{rig.values};
  const auto weight = p.matrix(rig.layout.find("neuron." + name + ".weight").slot);
  return p.vector(rig.layout.find("neuron." + name + ".bias").slot)[o] + test::dot(weight.row(o), x);
}

TEST(HierarchicalPrior, DeclaresItsParameters) {
  const auto shapes = test::shapes(LayerRig(hierarchical(), 2, 1).layout);
  EXPECT_EQ((std::vector<std::string>(shapes.end() - 8, shapes.end())),
            (std::vector<std::string>{"neuron.macro.mu.weight 3x4", "neuron.macro.mu.bias 1x3",
                                      "neuron.macro.sigma.weight 3x4", "neuron.macro.sigma.bias 1x3",
                                      "neuron.prior_mean.weight 6x3", "neuron.prior_mean.bias 1x6",
                                      "neuron.prior_deviation.weight 6x3", "neuron.prior_deviation.bias 1x6"}));
}

TEST(HierarchicalPrior, TheMacroLatentIsDrawnFromTheContextAndPaid) {
  LayerRig rig = make_rig();
  rig.forward();
  double total = 0;
  for (std::size_t b = 0; b < 5; ++b) {
    double kl = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      const double mu = affine(rig, "macro.mu", rig.context.row(b), j);
      const double sigma = std::exp(affine(rig, "macro.sigma", rig.context.row(b), j));
      EXPECT_NEAR(rig.w.hierarchical.g(b, j), mu + sigma * rig.w.hierarchical.eps(b, j), 1e-13);
      kl += integrated_kl(mu, sigma);
    }
    EXPECT_NEAR(rig.w.hierarchical.kl(b, 0), kl, 1e-9);
    total += kl / 5;
  }
  EXPECT_NEAR(rig.layer.macro_kl<double>(rig.w), total, 1e-9);
}

TEST(HierarchicalPrior, TheKlIsTheIntegralAgainstThePriorTheMacroLatentGives) {
  LayerRig rig = make_rig();
  rig.forward();
  for (std::size_t b = 0; b < 5; ++b) {
    for (std::size_t i = 0; i < 3; ++i) {
      double kl = 0, means = 0;
      for (std::size_t c = 2 * i; c < 2 * i + 2; ++c) {
        const double m = affine(rig, "prior_mean", rig.w.hierarchical.g.row(b), c);
        const double s = std::exp(affine(rig, "prior_deviation", rig.w.hierarchical.g.row(b), c));
        kl += integrated_kl(rig.w.posterior.mu(b, c), rig.w.posterior.sigma(b, c), m, s);
        means += m;
      }
      EXPECT_NEAR(rig.w.kl(b, i), kl, 1e-8);
      EXPECT_NEAR(rig.layer.prior_activity<double>(rig.w, b, i), means, 1e-13);  // pooled as activities are: the sum
    }
  }
}

TEST(HierarchicalPrior, GradientsAreFiniteDifferences) {
  for (const std::size_t dims : {1u, 3u}) {
    for (const std::size_t macro_dims : {1u, 4u}) {
      for (const SigmaMode sigma : {SigmaMode::scalar, SigmaMode::per_unit_input}) {
        SCOPED_TRACE(testing::Message() << "K " << dims << ", G " << macro_dims << ", sigma "
                                        << static_cast<int>(sigma));
        LayerRig rig = make_rig(hierarchical(dims, macro_dims, sigma));
        rig.differentiate();
        const auto loss = [&] { return rig.loss(); };
        test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
        test::expect_slopes(rig.context.flat(), rig.dcontext.flat(), loss, "context");
      }
    }
  }
}

TEST(HierarchicalPrior, StartsNearTheStandardOne) {
  LayerRig rig(hierarchical(1, 8), 40, 1);
  initialise<double>(rig.layout, 3, rig.values);
  rig.forward();
  for (const double m : rig.w.prior.mean.flat()) EXPECT_LT(std::abs(m), 0.6);
  for (const double s : rig.w.prior.deviation.flat()) EXPECT_NEAR(s, 1.0, 0.5);
  double squares = 0;
  for (const double m : rig.w.prior.mean.flat()) squares += m * m / double(rig.w.prior.mean.size());
  EXPECT_LT(std::sqrt(squares), 0.15);
  EXPECT_GT(squares, 0.0);  // not at 0, where no gradient reaches the macro latent
}

TEST(HierarchicalPrior, TheMacroNoiseIsAFunctionOfTheKeyAndNoneAtTheMean) {
  LayerRig rig(hierarchical(), 5, 3);
  rig.layer.fill_macro_noise<double>(rig.w, 0, draw_key(9, 0), false);
  rig.layer.fill_macro_noise<double>(rig.w, 1, draw_key(9, 0), false);
  rig.layer.fill_macro_noise<double>(rig.w, 2, draw_key(8, 0), false);
  EXPECT_EQ(test::copy(rig.w.hierarchical.eps.row(0)), test::copy(rig.w.hierarchical.eps.row(1)));
  EXPECT_NE(test::copy(rig.w.hierarchical.eps.row(0)), test::copy(rig.w.hierarchical.eps.row(2)));
  rig.layer.fill_macro_noise<double>(rig.w, 2, draw_key(8, 0), true);
  rig.forward();
  EXPECT_EQ(test::copy(rig.w.hierarchical.g.row(2)), test::copy(rig.w.hierarchical.macro.mu.row(2)));
}

TEST(HierarchicalPrior, RowsInBlocksGiveTheBitsOfOneBlock) {
  LayerRig whole(hierarchical(), 5, 3), parts(hierarchical(), 5, 3);
  whole.differentiate();
  for (const Range block : {Range{3, 5}, Range{0, 1}, Range{1, 3}}) {
    parts.layer.forward<double>({parts.values}, parts.w, block);
    parts.layer.backward<double>({parts.values}, parts.w, parts.kl_weight, block);
  }
  TaskList tasks;
  parts.layer.add_weight_tasks<double>(tasks, {parts.values}, parts.w, {parts.gradient});
  test::run_tasks(tasks);
  EXPECT_EQ(test::copy(whole.dcontext.flat()), test::copy(parts.dcontext.flat()));
  EXPECT_EQ(whole.gradient, parts.gradient);
}

}  // namespace
}  // namespace vdn::neuron
