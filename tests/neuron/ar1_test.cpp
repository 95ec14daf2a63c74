#include <vdn/neuron/ar1.hpp>

#include <gtest/gtest.h>

#include "neuron/layer_rig.hpp"

namespace vdn::neuron {
namespace {

constexpr double phi = 0.8, tau = 0.3;
constexpr ArForm forms[] = {ArForm::mean, ArForm::draws, ArForm::kl};

LayerShape persistent(ArForm form, std::size_t dims = 2, bool learn_phi = false,
                      SigmaMode sigma = SigmaMode::per_unit_input) {
  LayerShape shape = layer_shape(4, 3, dims, Pooling::mean, sigma);
  shape.prior = Prior::ar1;
  shape.ar1 = {form, phi, learn_phi, tau};
  return shape;
}

double average_draw(const LayerRig& rig, ConstMatrix<double> eps, const Posterior::Workspace<double>& q, std::size_t b,
                    std::size_t c) {
  double sum = 0;
  for (std::size_t s = 0; s < rig.draws; ++s) sum += q.mu(b, c) + q.sigma(b, c) * eps(b * rig.draws + s, c);
  return sum / static_cast<double>(rig.draws);
}

TEST(Ar1Prior, ThePenaltyComparesMeansOrAverageDraws) {
  for (const ArForm form : {ArForm::mean, ArForm::draws}) {
    LayerRig rig(persistent(form), 5, 3);
    rig.forward();
    double sum = 0;
    for (std::size_t b = 0; b < 5; ++b) {
      for (std::size_t c = 0; c < 6; ++c) {
        const auto& w = rig.w;
        const double difference = form == ArForm::mean
                                      ? w.posterior.mu(b, c) - phi * w.earlier.mu(b, c)
                                      : average_draw(rig, w.eps, w.posterior, b, c) -
                                            phi * average_draw(rig, w.ar1.earlier_eps, w.earlier, b, c);
        sum += difference * difference / (2 * tau * tau) / (5 * 6);
      }
    }
    EXPECT_NEAR(rig.layer.persistence<double>(rig.w), sum, 1e-12 * sum);
    EXPECT_NEAR(rig.w.kl(1, 2),
                integrated_kl(rig.w.posterior.mu(1, 4), rig.w.posterior.sigma(1, 4)) +
                    integrated_kl(rig.w.posterior.mu(1, 5), rig.w.posterior.sigma(1, 5)),
                1e-9);
  }
}

TEST(Ar1Prior, TheKlIsTheIntegralAgainstWhatTheEarlierPosteriorGives) {
  LayerRig rig(persistent(ArForm::kl), 5, 3);
  rig.forward();
  for (std::size_t b = 0; b < 5; ++b) {
    for (std::size_t i = 0; i < 3; ++i) {
      double want = 0;
      for (std::size_t c = 2 * i; c < 2 * i + 2; ++c) {
        const double sigma = rig.w.earlier.sigma(b, c);
        want += integrated_kl(rig.w.posterior.mu(b, c), rig.w.posterior.sigma(b, c), phi * rig.w.earlier.mu(b, c),
                              std::sqrt(phi * phi * sigma * sigma + tau * tau));
      }
      EXPECT_NEAR(rig.w.kl(b, i), want, 1e-8);
      EXPECT_NEAR(rig.layer.prior_activity<double>(rig.w, b, i),
                  phi * (rig.w.earlier.mu(b, 2 * i) + rig.w.earlier.mu(b, 2 * i + 1)) / 2, 1e-14);
    }
  }
  EXPECT_EQ(rig.layer.persistence<double>(rig.w), 0.0);
}

// The posterior of the earlier context is the layer's own, and the activity does not see it.
TEST(Ar1Prior, TheEarlierPosteriorIsThatOfItsContext) {
  for (const SigmaMode sigma : {SigmaMode::scalar, SigmaMode::per_unit, SigmaMode::per_unit_input}) {
    LayerRig rig(persistent(ArForm::kl, 2, false, sigma), 5, 3), moved(persistent(ArForm::kl, 2, false, sigma), 5, 3);
    for (std::size_t b = 0; b < 5; ++b) std::ranges::copy(rig.context.row(5 + b), moved.context.row(b).begin());
    rig.forward();
    moved.forward();
    EXPECT_EQ(test::copy(rig.w.earlier.mu.flat()), test::copy(moved.w.posterior.mu.flat()));
    EXPECT_EQ(test::copy(rig.w.earlier.sigma.flat()), test::copy(moved.w.posterior.sigma.flat()));
    const auto before = test::copy(rig.w.activity.flat());
    test::fill_numbers(rig.context.slice({5, 10}).flat(), 9);
    rig.forward();
    EXPECT_EQ(test::copy(rig.w.activity.flat()), before);
  }
}

TEST(Ar1Prior, GradientsAreFiniteDifferencesThroughBothPosteriors) {
  for (const ArForm form : forms) {
    for (const std::size_t dims : {1u, 3u}) {
      for (const bool learn_phi : {false, true}) {
        for (const SigmaMode sigma : {SigmaMode::scalar, SigmaMode::per_unit, SigmaMode::per_unit_input}) {
          SCOPED_TRACE(testing::Message() << "form " << static_cast<int>(form) << ", K " << dims << ", learned "
                                          << learn_phi << ", sigma " << static_cast<int>(sigma));
          LayerRig rig(persistent(form, dims, learn_phi, sigma), 5, 3);
          rig.differentiate();
          const auto loss = [&] { return rig.loss(); };
          test::expect_parameter_slopes(rig.layout, rig.values, rig.gradient, loss);
          test::expect_slopes(rig.context.flat(), rig.dcontext.flat(), loss, "context");
        }
      }
    }
  }
}

TEST(Ar1Prior, PhiIsFixedOrTheTanhOfAParameter) {
  LayerRig fixed(persistent(ArForm::mean), 2, 1), learned(persistent(ArForm::mean, 2, true), 2, 1);
  EXPECT_EQ(fixed.layer.phi<double>({fixed.values}), std::vector<double>(3, phi));
  EXPECT_EQ(test::shapes(learned.layout).back(), "neuron.phi 1x3");
  initialise<double>(learned.layout, 1, learned.values);
  for (const double value : learned.layer.phi<double>({learned.values})) EXPECT_NEAR(value, phi, 1e-15);
  const Slot slot = learned.layout.find("neuron.phi").slot;
  learned.values[slot.offset + 1] = -1.2;
  learned.forward();
  EXPECT_EQ(learned.w.ar1.phi[2], std::tanh(-1.2));  // dimension 0 of neuron 1
  EXPECT_TRUE(LayerRig(layer_shape(4, 3, 2), 2, 1).layer.phi<double>({fixed.values}).empty());
}

TEST(Ar1Prior, ScoringNeedsTheEarlierWindowsForTheKlAlone) {
  for (const ArForm form : forms) {
    LayerRig rig(persistent(form), 2, 1);
    EXPECT_TRUE(rig.layer.needs_earlier(true));
    EXPECT_EQ(rig.layer.needs_earlier(false), form == ArForm::kl);
  }
}

TEST(Ar1Prior, TheEarlierNoiseIsThatOfTheEarlierWindow) {
  LayerRig rig(persistent(ArForm::draws), 5, 3);
  rig.layer.fill_earlier_noise<double>(rig.w, 3, draw_key(4, 2));
  EXPECT_EQ(test::copy(rig.w.ar1.earlier_eps.row(3)), test::copy(rig.w.eps.row(4 * 3 + 2)));
}

TEST(Ar1Prior, RowsInBlocksGiveTheBitsOfOneBlock) {
  for (const ArForm form : forms) {
    LayerRig whole(persistent(form, 2, true), 5, 3), parts(persistent(form, 2, true), 5, 3);
    whole.differentiate();
    parts.layer.prepare<double>({parts.values}, parts.w);
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
}

TEST(Ar1Prior, ADeterministicLayerHasNone) {
  LayerShape shape = persistent(ArForm::kl);
  shape.deterministic = true;
  LayerRig rig(shape, 5, 1);
  EXPECT_FALSE(rig.layer.needs_earlier(true));
  rig.differentiate();
  EXPECT_EQ(rig.layer.persistence<double>(rig.w), 0.0);
}

}  // namespace
}  // namespace vdn::neuron
